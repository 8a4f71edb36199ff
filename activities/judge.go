package activities

import (
	"fmt"
	"strings"
	"time"

	"ringback/conversion"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/models"
)

// The names of the checks that concern an integration's own settings.
const (
	checkDestination = "destination"
	checkSettings    = "settings"
)

// question is one integration's question about a subject, ready to be judged.
type question struct {
	integration models.Integration
	ask         conversion.Ask
}

// ask makes the question of an integration, with what its destination needs of
// the event checked already.
func (a *Conversions) ask(s subject, i models.Integration) question {
	return question{integration: i, ask: conversion.Ask{
		Enabled: i.Enabled,
		Rules:   i.Settings.RulesFor(s.Conversion.Kind),
		Model:   i.Settings.AttributionModel,
		Site:    s.Site.Rules(),
		Needs:   a.needs(s.event, i),
	}}
}

// needs are the destination's own checks. Settings that cannot be used are a
// failed check: they stop this integration and no other.
func (a *Conversions) needs(event delivery.Payload, i models.Integration) []conversion.Check {
	destination, ok := a.Destinations.Get(i.Type)
	if !ok {
		return []conversion.Check{unmet(checkDestination, fmt.Sprintf("a destination of type %q", i.Type), "Ringback has none")}
	}
	settings := i.Values()
	if i.CredentialsUnreadable { // decided like any other: its delivery waits until they are set again
		return destination.Needs(event, settings)
	}
	if wrong := destination.Validate(settings); len(wrong) > 0 {
		return []conversion.Check{unmet(checkSettings, "settings that it can use", fieldWords(wrong))}
	}
	return destination.Needs(event, settings)
}

func unmet(name, wanted, seen string) conversion.Check {
	return conversion.Check{Name: name, Wanted: wanted, Seen: seen, Reason: conversion.ReasonDestination}
}

func fieldWords(wrong []fault.Field) string {
	words := make([]string, len(wrong))
	for i, w := range wrong {
		words[i] = w.Path + ": " + w.Expected
	}
	return strings.Join(words, "; ")
}

// judge answers the question. Settings that make a rule or a destination panic
// become a skip that says so, for the other integrations must not wait for them.
func (a *Conversions) judge(s subject, i models.Integration) (q question, d conversion.Decision) {
	defer func() {
		if p := recover(); p != nil {
			a.Logger.Error("integration.broken", "integration_id", i.ID, "panic", fmt.Sprintf("%T", p))
			check := unmet(checkSettings, "settings that it can use", "they could not be applied")
			q = question{integration: i, ask: conversion.Ask{Needs: []conversion.Check{check}}}
			d = conversion.Decision{
				Verdict: conversion.Skip, Reason: check.Reason, Moment: s.facts.Moment(),
				Explanation: "Skipped: the integration's settings could not be applied.",
				Checks:      []conversion.Check{check},
			}
		}
	}()
	q = a.ask(s, i)
	return q, conversion.Judge(q.ask, s.facts)
}

// verdicts collects new decisions and the deliveries they become.
type verdicts struct {
	at         time.Time
	decisions  []models.Decision
	deliveries []models.Delivery
}

// add stores a decision as a row, and makes its delivery when it says send.
func (v *verdicts) add(s subject, i models.Integration, d conversion.Decision) {
	row := models.Decision{
		ID:                 ids.New(ids.Decision),
		ConversionID:       s.Conversion.ID,
		SiteID:             s.Conversion.SiteID,
		IntegrationID:      i.ID,
		IntegrationVersion: i.Version,
		IntegrationType:    i.Type,
		IntegrationName:    i.Name,
		Verdict:            d.Verdict,
		Reason:             d.Reason,
		Moment:             d.Moment,
		Detail:             d,
		CreatedAt:          v.at,
	}
	v.decisions = append(v.decisions, row)
	if d.Verdict == conversion.Send {
		v.deliveries = append(v.deliveries, s.delivery(i, row, v.at))
	}
}

// delivery makes the delivery of a send decision, with the snapshot of the
// event that every attempt sends.
func (s subject) delivery(i models.Integration, d models.Decision, at time.Time) models.Delivery {
	id := ids.New(ids.Delivery)
	event := s.event
	event.DeliveryID, event.Moment, event.Visit = id, d.Moment, d.Detail.Visit
	event.Unique, event.Target, event.UniqueTarget = conversion.Flags(s.facts, s.Site.Rules())
	return models.Delivery{
		ID:              id,
		SiteID:          s.Conversion.SiteID,
		ConversionID:    s.Conversion.ID,
		IntegrationID:   i.ID,
		IntegrationType: i.Type,
		DecisionID:      d.ID,
		WorkflowID:      s.Conversion.WorkflowID,
		State:           models.DeliveryPending,
		Event:           event,
		GiveUpAt:        at.Add(policyOf(i).retryFor),
		AcceptedAt:      s.acceptedAt(),
		CreatedAt:       at,
	}
}
