package delivery_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/internal/delivery"
)

var start = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

var (
	failed     = delivery.AttemptOutcome{Health: delivery.Failing, Reason: delivery.AnsweredWith(500)}
	worked     = delivery.AttemptOutcome{Health: delivery.Answered}
	notReached = delivery.AttemptOutcome{Health: delivery.NotReached}
)

// keepsFailing is the reason of a breaker after failures.
var keepsFailing = delivery.Reason{Code: delivery.ReasonKeepsFailing, Last: new(delivery.AnsweredWith(500))}

// closed is a breaker after an answer.
var closed = delivery.Breaker{State: delivery.BreakerClosed}

func asProbe(o delivery.AttemptOutcome) delivery.AttemptOutcome {
	o.Probe = true
	return o
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	open := delivery.Breaker{State: delivery.BreakerOpen, Failures: 5, Openings: 1, OpenUntil: new(start.Add(time.Minute)), Reason: delivery.Reason{Text: "r"}}
	throttled := delivery.AttemptOutcome{Health: delivery.Failing, Wait: 90 * time.Second, Reason: delivery.AnsweredWith(429)}
	tests := map[string]struct {
		before  delivery.Breaker
		outcome delivery.AttemptOutcome
		wanted  delivery.Breaker
	}{
		"the fourth failure in a row only counts": {
			delivery.Breaker{Failures: 3}, failed, delivery.Breaker{Failures: 4},
		},
		"the fifth opens for ten seconds": {
			delivery.Breaker{Failures: 4}, failed,
			delivery.Breaker{State: delivery.BreakerOpen, Failures: 5, Openings: 1, OpenUntil: new(start.Add(10 * time.Second)), Reason: keepsFailing},
		},
		"an answer resets the count": {delivery.Breaker{Failures: 4}, worked, closed},
		"a send that reached nobody changes nothing": {
			delivery.Breaker{Failures: 4}, notReached, delivery.Breaker{Failures: 4},
		},
		"open: a failure of an earlier attempt does not prolong it":    {open, failed, open},
		"open: an answer to an earlier attempt does not close it":      {open, worked, open},
		"open: a wait asked of an earlier attempt does not prolong it": {open, throttled, open},
		"a probe that fails opens for twice as long": {
			open, asProbe(failed),
			delivery.Breaker{State: delivery.BreakerOpen, Failures: 6, Openings: 2, OpenUntil: new(start.Add(20 * time.Second)), Reason: keepsFailing},
		},
		"a probe that is answered closes":            {open, asProbe(worked), closed},
		"a probe that reached nobody leaves it open": {open, asProbe(notReached), open},
		"the pause never exceeds ten minutes": {
			delivery.Breaker{State: delivery.BreakerOpen, Failures: 50, Openings: 40}, asProbe(failed),
			delivery.Breaker{State: delivery.BreakerOpen, Failures: 51, Openings: 41, OpenUntil: new(start.Add(10 * time.Minute)), Reason: keepsFailing},
		},
		"asked to wait: opens at once until then": {
			delivery.Breaker{}, throttled,
			delivery.Breaker{State: delivery.BreakerOpen, OpenUntil: new(start.Add(90 * time.Second)), Reason: delivery.Reason{Code: delivery.ReasonAskedToWait, Last: new(delivery.AnsweredWith(429))}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.wanted, test.before.After(test.outcome, start))
		})
	}
}

// Whatever happened before, one answered probe closes the breaker, and an open
// one always has a time and a reason.
func TestBreakerAlwaysRecovers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b, now := delivery.Breaker{}, start
		for range rapid.IntRange(0, 60).Draw(t, "attempts") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3600).Draw(t, "gap")) * time.Second)
			outcome := rapid.SampledFrom([]delivery.AttemptOutcome{failed, worked, notReached}).Draw(t, "outcome")
			outcome.Probe = b.IsOpen() && rapid.Bool().Draw(t, "probe")
			b = b.After(outcome, now)
			if b.IsOpen() {
				require.NotEmpty(t, b.Reason)
				require.LessOrEqual(t, b.OpenUntil.Sub(now), delivery.MaxPause)
			}
		}
		require.Equal(t, closed, b.After(asProbe(worked), now))
	})
}

func TestSpread(t *testing.T) {
	t.Parallel()
	half := func() float64 { return 0.5 }
	require.Equal(t, 11*time.Second, delivery.Spread(10*time.Second, half), "at least two seconds wide")
	require.Equal(t, 110*time.Second, delivery.Spread(100*time.Second, half))
	require.Equal(t, time.Second, delivery.Spread(-time.Minute, half))
}
