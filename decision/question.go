package decision

import (
	"fmt"
	"strings"
	"time"

	"ringback/conversion"
	"ringback/destinations"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/models"
)

// The names of the checks that concern an integration's own settings.
const (
	checkDestination = "destination"
	checkSettings    = "settings"
)

// Destinations finds destinations by their type. destinations.Registry has it.
type Destinations interface {
	Get(destinationType string) (destinations.Destination, bool)
}

// Decider decides on cases. Both fields are required.
type Decider struct {
	Destinations Destinations
	// SettleOf returns how long late data of a source is waited for after the end of
	// a call, unless the site has a setting of its own for the source.
	SettleOf func(source string) time.Duration
}

// Settle returns how long late data of the conversion's source is waited for after
// the end of a call: as the site has set it, or as the source itself asks for.
func (d Decider) Settle(c Case) time.Duration {
	if c.Source != nil {
		return time.Duration(c.Source.LateDataSeconds) * time.Second
	}
	return d.SettleOf(c.Conversion.Source)
}

// judgement is what one integration's criteria come to.
type judgement struct {
	integration models.Integration
	criteria    conversion.Ask
	decision    conversion.Decision
	panicked    string // the type of the panic of settings that cannot be applied; empty if there was none
}

// judge judges one integration's criteria. If its settings make a rule or a
// destination panic, the result is a skip with that reason: the other integrations
// must not wait for it (G6).
func (d Decider) judge(s subject, i models.Integration) (j judgement) {
	defer func() {
		if p := recover(); p != nil {
			check := unmet(checkSettings, "settings that it can use", "they could not be applied")
			j = judgement{
				integration: i, panicked: fmt.Sprintf("%T", p),
				criteria: conversion.Ask{Needs: []conversion.Check{check}},
				decision: conversion.Decision{
					Verdict: conversion.Skip, Reason: check.Reason, Moment: s.facts.Moment(),
					Explanation: "Skipped: the integration's settings could not be applied.",
					Checks:      []conversion.Check{check},
				},
			}
		}
	}()
	j = judgement{integration: i, criteria: d.criteria(s, i)}
	j.decision = conversion.Judge(j.criteria, s.facts)
	return j
}

// criteria returns the criteria of an integration, with what its destination needs
// of the event checked already.
func (d Decider) criteria(s subject, i models.Integration) conversion.Ask {
	return conversion.Ask{
		Enabled: i.Enabled,
		Rules:   i.Settings.RulesFor(s.Conversion.Kind),
		Model:   i.Settings.AttributionModel,
		Site:    s.Site.Rules(),
		Needs:   d.needs(s.event, i),
	}
}

// needs returns the destination's own checks. Settings that cannot be used are a
// failed check: they stop this integration and no other.
func (d Decider) needs(event delivery.Payload, i models.Integration) []conversion.Check {
	destination, ok := d.Destinations.Get(i.Type)
	if !ok {
		return []conversion.Check{unmet(checkDestination, fmt.Sprintf("a destination of type %q", i.Type), "Ringback has none")}
	}
	settings := i.Values()
	if i.CredentialsUnreadable { // decided like any other: its delivery waits until they are set again
		return destination.Needs(event, settings)
	}
	if wrong := destination.Validate(settings); len(wrong) > 0 {
		return []conversion.Check{unmet(checkSettings, "settings that it can use", fieldList(wrong))}
	}
	return destination.Needs(event, settings)
}

func unmet(name, wanted, seen string) conversion.Check {
	return conversion.Check{Name: name, Wanted: wanted, Seen: seen, Reason: conversion.ReasonDestination}
}

func fieldList(wrong []fault.Field) string {
	problems := make([]string, len(wrong))
	for i, w := range wrong {
		problems[i] = w.Path + ": " + w.Expected
	}
	return strings.Join(problems, "; ")
}
