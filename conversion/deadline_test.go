package conversion_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/conversion"
)

func TestG5_CallReportedLateIsKeptOpenForItsEnd(t *testing.T) {
	t.Parallel()
	noon := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct {
		start   time.Time
		longest time.Duration
		want    time.Time
	}{
		"reported at once":          {noon, 4 * time.Hour, noon.Add(4 * time.Hour)},
		"start reported hours late": {noon.Add(-5 * time.Hour), 4 * time.Hour, noon.Add(5 * time.Minute)},
		"short calls":               {noon, time.Minute, noon.Add(5 * time.Minute)},
		"late, deadline ahead":      {noon.Add(-time.Hour), 4 * time.Hour, noon.Add(3 * time.Hour)},
	} {
		require.Equal(t, c.want, conversion.CloseAt(c.start, noon, c.longest), name)
	}
}

// A call that counts as stuck is past its deadline by OverdueAfter, and every call
// is stuck in the end.
func TestG4_NoCallIsStuckBeforeItsDeadline(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		now := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
		ago := func(name string) time.Time {
			return now.Add(-time.Duration(rapid.IntRange(0, 900).Draw(t, name)) * time.Minute)
		}
		start, accepted := ago("start"), ago("accepted")
		longest := time.Duration(rapid.IntRange(1, 600).Draw(t, "longest")) * time.Minute
		since := conversion.StuckSince(now, longest)
		if !start.After(since) && !accepted.After(since) {
			overdue := conversion.CloseAt(start, accepted, longest).Add(conversion.OverdueAfter)
			require.False(t, overdue.After(now))
		}
		require.False(t, since.Before(now.Add(-12*time.Hour)), "however long the calls of a site are")
	})
}
