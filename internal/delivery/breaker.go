package delivery

import (
	"time"

	"ringback/internal/backoff"
)

// FailuresToOpen is how many failed attempts in a row open a breaker.
const FailuresToOpen = 5

// MaxPause is the longest pause of a breaker, unless the destination asks for a longer one.
const MaxPause = 10 * time.Minute

// pauses is how long a breaker stays open before the next probe.
var pauses = backoff.Doubling{First: 10 * time.Second, Max: MaxPause}

// Health is what one attempt shows about the destination as a whole.
type Health int

// The kinds of health.
const (
	NotReached Health = iota // nothing reached it, so nothing is known
	Answered                 // it works, even if it refused this event
	Failing                  // timeout, network error, 5xx or 429
)

// BreakerState reports whether a destination is being called.
type BreakerState string

// The states of a breaker.
const (
	BreakerClosed BreakerState = "closed" // sends go out
	BreakerOpen   BreakerState = "open"   // sends wait until OpenUntil; then one of them is the probe
)

// Breaker stops the calls to a destination that keeps failing, so that
// deliveries wait and do not use up their attempts. While it is open, only the
// outcome of the probe counts. The zero value is closed.
type Breaker struct {
	State     BreakerState
	Failures  int        // failed attempts in a row
	Openings  int        `gorm:"column:trips"` // openings in a row without a success in between
	OpenUntil *time.Time // when the next probe may go; nil if closed
	Reason    Reason     `gorm:"serializer:reason"` // why it is open; zero if closed
}

// AttemptOutcome is what a breaker needs to know about one attempt.
type AttemptOutcome struct {
	Health Health
	Probe  bool          // the attempt was the probe of an open breaker
	Wait   time.Duration // the wait that the destination asked for with a 429, or until the next try of a refused sign-in; 0 if there is none
	// NotLetIn reports whether the destination refused the connection's sign-in.
	NotLetIn bool
	Reason   Reason
}

// IsOpen reports whether sends must wait.
func (b Breaker) IsOpen() bool { return b.State == BreakerOpen }

// After returns the breaker as it is after an attempt that ended now.
func (b Breaker) After(outcome AttemptOutcome, now time.Time) Breaker {
	if b.IsOpen() && !outcome.Probe {
		return b // the attempt began before the breaker opened
	}
	switch {
	case outcome.Wait > 0:
		code := ReasonAskedToWait
		if outcome.NotLetIn {
			code = ReasonNotLetIn
		}
		return b.pause(now.Add(outcome.Wait), Reason{Code: code}.because(outcome.Reason))
	case outcome.Health == Answered:
		return Breaker{State: BreakerClosed}
	case outcome.Health == Failing:
		return b.fail(outcome.Reason, now)
	default:
		return b
	}
}

// fail counts a failed attempt, and opens the breaker if there were too many.
func (b Breaker) fail(reason Reason, now time.Time) Breaker {
	b.Failures++
	if !b.IsOpen() && b.Failures < FailuresToOpen {
		return b
	}
	b.Openings++
	return b.pause(now.Add(pauses.Delay(b.Openings)), Reason{Code: ReasonKeepsFailing}.because(reason))
}

func (b Breaker) pause(until time.Time, reason Reason) Breaker {
	b.State, b.OpenUntil, b.Reason = BreakerOpen, &until, reason
	return b
}

// Spread returns how long a deferred delivery waits for the probe: the given
// wait and, by jitter, up to a fifth of it (at least 2 s) more, so that a
// thousand deferred deliveries do not all return at the same instant.
func Spread(wait time.Duration, jitter Jitter) time.Duration {
	wait = max(wait, 0)
	return wait + time.Duration(jitter()*float64(max(wait/5, 2*time.Second)))
}
