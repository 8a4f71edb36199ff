package activities

import (
	"fmt"
	"time"

	"ringback/internal/delivery"
	"ringback/models"
)

// step is what becomes of a delivery after an attempt.
type step struct {
	state  models.DeliveryState
	reason string        // for the owner
	delay  time.Duration // retrying: until the next attempt
	tryAt  *time.Time    // retrying: when that is
}

// nextStep decides what becomes of a delivery after an attempt that ended now:
// delivered, failed for good, or tried again. One whose next attempt would come
// after its time is failed now, so that it does not wait for nothing.
func nextStep(d models.Delivery, t attemptResult, now time.Time, jitter delivery.Jitter) step {
	if t.Class == delivery.ClassDelivered {
		return step{state: models.DeliveryDelivered, reason: t.Reason}
	}
	if !t.Class.Retryable() {
		return step{state: models.DeliveryFailed, reason: t.Reason}
	}
	delay := delivery.RetryDelay(t.number, t.RetryAfter, jitter)
	tryAt := now.Add(delay).Truncate(time.Microsecond)
	if tryAt.After(d.GiveUpAt) {
		return step{state: models.DeliveryFailed, reason: gaveUp(d, now, t.Reason)}
	}
	return step{state: models.DeliveryRetrying, reason: t.Reason, delay: delay, tryAt: &tryAt}
}

// gaveUp is the reason of a delivery that was given up.
func gaveUp(d models.Delivery, now time.Time, last string) string {
	words := fmt.Sprintf("gave up after %s", now.Sub(d.CreatedAt).Round(time.Second))
	if last == "" {
		return words
	}
	return words + ": last " + last
}

// shortly is an attempt in a form that Temporal may show: class and status only.
func shortly(r delivery.Result) string {
	if r.Status == 0 {
		return string(r.Class)
	}
	return fmt.Sprintf("%s: status %d", r.Class, r.Status)
}
