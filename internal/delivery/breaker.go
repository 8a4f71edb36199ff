package delivery

import "time"

// The breaker's numbers. It opens after FailuresToOpen failed attempts in a
// row, first for FirstPause, doubling to MaxPause as long as the probes fail.
const (
	FailuresToOpen = 5
	FirstPause     = 10 * time.Second
	MaxPause       = 10 * time.Minute
)

// Health is what one attempt said about the destination as a whole.
type Health int

// Answered: it works, whatever it thought of this event. Failing: timeout,
// network error, 5xx or 429. Unasked: nothing reached it.
const (
	Unasked Health = iota
	Answered
	Failing
)

// Breaker stops the calls to a destination that keeps failing, so that
// deliveries wait instead of burning their attempts. Closed: sends go out.
// Open: they wait until OpenUntil; then one of them goes out as a probe, and
// only the probe's outcome counts. The zero value is closed.
type Breaker struct {
	Open      bool
	Failures  int       // attempts in a row that the destination failed
	Trips     int       // openings in a row without a success in between
	OpenUntil time.Time // open: when the next probe may go
	Reason    string    // open: why, for people
}

// Seen is one attempt as the breaker sees it.
type Seen struct {
	Health Health
	Probe  bool          // it was sent as the probe of an open breaker
	Wait   time.Duration // the destination answered 429 and asked for this long; 0: it did not ask
	Reason string        // for people: "answered 500"
}

// After returns the breaker as it is after an attempt that ended now.
func (b Breaker) After(seen Seen, now time.Time) Breaker {
	if b.Open && !seen.Probe {
		return b // it was under way when the breaker opened
	}
	switch {
	case seen.Wait > 0:
		return b.pause(now.Add(seen.Wait), "the destination asked to wait: "+seen.Reason)
	case seen.Health == Answered:
		return Breaker{}
	case seen.Health == Failing:
		return b.fail(seen.Reason, now)
	default:
		return b
	}
}

// fail counts a failed attempt and opens the breaker when it was one too many.
func (b Breaker) fail(reason string, now time.Time) Breaker {
	b.Failures++
	if !b.Open && b.Failures < FailuresToOpen {
		return b
	}
	b.Trips++
	return b.pause(now.Add(doubling(FirstPause, MaxPause, b.Trips)), "the destination keeps failing: "+reason)
}

func (b Breaker) pause(until time.Time, reason string) Breaker {
	b.Open, b.OpenUntil, b.Reason = true, until, reason
	return b
}

// Spread returns how long a held delivery waits for the probe: until then, and
// up to a fifth of that (at least 2 s) more by jitter, so that a thousand held
// deliveries do not all come at the same instant.
func Spread(wait time.Duration, jitter Jitter) time.Duration {
	wait = max(wait, 0)
	return wait + time.Duration(jitter()*float64(max(wait/5, 2*time.Second)))
}
