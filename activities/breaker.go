package activities

import (
	"context"
	"fmt"
	"time"

	"ringback/internal/delivery"
	"ringback/models/deliveries"
	"ringback/models/integrations"
)

// longestBreakerWait is how long a delivery waits at an open breaker before it
// checks again. A destination may ask for a day (Retry-After); repairing the
// integration closes the breaker, and should not have to wait for that day.
const longestBreakerWait = 10 * time.Minute

// deferByBreaker returns how long an open breaker defers the delivery, or nil if
// the breaker is closed or it is time for a probe.
func (d *Dispatch) deferByBreaker(s *sending, now time.Time) *deferral {
	b := s.breaker
	switch {
	case !b.IsOpen():
		d.Gate.Sends(s.integration.ID)
		return nil
	case b.OpenUntil != nil && now.Before(*b.OpenUntil):
		wait := min(b.OpenUntil.Sub(now), longestBreakerWait)
		return &deferral{code: deferBreaker, reason: b.Reason, delay: d.Gate.Later(s.integration.ID, wait, s.delivery.GiveUpAt.Sub(now))}
	case b.ProbeUntil != nil && now.Before(*b.ProbeUntil):
		return d.deferForProbe(s)
	default:
		return nil
	}
}

// deferForProbe waits for a probe in progress, which has ended after its timeout.
func (d *Dispatch) deferForProbe(s *sending) *deferral {
	return &deferral{code: deferProbe, reason: delivery.ProbeUnderWay(s.breaker.Reason), delay: delivery.Spread(s.policy.Timeout, d.Jitter)}
}

// claimProbe makes this attempt the probe of an open breaker, unless another
// worker's attempt is.
func (d *Dispatch) claimProbe(ctx context.Context, s *sending) (*deferral, error) {
	if !s.breaker.IsOpen() {
		return nil, nil
	}
	at := now(d.Clock)
	won, err := d.Store.ClaimProbe(ctx, s.integration.ID, at, at.Add(s.lease()))
	if err != nil {
		return nil, fmt.Errorf("claiming the probe: %w", err)
	}
	if !won {
		return d.deferForProbe(s), nil
	}
	s.probe = true
	return nil, nil
}

// releaseProbe lets another delivery be the probe in place of this one.
func (d *Dispatch) releaseProbe(ctx context.Context, s *sending) {
	if !s.probe {
		return
	}
	d.updateBreaker(ctx, s, func(b *integrations.Breaker) { b.ProbeUntil = nil })
}

// reportToBreaker records in the breaker how an attempt went, and switches the
// integration off if its owner asked for that after so many failures. Errors are
// only logged, because the delivery itself is stored.
func (d *Dispatch) reportToBreaker(ctx context.Context, s *sending, t attemptResult, next transition) {
	outcome := s.outcome(t)
	if unused(s.breaker) && outcome.Health != delivery.Failing && next.state != deliveries.Failed {
		return // the normal case costs no write
	}
	switchOff := false
	d.updateBreaker(ctx, s, func(b *integrations.Breaker) {
		b.Breaker = b.After(outcome, now(d.Clock))
		if outcome.Probe || !b.IsOpen() {
			b.ProbeUntil = nil
		}
		switchOff = countFailed(b, next.state, s.policy.SwitchOffAfter)
	})
	if switchOff {
		switchOffIntegration(ctx, d.Store, d.Logger, s.integration.ID, s.policy.SwitchOffAfter, next.reason)
	}
}

func (d *Dispatch) updateBreaker(ctx context.Context, s *sending, change func(*integrations.Breaker)) {
	updateBreaker(ctx, d.Store, d.Logger, s.integration.ID, change)
}

// outcome returns what the breaker needs to know about the attempt. Only 429 and a
// refused sign-in pause the whole integration for as long as they ask: 503 is about
// the moment.
func (s *sending) outcome(t attemptResult) delivery.AttemptOutcome {
	outcome := delivery.AttemptOutcome{Health: healthOf(t.Class), Probe: s.probe, Reason: t.Reason, NotLetIn: t.Class == delivery.ClassNotLetIn}
	if t.Class == delivery.ClassThrottled || outcome.NotLetIn {
		outcome.Wait = t.RetryAfter.Truncate(time.Microsecond) // as precise as the database
	}
	return outcome
}

// healthOf returns what an attempt's class means for the destination as a whole.
func healthOf(c delivery.Class) delivery.Health {
	switch c {
	case delivery.ClassDelivered, delivery.ClassRefused, delivery.ClassRedirected:
		return delivery.Answered
	case delivery.ClassThrottled, delivery.ClassNotLetIn, delivery.ClassUnavailable, delivery.ClassTimeout, delivery.ClassNetwork:
		return delivery.Failing
	default:
		return delivery.NotReached
	}
}

// unused reports whether the breaker holds nothing that an answer would reset.
func unused(b integrations.Breaker) bool {
	return !b.IsOpen() && b.Failures == 0 && b.Openings == 0 && b.FailedInRow == 0
}
