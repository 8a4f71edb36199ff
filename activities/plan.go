package activities

import (
	"context"
	"time"

	"ringback/conversion"
	"ringback/models"
	"ringback/workflows"
)

// StartGrace is how long a call that has reported its end waits for a start
// that was overtaken by it. Sources report both within a second or two.
const StartGrace = 10 * time.Second

// The call statuses while a call's workflow waits.
const (
	statusRinging  = "ringing"
	statusAnswered = "answered"
	statusEnded    = "ended"
)

// Plan tells a call's workflow what is known and what it waits for, and makes
// the decisions that can be made before the end of the call. It may be asked
// any number of times: a decision is made once. As in Decide, none is stored
// that has not seen all events.
func (a *Conversions) Plan(ctx context.Context, in workflows.PlanInput) (workflows.Plan, error) {
	plan, err := judged(func() (workflows.Plan, error) { return a.planOnce(ctx, in.ConversionID) })
	if err != nil {
		return workflows.Plan{}, stageError(ctx, a.Logger, ErrorDeciding, in.ConversionID, err)
	}
	return plan, nil
}

func (a *Conversions) planOnce(ctx context.Context, conversionID string) (workflows.Plan, error) {
	c, err := a.Store.Case(ctx, conversionID)
	if err != nil {
		return workflows.Plan{}, err
	}
	call := callOf(c)
	plan := workflows.Plan{
		Decided:    c.Conversion.DecidedAt != nil,
		StartKnown: !call.StartedAt.IsZero(),
		Ended:      call.Ended(),
		Status:     callStatus(c, call),
		CloseAt:    c.Conversion.CloseAt(c.Site),
		Settle:     a.settle(c),
		StartGrace: StartGrace,
	}
	early := verdicts{at: now(a.Clock)}
	if !plan.Decided && !plan.Ended {
		if early, err = a.decideEarly(ctx, c); err != nil {
			return workflows.Plan{}, err
		}
	}
	outcome, err := a.save(ctx, c, early, models.DecisionSet{Moment: conversion.AtStart})
	if err != nil {
		return workflows.Plan{}, err
	}
	a.fillPlan(&plan, c, outcome)
	return plan, nil
}

// decideEarly judges every open integration whose checks can all be judged now.
func (a *Conversions) decideEarly(ctx context.Context, c models.Case) (verdicts, error) {
	early := verdicts{at: now(a.Clock)}
	open := undecided(c)
	if len(open) == 0 {
		return early, nil
	}
	c.PersonIDs = nil // one of this visit, which goes before, may come until the end
	s, err := a.subject(ctx, c)
	if err != nil {
		return early, err
	}
	for _, i := range open {
		q, d := a.judge(s, i)
		if now, _ := conversion.Decidable(q.ask, s.facts); now && !lacksNeed(q.ask) {
			early.add(s, i, d)
		}
	}
	return early, nil
}

// lacksNeed reports whether the destination still misses something. During a call
// that may come: a visitor id that the source links later.
func lacksNeed(ask conversion.Ask) bool {
	for _, need := range ask.Needs {
		if !need.Passed {
			return true
		}
	}
	return false
}

// fillPlan adds the stored decisions, and the integrations that wait for theirs.
func (a *Conversions) fillPlan(plan *workflows.Plan, c models.Case, outcome models.StandingDecisions) {
	c.Decisions = outcome.Decisions
	plan.Early = openDeliveries(c, outcome.Deliveries, now(a.Clock))
	plan.Skipped = skipped(outcome.Decisions)
	if plan.Decided {
		return
	}
	for _, i := range undecided(c) {
		plan.Waiting = append(plan.Waiting, workflows.Waiting{IntegrationID: i.ID, IntegrationType: i.Type})
	}
}

// callStatus is the status of a call that waits, or the final one once all is
// decided: a plan may be asked for again after that.
func callStatus(c models.Case, call conversion.Call) string {
	switch {
	case c.Conversion.DecidedAt != nil:
		return finalStatus(c)
	case call.Ended():
		return statusEnded
	case call.Answered():
		return statusAnswered
	default:
		return statusRinging
	}
}

// settle is how long to wait after the end for what the source tells late.
func (a *Conversions) settle(c models.Case) time.Duration {
	if c.Source != nil {
		return time.Duration(c.Source.LateDataSeconds) * time.Second
	}
	return a.SettleOf(c.Conversion.Source)
}
