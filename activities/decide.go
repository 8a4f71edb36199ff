package activities

import (
	"context"
	"log/slog"
	"time"

	"ringback/conversion"
	"ringback/decision"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/workflows"
)

// statusIncomplete is the status of a call that never reported its end.
const statusIncomplete = "incomplete"

// judgeTimes is how many times a conversion is judged within one run, if events are
// accepted between reading and storing.
const judgeTimes = 5

// Decide makes every decision that is still open, by the settings as they are now,
// and stores them together. A call that has not ended is judged as incomplete, or as
// cancelled if the workflow was. Called again, it changes nothing and returns the same.
//
// An event that is accepted meanwhile is either among what was judged or late: the
// store refuses decisions that did not take it into account, and they are made anew (G5).
func (a *Conversions) Decide(ctx context.Context, in workflows.DecideInput) (workflows.Decided, error) {
	decided, err := judged(func() (workflows.Decided, error) { return a.decideOnce(ctx, in) })
	if err != nil {
		return workflows.Decided{}, stageError(ctx, a.Logger, ErrorDeciding, in.ConversionID, err)
	}
	return decided, nil
}

// judged judges again as long as newer events were accepted meanwhile.
func judged[T any](once func() (T, error)) (T, error) {
	result, err := once()
	for n := 1; n < judgeTimes && fault.CodeOf(err) == fault.Conflict; n++ {
		result, err = once()
	}
	return result, err
}

func (a *Conversions) decideOnce(ctx context.Context, in workflows.DecideInput) (workflows.Decided, error) {
	c, err := decision.Load(ctx, a.Store, in.ConversionID)
	if err != nil {
		return workflows.Decided{}, err
	}
	return a.decideOn(ctx, c, in.Moment)
}

// decideOn makes every decision on a case that is still open.
func (a *Conversions) decideOn(ctx context.Context, c decision.Case, moment conversion.Moment) (workflows.Decided, error) {
	at, set := now(a.Clock), a.Decider.Decide(c, moment)
	standing, err := a.save(ctx, set, at)
	if err != nil {
		return workflows.Decided{}, err
	}
	return workflows.Decided{
		Status:     finalStatus(set.Case),
		Deliveries: openDeliveries(c, standing.Deliveries, at),
		Ended:      endedDeliveries(c, standing, at),
		Skipped:    skipped(standing.Decisions),
		SiteName:   shownName(c.Site.Name),
		Done:       standing.done,
	}, nil
}

// stored is everything that stands decided of a conversion.
type stored struct {
	models.StandingDecisions
	ended map[string]workflows.Dispatched // by delivery, how those ended that were sent just now
	done  bool                            // and nothing of the conversion is left to do
}

// save stores a set of decisions with their deliveries, makes the first attempts that can be
// made at once, and returns everything that stands decided. It counts and logs the decisions
// that are new.
func (a *Conversions) save(ctx context.Context, set decision.Set, at time.Time) (stored, error) {
	if set.Empty() {
		return stored{StandingDecisions: set.Standing()}, nil
	}
	rows := set.Rows(at)
	var first []*firstAttempt
	defer func() { a.First.cancelUnbegun(first) }() // also if this panics
	a.reserveFirst(ctx, set, rows, &first)
	standing, err := a.Store.SaveDecisions(ctx, rows)
	if err != nil {
		return stored{StandingDecisions: standing}, err
	}
	a.record(ctx, set, rows.Decisions, standing.Decisions)
	ended, done := a.sendFirst(ctx, first, standing, set.Final)
	for n := range standing.Deliveries {
		if d := &standing.Deliveries[n]; ended[d.ID].State != "" {
			d.State, d.Class, d.Attempts = deliveries.State(ended[d.ID].State), delivery.Class(ended[d.ID].Class), ended[d.ID].Attempts
		}
	}
	return stored{StandingDecisions: standing, ended: ended, done: done || standing.Done}, nil
}

// record counts and logs the decisions that were stored just now. A decision of an
// earlier run has another id, and was counted then.
func (a *Conversions) record(ctx context.Context, set decision.Set, made, stored []models.Decision) {
	for _, p := range set.Panics() {
		a.Logger.Error("integration.broken", "integration_id", p.IntegrationID, "panic", p.Type)
	}
	c := set.Conversion
	ours := map[string]bool{}
	for _, d := range made {
		ours[d.ID] = true
	}
	for _, d := range stored {
		if !ours[d.ID] {
			continue
		}
		a.Metrics.Decided(string(c.Kind), string(d.Verdict), string(d.Reason))
		a.Logger.LogAttrs(ctx, slog.LevelInfo, "conversion.decided",
			slog.String("conversion_id", c.ID), slog.String("site_id", c.SiteID), slog.String("kind", string(c.Kind)),
			slog.String("integration_id", d.IntegrationID), slog.String("integration_type", d.IntegrationType),
			slog.Int("integration_version", d.IntegrationVersion), slog.String("moment", string(d.Moment)),
			slog.String("verdict", string(d.Verdict)), slog.String("reason", string(d.Reason)))
	}
}

// finalStatus returns the call status once everything is decided, by the events that
// were judged. It is empty for leads.
func finalStatus(c decision.Case) string {
	switch {
	case c.Conversion.Kind == conversion.KindLead:
		return ""
	case c.Conversion.Incomplete:
		return statusIncomplete
	default:
		return string(c.Call().Outcome)
	}
}

// openDeliveries returns the deliveries without an end state, which the workflow has to
// dispatch. The default policy applies if the integration was deleted since.
func openDeliveries(c decision.Case, all []deliveries.Delivery, now time.Time) []workflows.Delivery {
	var open []workflows.Delivery
	for _, d := range all {
		if !d.State.Final() {
			open = append(open, deliveryTask(d, integrationOf(c, d), now))
		}
	}
	return open
}

// endedDeliveries returns the deliveries that have their end state.
func endedDeliveries(c decision.Case, all stored, now time.Time) []workflows.EndedDelivery {
	var ended []workflows.EndedDelivery
	for _, d := range all.Deliveries {
		if !d.State.Final() {
			continue
		}
		how, sent := all.ended[d.ID]
		if !sent {
			how = dispatched(d)
		}
		ended = append(ended, workflows.EndedDelivery{Delivery: deliveryTask(d, integrationOf(c, d), now), Dispatched: how})
	}
	return ended
}

// integrationOf returns the integration of a delivery, with its id alone if it was deleted.
func integrationOf(c decision.Case, d deliveries.Delivery) integrations.Integration {
	for _, i := range c.Integrations {
		if i.ID == d.IntegrationID {
			return i
		}
	}
	return integrations.Integration{ID: d.IntegrationID}
}

// deliveryTask returns what a workflow needs to know of a delivery to dispatch it.
func deliveryTask(d deliveries.Delivery, i integrations.Integration, now time.Time) workflows.Delivery {
	p := decision.PolicyOf(i)
	return workflows.Delivery{
		DeliveryID:      d.ID,
		IntegrationID:   d.IntegrationID,
		IntegrationType: d.IntegrationType,
		RetryFor:        max(d.GiveUpAt.Sub(now), 0),
		Timeout:         p.Timeout,
		PerSecond:       p.Limits.PerSecond,
		IntegrationName: shownName(i.Name),
		SiteName:        shownName(d.Event.SiteName),
		Begun:           d.Attempts > 0,
	}
}

func skipped(all []models.Decision) []workflows.Skipped {
	var skips []workflows.Skipped
	for _, d := range all {
		if d.Verdict == conversion.Skip {
			skips = append(skips, workflows.Skipped{
				IntegrationID: d.IntegrationID, IntegrationType: d.IntegrationType, IntegrationName: shownName(d.IntegrationName),
				Reason: d.Reason,
			})
		}
	}
	return skips
}
