package backoff_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/backoff"
)

func TestDelayDoublesUpToItsLimit(t *testing.T) {
	t.Parallel()
	schedule := backoff.Doubling{First: time.Second, Max: 10 * time.Second}
	for n, want := range map[int]time.Duration{
		0: time.Second, 1: time.Second, 2: 2 * time.Second, 4: 8 * time.Second, 5: 10 * time.Second, 1_000_000: 10 * time.Second,
	} {
		require.Equal(t, want, schedule.Delay(n), "failure %d", n)
	}
	require.Equal(t, time.Second, backoff.Doubling{First: time.Minute, Max: time.Second}.Delay(1), "the limit holds for the first too")
}
