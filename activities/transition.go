package activities

import (
	"fmt"
	"time"

	"ringback/internal/delivery"
	"ringback/internal/instant"
	"ringback/models/deliveries"
)

// transition is the new state of a delivery after an attempt.
type transition struct {
	state  deliveries.State
	reason delivery.Reason
	delay  time.Duration // until the next attempt; 0 if there is none
	tryAt  *time.Time    // of the next attempt; nil if there is none
}

// transitionAfter returns the new state of a delivery after an attempt that ended
// now: delivered, failed for good, or retrying. A delivery whose next attempt
// would come after its time fails now, so that it does not wait for nothing.
func transitionAfter(d deliveries.Delivery, t attemptResult, now time.Time, jitter delivery.Jitter) transition {
	if t.Class == delivery.ClassDelivered {
		return transition{state: deliveries.Delivered, reason: t.Reason}
	}
	if !t.Class.Retryable() {
		return transition{state: deliveries.Failed, reason: t.Reason}
	}
	delay := delivery.RetryDelay(t.number, t.RetryAfter, jitter)
	tryAt := instant.Of(now.Add(delay))
	if tryAt.After(d.GiveUpAt) {
		return transition{state: deliveries.Failed, reason: delivery.GaveUp(now.Sub(d.CreatedAt), t.Reason)}
	}
	return transition{state: deliveries.Retrying, reason: t.Reason, delay: delay, tryAt: &tryAt}
}

// summary returns the result of an attempt in a form that Temporal may show:
// class and status only.
func summary(r delivery.Result) string {
	if r.Status == 0 {
		return string(r.Class)
	}
	return fmt.Sprintf("%s: status %d", r.Class, r.Status)
}
