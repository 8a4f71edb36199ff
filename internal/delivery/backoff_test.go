package delivery_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/internal/delivery"
)

func never() float64 { return 0 }

func TestNextDelayDoublesToAnHour(t *testing.T) {
	t.Parallel()
	wanted := map[int]time.Duration{
		0: time.Second, 1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 12: 2048 * time.Second,
		13: time.Hour, 14: time.Hour, 1000: time.Hour,
	}
	for attempt, delay := range wanted {
		require.Equal(t, delay, delivery.NextDelay(attempt, never), "attempt %d", attempt)
	}
}

func TestNextDelayJitterTakesOffAFifthAtMost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		attempt := rapid.IntRange(1, 100).Draw(t, "attempt")
		jitter := rapid.Float64Range(0, 1).Draw(t, "jitter")
		whole := delivery.NextDelay(attempt, never)
		got := delivery.NextDelay(attempt, func() float64 { return jitter })
		require.LessOrEqual(t, got, whole)
		require.GreaterOrEqual(t, got, whole*8/10)
	})
}

func TestRetryDelay(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ retryAfter, wanted time.Duration }{
		"not asked: the schedule":  {0, 4 * time.Second},
		"asked for less: honoured": {time.Second, time.Second},
		"asked for more: honoured": {2 * time.Hour, 2 * time.Hour},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, test.wanted, delivery.RetryDelay(3, test.retryAfter, never))
		})
	}
}

func TestDisabledDelayDoublesToTenMinutes(t *testing.T) {
	t.Parallel()
	require.Equal(t, time.Minute, delivery.DisabledDelay(1, never))
	require.Equal(t, 4*time.Minute, delivery.DisabledDelay(3, never))
	require.Equal(t, 10*time.Minute, delivery.DisabledDelay(30, never))
	require.Equal(t, 54*time.Second, delivery.DisabledDelay(1, func() float64 { return 0.5 }))
}
