package decision

import (
	"time"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/integrations"
)

// State is where a conversion stands with an integration (G4). Everything that shows
// a state shows one of these. StateOf maps the states of deliveries, which are stored.
// The progress of a workflow has the same states, but for "sending": Temporal retries
// the attempts, so the workflow does not see whether it is waiting or retrying.
type State string

// The states. Delivered, failed and, once it is decided, skipped are end states. Before
// the decision, skipped is what the settings would lead to as they are now.
const (
	Waiting   State = "waiting"  // for a decision, or for an attempt
	Retrying  State = "retrying" // an attempt failed, another follows
	Skipped   State = "skipped"
	Delivered State = "delivered"
	Failed    State = "failed" // it can be resent
)

// StateOf returns the state that a delivery's state stands for.
func StateOf(s deliveries.State) State {
	switch s {
	case deliveries.Delivered:
		return Delivered
	case deliveries.Failed:
		return Failed
	case deliveries.Retrying:
		return Retrying
	default:
		return Waiting
	}
}

// Status is where a conversion stands with one integration.
type Status struct {
	IntegrationID   string
	IntegrationType string
	IntegrationName string
	State           State
	Reason          conversion.Reason    // of a skip; before the decision: why it would be skipped by the settings as they are now
	Waits           []conversion.Wait    // what is waited for; nil in an end state
	Until           *time.Time           // until when a decision waits at the latest; of a delivery, when it is tried next
	Decision        *models.Decision     // nil as long as it is not decided
	Delivery        *deliveries.Delivery // the latest, resends included; nil if there is none
	Unreadable      bool                 // the credentials cannot be read, so deliveries will wait until they are set again
}

// Statuses returns the status of every integration that was decided on, in the order
// of the decisions, and after them of those that still have to be.
func (d Decider) Statuses(c Case, deliveries []deliveries.Delivery) []Status {
	statuses := make([]Status, 0, len(c.Decisions)+len(c.Integrations))
	for _, decision := range c.Decisions {
		statuses = append(statuses, decided(decision, deliveries))
	}
	return append(statuses, d.Pending(c)...)
}

// decided returns what a decision has led to. The latest delivery counts, since a
// resend may have followed the first.
func decided(d models.Decision, deliveries []deliveries.Delivery) Status {
	s := Status{
		IntegrationID: d.IntegrationID, IntegrationType: d.IntegrationType, IntegrationName: d.IntegrationName,
		State: Skipped, Reason: d.Reason, Decision: &d,
	}
	if d.Verdict != conversion.Send {
		return s
	}
	s.State, s.Reason = Waiting, ""
	s.Waits = []conversion.Wait{{For: conversion.WaitForAttempt, Why: conversion.WaitFirstAttempt}}
	for _, delivery := range deliveries {
		if delivery.IntegrationID == d.IntegrationID && (s.Delivery == nil || delivery.ResendNumber > s.Delivery.ResendNumber) {
			s.Delivery = &delivery
		}
	}
	if s.Delivery != nil {
		s.State, s.Waits, s.Until = StateOf(s.Delivery.State), attemptWaits(s.Delivery.State), nil
		if !s.Delivery.State.Final() {
			s.Until = s.Delivery.NextTryAt
		}
	}
	return s
}

// attemptWaits returns what a delivery waits for; nil in an end state.
func attemptWaits(s deliveries.State) []conversion.Wait {
	why := conversion.WaitFirstAttempt
	switch s {
	case deliveries.Delivered, deliveries.Failed:
		return nil
	case deliveries.Retrying:
		why = conversion.WaitRetry
	case deliveries.Waiting:
		why = conversion.WaitDeferred
	}
	return []conversion.Wait{{For: conversion.WaitForAttempt, Why: why}}
}

// Pending returns the status of the integrations that have no decision yet. A
// conversion that is decided has none.
func (d Decider) Pending(c Case) []Status {
	open := c.Undecided()
	if c.Conversion.DecidedAt != nil || len(open) == 0 {
		return nil
	}
	waits := d.pendingWaits(c)
	statuses := make([]Status, 0, len(open))
	for _, i := range open {
		s := Status{
			IntegrationID: i.ID, IntegrationType: i.Type, IntegrationName: i.Name,
			State: Waiting, Unreadable: i.CredentialsUnreadable,
		}
		if i.Settings.RulesFor(c.Conversion.Kind) == nil { // nothing would be sent, and until when that holds is of no interest
			s.State, s.Reason, s.Unreadable = Skipped, conversion.ReasonKindOff, false
			if c.Conversion.Kind == conversion.KindCall && c.goesOn() { // the settings are read again at the end
				s.Waits = []conversion.Wait{{For: conversion.WaitForEnd, Why: conversion.WaitKindOff}}
			}
		} else {
			s.Waits, s.Until = waits(i)
		}
		statuses = append(statuses, s)
	}
	return statuses
}

// pendingWaits returns a function that returns what the decision for an integration
// waits for, and until when.
func (d Decider) pendingWaits(c Case) func(integrations.Integration) ([]conversion.Wait, *time.Time) {
	if c.Conversion.Kind != conversion.KindCall {
		return func(integrations.Integration) ([]conversion.Wait, *time.Time) { return ready(), nil }
	}
	if !c.goesOn() {
		waits, until := d.afterEnd(c)
		return func(integrations.Integration) ([]conversion.Wait, *time.Time) { return waits, until }
	}
	s, closeAt := c.early(), c.Conversion.CloseAt(c.Site)
	return func(i integrations.Integration) ([]conversion.Wait, *time.Time) {
		if waits := d.judge(s, i).waits(s.facts); len(waits) > 0 {
			return waits, &closeAt
		}
		// The workflow is signalled and usually decides within seconds. If the signal is
		// lost, it decides with the next event, and at the latest when the call is closed.
		return []conversion.Wait{{For: conversion.WaitForDecision, Why: conversion.WaitKnown}}, &closeAt
	}
}
