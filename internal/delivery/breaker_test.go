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
	failed  = delivery.Seen{Health: delivery.Failing, Reason: "answered 500"}
	worked  = delivery.Seen{Health: delivery.Answered}
	unasked = delivery.Seen{Health: delivery.Unasked}
)

func asProbe(s delivery.Seen) delivery.Seen {
	s.Probe = true
	return s
}

func TestBreaker(t *testing.T) {
	t.Parallel()
	open := delivery.Breaker{Open: true, Failures: 5, Trips: 1, OpenUntil: start.Add(time.Minute), Reason: "r"}
	throttled := delivery.Seen{Health: delivery.Failing, Wait: 90 * time.Second, Reason: "answered 429"}
	tests := map[string]struct {
		before delivery.Breaker
		seen   delivery.Seen
		wanted delivery.Breaker
	}{
		"the fourth failure in a row only counts": {
			delivery.Breaker{Failures: 3}, failed, delivery.Breaker{Failures: 4},
		},
		"the fifth opens for ten seconds": {
			delivery.Breaker{Failures: 4}, failed,
			delivery.Breaker{Open: true, Failures: 5, Trips: 1, OpenUntil: start.Add(10 * time.Second), Reason: "the destination keeps failing: answered 500"},
		},
		"an answer starts the count anew": {delivery.Breaker{Failures: 4}, worked, delivery.Breaker{}},
		"a send that reached nobody says nothing": {
			delivery.Breaker{Failures: 4}, unasked, delivery.Breaker{Failures: 4},
		},
		"open: a failure that was under way does not prolong it":  {open, failed, open},
		"open: an answer that was under way does not close it":    {open, worked, open},
		"open: a wait asked of one under way does not prolong it": {open, throttled, open},
		"a probe that fails opens for twice as long": {
			open, asProbe(failed),
			delivery.Breaker{Open: true, Failures: 6, Trips: 2, OpenUntil: start.Add(20 * time.Second), Reason: "the destination keeps failing: answered 500"},
		},
		"a probe that is answered closes":            {open, asProbe(worked), delivery.Breaker{}},
		"a probe that reached nobody leaves it open": {open, asProbe(unasked), open},
		"the pause never exceeds ten minutes": {
			delivery.Breaker{Open: true, Failures: 50, Trips: 40}, asProbe(failed),
			delivery.Breaker{Open: true, Failures: 51, Trips: 41, OpenUntil: start.Add(10 * time.Minute), Reason: "the destination keeps failing: answered 500"},
		},
		"asked to wait: opens at once until then": {
			delivery.Breaker{}, throttled,
			delivery.Breaker{Open: true, OpenUntil: start.Add(90 * time.Second), Reason: "the destination asked to wait: answered 429"},
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
		b, now := delivery.Breaker{}, start
		for range rapid.IntRange(0, 60).Draw(t, "attempts") {
			now = now.Add(time.Duration(rapid.IntRange(0, 3600).Draw(t, "gap")) * time.Second)
			seen := rapid.SampledFrom([]delivery.Seen{failed, worked, unasked}).Draw(t, "seen")
			seen.Probe = b.Open && rapid.Bool().Draw(t, "probe")
			b = b.After(seen, now)
			if b.Open {
				require.NotEmpty(t, b.Reason)
				require.LessOrEqual(t, b.OpenUntil.Sub(now), delivery.MaxPause)
			}
		}
		require.Equal(t, delivery.Breaker{}, b.After(asProbe(worked), now))
	})
}

func TestSpread(t *testing.T) {
	t.Parallel()
	half := func() float64 { return 0.5 }
	require.Equal(t, 11*time.Second, delivery.Spread(10*time.Second, half), "at least two seconds wide")
	require.Equal(t, 110*time.Second, delivery.Spread(100*time.Second, half))
	require.Equal(t, time.Second, delivery.Spread(-time.Minute, half))
}
