package dispatch_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/dispatch"
)

var start = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

var (
	failed  = dispatch.Seen{Health: dispatch.Failing, Reason: "answered 500"}
	worked  = dispatch.Seen{Health: dispatch.Answered}
	unasked = dispatch.Seen{Health: dispatch.Unasked}
)

func asProbe(s dispatch.Seen) dispatch.Seen {
	s.Probe = true
	return s
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	open := dispatch.Breaker{Open: true, Failures: 5, Trips: 1, OpenUntil: start.Add(time.Minute), Reason: "r"}
	throttled := dispatch.Seen{Health: dispatch.Failing, Wait: 90 * time.Second, Reason: "answered 429"}
	tests := map[string]struct {
		before dispatch.Breaker
		seen   dispatch.Seen
		wanted dispatch.Breaker
	}{
		"the fourth failure in a row only counts": {
			dispatch.Breaker{Failures: 3}, failed, dispatch.Breaker{Failures: 4},
		},
		"the fifth opens for ten seconds": {
			dispatch.Breaker{Failures: 4}, failed,
			dispatch.Breaker{Open: true, Failures: 5, Trips: 1, OpenUntil: start.Add(10 * time.Second), Reason: "the destination keeps failing: answered 500"},
		},
		"an answer starts the count anew": {dispatch.Breaker{Failures: 4}, worked, dispatch.Breaker{}},
		"a send that reached nobody says nothing": {
			dispatch.Breaker{Failures: 4}, unasked, dispatch.Breaker{Failures: 4},
		},
		"open: a failure that was under way does not prolong it":  {open, failed, open},
		"open: an answer that was under way does not close it":    {open, worked, open},
		"open: a wait asked of one under way does not prolong it": {open, throttled, open},
		"a probe that fails opens for twice as long": {
			open, asProbe(failed),
			dispatch.Breaker{Open: true, Failures: 6, Trips: 2, OpenUntil: start.Add(20 * time.Second), Reason: "the destination keeps failing: answered 500"},
		},
		"a probe that is answered closes":            {open, asProbe(worked), dispatch.Breaker{}},
		"a probe that reached nobody leaves it open": {open, asProbe(unasked), open},
		"the pause never exceeds ten minutes": {
			dispatch.Breaker{Open: true, Failures: 50, Trips: 40}, asProbe(failed),
			dispatch.Breaker{Open: true, Failures: 51, Trips: 41, OpenUntil: start.Add(10 * time.Minute), Reason: "the destination keeps failing: answered 500"},
		},
		"asked to wait: opens at once until then": {
			dispatch.Breaker{}, throttled,
			dispatch.Breaker{Open: true, OpenUntil: start.Add(90 * time.Second), Reason: "the destination asked to wait: answered 429"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.wanted, test.before.After(test.seen, start))
		})
	}
}

// Whatever happened before, one answered probe closes the breaker, and an open
// one always says until when and why.
func TestBreakerAlwaysRecovers(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		b, now := dispatch.Breaker{}, start
		for range rapid.IntRange(0, 60).Draw(t, "attempts") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3600).Draw(t, "gap")) * time.Second)
			seen := rapid.SampledFrom([]dispatch.Seen{failed, worked, unasked}).Draw(t, "seen")
			seen.Probe = b.Open && rapid.Bool().Draw(t, "probe")
			b = b.After(seen, now)
			if b.Open {
				require.NotEmpty(t, b.Reason)
				require.LessOrEqual(t, b.OpenUntil.Sub(now), dispatch.MaxPause)
			}
		}
		require.Equal(t, dispatch.Breaker{}, b.After(asProbe(worked), now))
	})
}

func TestSpread(t *testing.T) {
	t.Parallel()
	half := func() float64 { return 0.5 }
	require.Equal(t, 11*time.Second, dispatch.Spread(10*time.Second, half), "at least two seconds wide")
	require.Equal(t, 110*time.Second, dispatch.Spread(100*time.Second, half))
	require.Equal(t, time.Second, dispatch.Spread(-time.Minute, half))
}
