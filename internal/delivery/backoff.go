package delivery

import "time"

// The retry schedule of deliveries (design section 4): 1 s, 2 s, 4 s, ... up to an hour.
const (
	FirstDelay = time.Second
	MaxDelay   = time.Hour
)

// delayShare is the part of a delay that jitter may take off, so that
// deliveries that failed together do not come back together.
const delayShare = 0.2

// Jitter returns a number in [0, 1). Production passes rand.Float64.
type Jitter func() float64

// NextDelay returns how long to wait after the given attempt (1, 2, ...) failed:
// doubling from FirstDelay to MaxDelay, less up to a fifth by jitter.
func NextDelay(attempt int, jitter Jitter) time.Duration {
	delay := doubling(FirstDelay, MaxDelay, attempt)
	return delay - time.Duration(jitter()*delayShare*float64(delay))
}

// RetryDelay returns how long to wait after a failed attempt: what the
// destination asked for, where it asked, else NextDelay. That it asks for no
// more than a day is seen to where its answer is read.
func RetryDelay(attempt int, retryAfter time.Duration, jitter Jitter) time.Duration {
	if retryAfter > 0 {
		return retryAfter
	}
	return NextDelay(attempt, jitter)
}

// OffDelay returns how long a delivery waits that cannot be sent at all just now,
// because a person switched its integration off, say: doubling from a minute to
// ten with each look at it, less up to a fifth by jitter.
func OffDelay(look int, jitter Jitter) time.Duration {
	delay := doubling(time.Minute, 10*time.Minute, look)
	return delay - time.Duration(jitter()*delayShare*float64(delay))
}

// doubling returns first, 2*first, 4*first, ... for n = 1, 2, 3, ..., at most limit.
func doubling(first, limit time.Duration, n int) time.Duration {
	delay := first
	for i := 1; i < n && delay < limit; i++ {
		delay *= 2
	}
	return min(delay, limit)
}
