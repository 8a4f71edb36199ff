package activities

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"ringback/internal/delivery"
	"ringback/models"
)

// longestBreakerWait is how long a delivery waits at an open breaker before it
// looks again. A destination may ask for a day (Retry-After); a person who
// repairs the integration closes the breaker and should not wait for that day.
const longestBreakerWait = 10 * time.Minute

// heldByBreaker says how long an open breaker holds the delivery back; nil: it
// is closed, or it is time for a probe.
func (d *Dispatch) heldByBreaker(s *sending, now time.Time) *held {
	b := s.breaker
	switch {
	case b.State != models.BreakerOpen:
		return nil
	case b.OpenUntil != nil && now.Before(*b.OpenUntil):
		wait := min(b.OpenUntil.Sub(now), longestBreakerWait)
		return &held{reason: b.Reason, delay: delivery.Spread(wait, d.Jitter)}
	case b.ProbeUntil != nil && now.Before(*b.ProbeUntil):
		return d.heldByProbe(s)
	default:
		return nil
	}
}

// heldByProbe waits for a probe that is under way; it has ended after its timeout.
func (d *Dispatch) heldByProbe(s *sending) *held {
	return &held{reason: s.breaker.Reason + "; one delivery is trying", delay: delivery.Spread(s.policy.Timeout, d.Jitter)}
}

// claimProbe makes this attempt the probe of an open breaker, if no other
// worker's attempt is.
func (d *Dispatch) claimProbe(ctx context.Context, s *sending) (*held, error) {
	if s.breaker.State != models.BreakerOpen {
		return nil, nil
	}
	at := now(d.Clock)
	won, err := d.Store.ClaimProbe(ctx, s.integration.ID, at, at.Add(s.lease()))
	if err != nil {
		return nil, fmt.Errorf("claiming the probe: %w", err)
	}
	if !won {
		return d.heldByProbe(s), nil
	}
	s.probe = true
	return nil, nil
}

// releaseProbe lets another delivery probe in place of this one.
func (d *Dispatch) releaseProbe(ctx context.Context, s *sending) {
	if !s.probe {
		return
	}
	d.updateBreaker(ctx, s, func(b *models.Breaker) { b.ProbeUntil = nil })
}

// tellBreaker tells the breaker how an attempt went, and switches the
// integration off when its owner asked for that after so many failures. What
// fails here is logged only: the delivery itself is stored.
func (d *Dispatch) tellBreaker(ctx context.Context, s *sending, t attemptResult, next step) {
	seen := s.seen(t)
	if untouched(s.breaker) && seen.Health != delivery.Failing && next.state != models.DeliveryFailed {
		return // the normal case costs no write
	}
	switchOff := false
	d.updateBreaker(ctx, s, func(b *models.Breaker) {
		apply(b, seen, now(d.Clock))
		switchOff = countFailed(b, next.state, s.policy.SwitchOffAfter)
	})
	if !switchOff {
		return
	}
	reason := fmt.Sprintf("%d deliveries in a row failed; the last: %s", s.policy.SwitchOffAfter, next.reason)
	if err := d.Store.SwitchOffIntegration(ctx, s.integration.ID, reason); err != nil {
		d.Logger.LogAttrs(ctx, slog.LevelError, "integration.switch_off_failed",
			slog.String("integration_id", s.integration.ID), slog.Any("error", err))
	}
}

func (d *Dispatch) updateBreaker(ctx context.Context, s *sending, change func(*models.Breaker)) {
	if _, err := d.Store.UpdateBreaker(ctx, s.integration.ID, change); err != nil {
		d.Logger.LogAttrs(ctx, slog.LevelError, "breaker.update_failed",
			slog.String("integration_id", s.integration.ID), slog.Any("error", err))
	}
}

// seen is the attempt as the breaker sees it. Only 429 pauses the whole
// integration for as long as it asks: 503 speaks of the moment.
func (s *sending) seen(t attemptResult) delivery.Seen {
	seen := delivery.Seen{Health: healthOf(t.Class), Probe: s.probe, Reason: t.Reason}
	if t.Class == delivery.ClassThrottled {
		seen.Wait = t.RetryAfter
	}
	return seen
}

// healthOf says what an attempt's class means for the destination as a whole.
func healthOf(c delivery.Class) delivery.Health {
	switch c {
	case delivery.ClassDelivered, delivery.ClassRefused, delivery.ClassRedirected:
		return delivery.Answered
	case delivery.ClassThrottled, delivery.ClassUnavailable, delivery.ClassTimeout, delivery.ClassNetwork:
		return delivery.Failing
	default:
		return delivery.Unasked
	}
}

// apply moves the stored breaker as package dispatch says.
func apply(b *models.Breaker, seen delivery.Seen, now time.Time) {
	before := delivery.Breaker{Open: b.State == models.BreakerOpen, Failures: b.Failures, Trips: b.Trips, Reason: b.Reason}
	if b.OpenUntil != nil {
		before.OpenUntil = *b.OpenUntil
	}
	after := before.After(seen, now)
	b.State, b.OpenUntil = models.BreakerClosed, nil
	if after.Open {
		until := after.OpenUntil.UTC().Truncate(time.Microsecond)
		b.State, b.OpenUntil = models.BreakerOpen, &until
	}
	b.Failures, b.Trips, b.Reason = after.Failures, after.Trips, after.Reason
	if seen.Probe || !after.Open {
		b.ProbeUntil = nil
	}
}

// countFailed counts deliveries in a row that ended failed. It reports whether
// that makes as many as the owner asked to switch off after; the count then
// starts anew, for whoever switches it on again.
func countFailed(b *models.Breaker, state models.DeliveryState, switchOffAfter int) bool {
	switch state {
	case models.DeliveryDelivered:
		b.FailedInRow = 0
	case models.DeliveryFailed:
		b.FailedInRow++
	}
	if switchOffAfter <= 0 || b.FailedInRow < switchOffAfter {
		return false
	}
	b.FailedInRow = 0
	return true
}

// untouched reports whether the breaker has nothing to forget.
func untouched(b models.Breaker) bool {
	return b.State != models.BreakerOpen && b.Failures == 0 && b.Trips == 0 && b.FailedInRow == 0
}
