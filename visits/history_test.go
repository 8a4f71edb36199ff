package visits_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/conversion"
	"ringback/internal/limits"
	"ringback/visits"
)

func TestR8_HistoryIsNewestFirstWithoutInlineTrafficOfKnownSessions(t *testing.T) {
	t.Parallel()
	at := clock("12:00")
	sessions := []conversion.Visit{{ID: "ses_1", SessionID: "ses_1", At: at}, {ID: "ses_2", SessionID: "ses_2", At: at.Add(time.Hour)}}
	inline := []conversion.Visit{
		{ID: "vis_1", SessionID: "ses_1", At: at}, {ID: "vis_2", At: at.Add(time.Minute)}, {ID: "vis_2", At: at.Add(time.Minute)},
	}
	var order []string
	for _, v := range visits.History(sessions, inline, at) {
		order = append(order, v.ID)
	}
	require.Equal(t, []string{"ses_2", "vis_2", "ses_1"}, order)
}

// However long a history is: the newest visits stay, and the oldest that count.
func TestR8_LongHistoryKeepsBothEnds(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		total, old := rapid.IntRange(0, 700).Draw(t, "visits"), rapid.IntRange(0, 300).Draw(t, "too old")
		first := clock("12:00")
		var all []conversion.Visit
		for n := range total {
			all = append(all, conversion.Visit{ID: fmt.Sprintf("ses_%04d", n), SessionID: fmt.Sprint(n), At: first.Add(time.Duration(n) * time.Minute)})
		}
		start := first.Add(time.Duration(old) * time.Minute)
		kept := visits.History(rapid.Permutation(all).Draw(t, "order"), nil, start)
		require.LessOrEqual(t, len(kept), visits.MaxHistory)
		require.True(t, slices.IsSortedFunc(kept, func(a, b conversion.Visit) int { return b.At.Compare(a.At) }))
		if total <= visits.MaxHistory {
			require.Len(t, kept, total)
			return
		}
		newest := visits.MaxHistory - visits.OldestHistory
		for n, v := range kept[:newest] {
			require.Equal(t, all[total-1-n], v)
		}
		if oldest := total - 1 - newest; oldest > old {
			require.Equal(t, all[old], kept[len(kept)-1], "the first visit that counts")
		}
	})
}

func TestR8_LookbackBeginsAtTheSitesDays(t *testing.T) {
	t.Parallel()
	at := clock("12:00")
	require.Equal(t, at.AddDate(0, 0, -90), visits.ReachOf(at, 90).Counts)
	require.Equal(t, at.AddDate(0, 0, -400), visits.ReachOf(at, 90).Read)
	kept := at.AddDate(0, 0, -limits.KeepDays)
	require.Equal(t, visits.Reach{Read: kept, Counts: kept}, visits.ReachOf(at, 0))
	require.Equal(t, at, visits.VisitedAt(at.Add(time.Second), at, true))
	require.Equal(t, at.Add(time.Second), visits.VisitedAt(at.Add(time.Second), at, false))
}
