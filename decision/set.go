package decision

import (
	"time"

	"ringback/conversion"
	"ringback/internal/ids"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/integrations"
)

// Set holds the decisions that were made together on one case.
type Set struct {
	Moment conversion.Moment
	Final  bool // every open decision is in the set; what comes later is late
	subject
	judgements []judgement
}

// Early decides on every integration whose checks can all be judged before the end
// of a call. For a call that has ended or is decided the set is empty.
func (d Decider) Early(c Case) Set {
	set := Set{Moment: conversion.AtStart, subject: subject{Case: c}}
	if open := c.Undecided(); len(open) > 0 && c.goesOn() {
		set.subject = c.early()
		for _, i := range open {
			if j := d.judge(set.subject, i); len(j.waits(set.facts)) == 0 {
				set.judgements = append(set.judgements, j)
			}
		}
	}
	return set
}

// Decide decides on every integration that has no decision yet, by the settings as
// they are in the case. A call that has not ended is judged as incomplete, or as
// cancelled at the moment AtCancelled. For a decided case the set is empty.
func (d Decider) Decide(c Case, moment conversion.Moment) Set {
	if c.Conversion.DecidedAt != nil {
		return Set{Moment: moment, subject: subject{Case: c}}
	}
	s := c.closed(moment)
	s.Conversion.Incomplete = s.facts.Incomplete
	set := Set{Moment: s.facts.Moment(), Final: true, subject: s}
	for _, i := range c.Undecided() {
		set.judgements = append(set.judgements, d.judge(s, i))
	}
	return set
}

// Empty reports whether there is nothing to store.
func (s Set) Empty() bool { return !s.Final && len(s.judgements) == 0 }

// Panic is an integration whose settings made a rule or a destination panic.
type Panic struct {
	IntegrationID string
	Type          string // of the value that it panicked with
}

// Panics returns the integrations of the set whose settings could not be applied.
func (s Set) Panics() []Panic {
	var panics []Panic
	for _, j := range s.judgements {
		if j.panicked != "" {
			panics = append(panics, Panic{IntegrationID: j.integration.ID, Type: j.panicked})
		}
	}
	return panics
}

// Decisions returns what was decided, by integration.
func (s Set) Decisions() map[string]conversion.Decision {
	decided := make(map[string]conversion.Decision, len(s.judgements))
	for _, j := range s.judgements {
		decided[j.integration.ID] = j.decision
	}
	return decided
}

// Rows returns the set as it is stored, with new ids, and with the deliveries that
// the decisions to send become. Their time for retries counts from at.
func (s Set) Rows(at time.Time) models.DecisionSet {
	rows := models.DecisionSet{ConversionID: s.Conversion.ID, Moment: s.Moment, Final: s.Final, Standing: s.Standing()}
	if !s.Empty() {
		rows.JudgedSeq, rows.Facts = s.LastSeq(), new(s.kept(at))
		rows.Unique, rows.Target, rows.UniqueTarget = conversion.Flags(s.facts, s.Site.Rules())
		rows.Case, rows.Earlier = s.Case.Case, s.Earlier
	}
	if s.Final {
		rows.Incomplete = s.facts.Incomplete
	}
	for _, j := range s.judgements {
		decision := s.decisionRow(j, at)
		rows.Decisions = append(rows.Decisions, decision)
		if j.decision.Verdict == conversion.Send {
			rows.Deliveries = append(rows.Deliveries, s.deliveryRow(j.integration, decision, at))
		}
	}
	return rows
}

func (s Set) decisionRow(j judgement, at time.Time) models.Decision {
	return models.Decision{
		ID:                 ids.New(ids.Decision),
		ConversionID:       s.Conversion.ID,
		SiteID:             s.Conversion.SiteID,
		IntegrationID:      j.integration.ID,
		IntegrationVersion: j.integration.Version,
		IntegrationType:    j.integration.Type,
		IntegrationName:    j.integration.Name,
		Verdict:            j.decision.Verdict,
		Reason:             j.decision.Reason,
		Moment:             j.decision.Moment,
		Detail:             j.decision,
		CreatedAt:          at,
	}
}

// deliveryRow returns the delivery of a decision to send, with the snapshot of the
// event that every attempt sends.
func (s Set) deliveryRow(i integrations.Integration, d models.Decision, at time.Time) deliveries.Delivery {
	id := ids.New(ids.Delivery)
	event := s.event
	event.DeliveryID, event.Moment, event.Visit = id, d.Moment, d.Detail.Visit
	event.Unique, event.Target, event.UniqueTarget = conversion.Flags(s.facts, s.Site.Rules())
	return deliveries.Delivery{
		ID:              id,
		SiteID:          s.Conversion.SiteID,
		ConversionID:    s.Conversion.ID,
		IntegrationID:   i.ID,
		IntegrationType: i.Type,
		DecisionID:      d.ID,
		WorkflowID:      s.Conversion.WorkflowID,
		State:           deliveries.Pending,
		Event:           event,
		GiveUpAt:        at.Add(PolicyOf(i).RetryFor),
		AcceptedAt:      s.acceptedAt(),
		CreatedAt:       at,
	}
}
