package dispatch

import "time"

// The retry schedule of deliveries (design section 4): 1 s, 2 s, 4 s, ... up to an hour.
const (
	FirstDelay = time.Second
	MaxDelay   = time.Hour
)

// MaxRetryAfter caps what a destination may ask for with Retry-After. A day is
// enough for every published rate window; more is a mistake at the other end.
const MaxRetryAfter = 24 * time.Hour

// delayShare is the part of a delay that jitter may take off, so that
// deliveries that failed together do not come back together.
const delayShare = 0.2

// Jitter gives a number in [0, 1). Production passes rand.Float64.
type Jitter func() float64

// NextDelay gives how long to wait after the given attempt (1, 2, ...) failed:
// doubling from FirstDelay to MaxDelay, less up to a fifth by jitter.
func NextDelay(attempt int, jitter Jitter) time.Duration {
	delay := doubling(FirstDelay, MaxDelay, attempt)
	return delay - time.Duration(jitter()*delayShare*float64(delay))
}

// RetryDelay gives how long to wait after a failed attempt: what the
// destination asked for, where it asked, else NextDelay.
func RetryDelay(attempt int, retryAfter time.Duration, jitter Jitter) time.Duration {
	if retryAfter > 0 {
		return min(retryAfter, MaxRetryAfter)
	}
	return NextDelay(attempt, jitter)
}

// doubling gives first, 2*first, 4*first, ... for n = 1, 2, 3, ..., at most limit.
func doubling(first, limit time.Duration, n int) time.Duration {
	delay := first
	for i := 1; i < n && delay < limit; i++ {
		delay *= 2
	}
	return min(delay, limit)
}
