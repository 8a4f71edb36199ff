package delivery

import (
	"time"

	"ringback/internal/backoff"
)

// retrySchedule is how long a delivery waits after its failed attempts: 1 s, 2 s, 4 s, ... up to an hour.
var retrySchedule = backoff.Doubling{First: time.Second, Max: time.Hour}

// disabledSchedule is how long a delivery waits that only a person can release.
var disabledSchedule = backoff.Doubling{First: time.Minute, Max: 10 * time.Minute}

// jitterShare is the part of a delay that jitter may take off, so that
// deliveries that failed together do not come back together.
const jitterShare = 0.2

// Jitter returns a number in [0, 1). Production passes rand.Float64.
type Jitter func() float64

// NextDelay returns how long to wait after the given attempt (1, 2, ...) failed:
// doubling from a second to an hour, less up to a fifth by jitter.
func NextDelay(attempt int, jitter Jitter) time.Duration {
	return shortened(retrySchedule.Delay(attempt), jitter)
}

// RetryDelay returns how long to wait after a failed attempt: the Retry-After of
// the destination if there is one, and NextDelay otherwise. Attempt has capped
// the former at MaxRetryAfter.
func RetryDelay(attempt int, retryAfter time.Duration, jitter Jitter) time.Duration {
	if retryAfter > 0 {
		return retryAfter
	}
	return NextDelay(attempt, jitter)
}

// DisabledDelay returns how long a delivery waits that cannot be sent at all at
// present, for example because its integration is switched off. It doubles from
// a minute to ten with each check, less up to a fifth by jitter.
func DisabledDelay(check int, jitter Jitter) time.Duration {
	return shortened(disabledSchedule.Delay(check), jitter)
}

func shortened(delay time.Duration, jitter Jitter) time.Duration {
	return delay - time.Duration(jitter()*jitterShare*float64(delay))
}
