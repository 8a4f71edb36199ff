package decision

import (
	"fmt"
	"time"

	"ringback/conversion"
	"ringback/destinations"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/models/integrations"
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
	integration integrations.Integration
	criteria    conversion.Criteria
	decision    conversion.Decision
	panicked    string // the type of the panic of settings that cannot be applied; empty if there was none
}

// judge judges one integration's criteria. If its settings make a rule or a
// destination panic, the result is a skip with that reason: the other integrations
// must not wait for it (G6).
func (d Decider) judge(s subject, i integrations.Integration) (j judgement) {
	defer func() {
		if p := recover(); p != nil {
			check := unusable(conversion.Seen{Code: conversion.SeenSettingsNotApplied})
			j = judgement{
				integration: i, panicked: fmt.Sprintf("%T", p),
				criteria: conversion.Criteria{Needs: []conversion.Check{check}},
				decision: conversion.Decision{
					Verdict: conversion.Skip, Reason: check.Reason, Moment: s.facts.Moment(),
					Checks: []conversion.Check{check},
				},
			}
		}
	}()
	j = judgement{integration: i, criteria: d.criteria(s, i)}
	j.decision = conversion.Judge(j.criteria, s.facts)
	j.decision.VisitorIDEvidence = s.event.IDEvidence
	return j
}

// criteria returns the criteria of an integration, with what its destination needs
// of the event checked already.
func (d Decider) criteria(s subject, i integrations.Integration) conversion.Criteria {
	return conversion.Criteria{
		Enabled: i.Enabled,
		Rules:   i.Settings.RulesFor(s.Conversion.Kind),
		Model:   i.Settings.AttributionModel,
		Site:    s.Site.Rules(),
		Needs:   d.needs(s.event, i),
	}
}

// needs returns the destination's own checks. Settings that cannot be used are a
// failed check: they stop this integration and no other.
func (d Decider) needs(event delivery.Payload, i integrations.Integration) []conversion.Check {
	destination, ok := d.Destinations.Get(i.Type)
	if !ok {
		return []conversion.Check{{
			Code: conversion.CheckDestination, Reason: conversion.ReasonDestination,
			Wanted: conversion.Wanted{DestinationType: i.Type}, Seen: conversion.Seen{Code: conversion.SeenNoDestination},
		}}
	}
	settings := i.Values()
	if i.CredentialsUnreadable { // decided like any other: its delivery waits until they are set again
		return destination.Needs(event, settings)
	}
	if wrong := destination.Validate(settings); len(wrong) > 0 {
		return []conversion.Check{unusable(conversion.Seen{Code: conversion.SeenSettingsWrong, Problems: problems(wrong)})}
	}
	return destination.Needs(event, settings)
}

// unusable returns the failed check of settings that cannot be used.
func unusable(seen conversion.Seen) conversion.Check {
	return conversion.Check{Code: conversion.CheckSettings, Seen: seen, Reason: conversion.ReasonDestination}
}

func problems(wrong []fault.Field) []conversion.FieldProblem {
	fields := make([]conversion.FieldProblem, len(wrong))
	for i, w := range wrong {
		fields[i] = conversion.FieldProblem{Path: w.Path, Expected: w.Expected}
	}
	return fields
}
