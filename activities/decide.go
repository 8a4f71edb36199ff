package activities

import (
	"context"
	"log/slog"
	"time"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/workflows"
)

// statusIncomplete is the status of a call that never reported its end.
const statusIncomplete = "incomplete"

// judgeTimes is how often a conversion is judged anew within one run, because
// an event was accepted between reading and storing.
const judgeTimes = 5

// Decide makes every decision that is still open, by the settings as they are
// now, and stores them all at once. A call that has not ended is judged as
// incomplete, or as cancelled when the workflow says so. Asked again it changes nothing and tells the same.
//
// An event that is accepted meanwhile is either among what was judged or late:
// the store refuses decisions that have not seen it, and they are made anew
// (guarantee 5).
func (a *Conversions) Decide(ctx context.Context, in workflows.DecideInput) (workflows.Decided, error) {
	decided, err := judged(func() (workflows.Decided, error) { return a.decideOnce(ctx, in) })
	if err != nil {
		return workflows.Decided{}, stageError(ctx, a.Logger, ErrorDeciding, in.ConversionID, err)
	}
	return decided, nil
}

// judged judges anew as long as newer events came in between.
func judged[T any](once func() (T, error)) (T, error) {
	result, err := once()
	for n := 1; n < judgeTimes && fault.CodeOf(err) == fault.Conflict; n++ {
		result, err = once()
	}
	return result, err
}

func (a *Conversions) decideOnce(ctx context.Context, in workflows.DecideInput) (workflows.Decided, error) {
	c, err := a.Store.Case(ctx, in.ConversionID)
	if err != nil {
		return workflows.Decided{}, err
	}
	v, final := verdicts{at: now(a.Clock)}, models.DecisionSet{}
	if c.Conversion.DecidedAt == nil {
		s, err := a.subject(ctx, c)
		if err != nil {
			return workflows.Decided{}, err
		}
		s.facts.Incomplete, s.facts.Cancelled = !s.facts.Ended, in.Moment == conversion.AtCancelled
		v, final = a.decideRest(s), finalOf(s)
		c.Conversion.Incomplete = s.facts.Incomplete
	}
	outcome, err := a.save(ctx, c, v, final)
	if err != nil {
		return workflows.Decided{}, err
	}
	return workflows.Decided{
		Status:     finalStatus(c),
		Deliveries: openDeliveries(c, outcome.Deliveries, v.at),
		Skipped:    skipped(outcome.Decisions),
	}, nil
}

// decideRest judges every integration that has no decision yet.
func (a *Conversions) decideRest(s subject) verdicts {
	v := verdicts{at: now(a.Clock)}
	for _, i := range undecided(s.Case) {
		_, d := a.judge(s, i)
		v.add(s, i, d)
	}
	return v
}

// finalOf is what is stored of the conversion itself when it is decided.
func finalOf(s subject) models.DecisionSet {
	d := models.DecisionSet{Moment: s.facts.Moment(), Final: true, Incomplete: s.facts.Incomplete}
	d.Unique, d.Target, d.UniqueTarget = conversion.Flags(s.facts, s.Site.Rules())
	return d
}

// save stores new decisions with their deliveries, and gives all that the
// conversion has. It counts and logs those that are new.
func (a *Conversions) save(ctx context.Context, c models.Case, v verdicts, d models.DecisionSet) (models.StandingDecisions, error) {
	if !d.Final && len(v.decisions) == 0 && len(c.Decisions) == 0 {
		return models.StandingDecisions{}, nil // nothing to store, nothing to find
	}
	d.ConversionID, d.Decisions, d.Deliveries = c.Conversion.ID, v.decisions, v.deliveries
	if d.Final || len(v.decisions) > 0 {
		d.JudgedSeq = c.LastSeq()
	}
	outcome, err := a.Store.SaveDecisions(ctx, d)
	if err != nil {
		return outcome, err
	}
	a.record(ctx, c.Conversion, v.decisions, outcome.Decisions)
	return outcome, nil
}

// record counts and logs the decisions that were stored just now. One that
// another attempt had made before has an id of its own, and was counted then.
func (a *Conversions) record(ctx context.Context, c models.Conversion, made, stored []models.Decision) {
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

// finalStatus is the call status once all is decided, by the events that were
// judged; leads have none.
func finalStatus(c models.Case) string {
	switch {
	case c.Conversion.Kind == conversion.KindLead:
		return ""
	case c.Conversion.Incomplete:
		return statusIncomplete
	default:
		return string(callOf(c).Outcome)
	}
}

// openDeliveries are the deliveries that the workflow has to see through. For
// one whose integration was deleted since, the default policy will do.
func openDeliveries(c models.Case, all []models.Delivery, now time.Time) []workflows.Delivery {
	integrations := map[string]models.Integration{}
	for _, i := range c.Integrations {
		integrations[i.ID] = i
	}
	var open []workflows.Delivery
	for _, d := range all {
		if !d.State.Final() {
			open = append(open, toSee(d, integrations[d.IntegrationID], now))
		}
	}
	return open
}

// toSee is what a workflow has to know of a delivery to see it through.
func toSee(d models.Delivery, i models.Integration, now time.Time) workflows.Delivery {
	p := policyOf(i)
	return workflows.Delivery{
		DeliveryID:      d.ID,
		IntegrationID:   d.IntegrationID,
		IntegrationType: d.IntegrationType,
		RetryFor:        max(d.GiveUpAt.Sub(now), 0),
		Timeout:         p.timeout,
		PerSecond:       p.limits.PerSecond,
	}
}

func skipped(all []models.Decision) []workflows.Skipped {
	var skips []workflows.Skipped
	for _, d := range all {
		if d.Verdict == conversion.Skip {
			skips = append(skips, workflows.Skipped{
				IntegrationID: d.IntegrationID, IntegrationType: d.IntegrationType, Reason: d.Reason,
			})
		}
	}
	return skips
}
