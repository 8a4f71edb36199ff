package activities

import (
	"context"
	"time"

	"ringback/conversion"
	"ringback/decision"
	"ringback/workflows"
)

// The call statuses while a call's workflow waits.
const (
	statusRinging  = "ringing"
	statusAnswered = "answered"
	statusEnded    = "ended"
)

// Plan returns what is known of a call and what its workflow waits for, and makes
// the decisions that can be made before the end of the call. If the call has ended and
// nothing is waited for any more, it makes all decisions, as Decide does. It may be called any
// number of times: a decision is made once. As in Decide, no decision is stored that
// has not taken all events into account.
func (a *Conversions) Plan(ctx context.Context, in workflows.PlanInput) (workflows.Plan, error) {
	plan, err := judged(func() (workflows.Plan, error) { return a.planOnce(ctx, in.ConversionID) })
	if err != nil {
		return workflows.Plan{}, stageError(ctx, a.Logger, ErrorDeciding, in.ConversionID, err)
	}
	return plan, nil
}

func (a *Conversions) planOnce(ctx context.Context, conversionID string) (workflows.Plan, error) {
	at, due := now(a.Clock), false
	c, err := decision.LoadWaiting(ctx, a.Store, conversionID, func(c decision.Case) bool {
		due = a.due(c, at)
		return due
	})
	if err != nil {
		return workflows.Plan{}, err
	}
	if due {
		decided, err := a.decideOn(ctx, c, conversion.AtEnd)
		return workflows.Plan{Ended: true, Closed: &decided}, err
	}
	standing, err := a.save(ctx, a.Decider.Early(c), at)
	if err != nil {
		return workflows.Plan{}, err
	}
	c.Decisions = standing.Decisions
	return a.planOf(c, standing, at), nil
}

// due reports whether every decision on a case can be made by this time, because the call has
// ended and nothing is waited for.
func (a *Conversions) due(c decision.Case, by time.Time) bool {
	settled := a.Decider.SettledAt(c)
	return c.Conversion.DecidedAt == nil && !settled.IsZero() && !settled.After(by)
}

// planOf translates a case to the contract.
func (a *Conversions) planOf(c decision.Case, standing stored, at time.Time) workflows.Plan {
	call := c.Call()
	return workflows.Plan{
		At:         now(a.Clock),
		Decided:    c.Conversion.DecidedAt != nil,
		StartKnown: !call.StartedAt.IsZero(),
		Ended:      call.Ended(),
		Status:     callStatus(c, call),
		CloseAt:    c.Conversion.CloseAt(c.Site),
		Settle:     a.Decider.Settle(c),
		SettledAt:  a.Decider.SettledAt(c),
		StartGrace: decision.StartGrace,
		Early:      openDeliveries(c, standing.Deliveries, at),
		EndedEarly: endedDeliveries(c, standing, at),
		Waiting:    waiting(a.Decider.Pending(c)),
		Skipped:    skipped(c.Decisions),
		SiteName:   shownName(c.Site.Name),
	}
}

// waiting returns the integrations that have no decision yet, with what they wait for.
func waiting(pending []decision.Status) []workflows.Waiting {
	var waiting []workflows.Waiting
	for _, s := range pending {
		waiting = append(waiting, workflows.Waiting{
			IntegrationID: s.IntegrationID, IntegrationType: s.IntegrationType, IntegrationName: shownName(s.IntegrationName),
			Waits: s.Waits, Until: s.Until,
		})
	}
	return waiting
}

// callStatus returns the status of a call that waits, or the final status if everything
// is decided: Plan may be called again after that.
func callStatus(c decision.Case, call conversion.Call) string {
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
