package touchpoints_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/touchpoints"
)

// TestM4_WhichSessionACallIsMergedWith goes through docs/facts/marketo-measure.md
// line by line. The session began at 12:17, and its last page view was at 12:20.
func TestM4_WhichSessionACallIsMergedWith(t *testing.T) {
	t.Parallel()
	story := []touchpoints.Session{session("s", at(12, 17), at(12, 20), adClick())}
	for name, tc := range map[string]struct {
		call    touchpoints.Task
		set     touchpoints.Settings
		outcome touchpoints.Outcome
		apart   int64
		missed  int64
	}{
		"during the session":                  {call("t", at(12, 18), "Call"), touchpoints.Settings{}, touchpoints.Merged, 0, 0},
		"exactly at its start":                {call("t", at(12, 17), "Call"), touchpoints.Settings{}, touchpoints.Merged, 0, 0},
		"five minutes after the last page":    {call("t", at(12, 25), "Call"), touchpoints.Settings{}, touchpoints.Merged, 300, 0},
		"exactly thirty minutes after":        {call("t", at(12, 50), "Call"), touchpoints.Settings{}, touchpoints.Merged, 1800, 0},
		"a second more":                       {call("t", at(12, 50, 1), "Call"), touchpoints.Settings{}, touchpoints.TooLate, 1801, 1},
		"less than a second more":             {call("t", at(12, 50).Add(time.Millisecond), "Call"), touchpoints.Settings{}, touchpoints.TooLate, 1801, 1},
		"the sample: 13:05":                   {call("t", at(13, 5), "Call"), touchpoints.Settings{}, touchpoints.TooLate, 2700, 900},
		"the sample from the start":           {call("t", at(13, 5), "Call"), touchpoints.Settings{Basis: touchpoints.FromStart}, touchpoints.TooLate, 2880, 1080},
		"from the start, thirty minutes":      {call("t", at(12, 47), "Call"), touchpoints.Settings{Basis: touchpoints.FromStart}, touchpoints.Merged, 1800, 0},
		"from the start, a second more":       {call("t", at(12, 47, 1), "Call"), touchpoints.Settings{Basis: touchpoints.FromStart}, touchpoints.TooLate, 1801, 1},
		"another window":                      {call("t", at(13, 5), "Call"), touchpoints.Settings{Window: 45 * time.Minute}, touchpoints.Merged, 2700, 0},
		"a second before the session":         {call("t", at(12, 16, 59), "Call"), touchpoints.Settings{}, touchpoints.TooEarly, 1, 1},
		"a second before, clocks differ":      {call("t", at(12, 16, 59), "Call"), touchpoints.Settings{Skew: time.Second}, touchpoints.Merged, 0, 0},
		"two before, clocks differ by one":    {call("t", at(12, 16, 58), "Call"), touchpoints.Settings{Skew: time.Second}, touchpoints.TooEarly, 2, 1},
		"no BizibleId (M6)":                   {touchpoints.Task{ID: "t", At: at(12, 25)}, touchpoints.Settings{}, touchpoints.NoBizibleID, 0, 0},
		"a BizibleId that stands for nobody":  {touchpoints.Task{ID: "t", At: at(12, 25), BizibleID: "undefined"}, touchpoints.Settings{}, touchpoints.UnusableBizibleID, 0, 0},
		"a BizibleId that no session has":     {touchpoints.Task{ID: "t", At: at(12, 25), BizibleID: another}, touchpoints.Settings{}, touchpoints.NoSession, 0, 0},
		"no time":                             {call("t", time.Time{}, "Call"), touchpoints.Settings{}, touchpoints.NoTime, 0, 0},
		"a day without a time of day":         {touchpoints.Task{ID: "t", At: at(12, 25), BizibleID: browser, DateOnly: true}, touchpoints.Settings{}, touchpoints.NoTimeOfDay, 0, 0},
		"a deleted Task":                      {touchpoints.Task{ID: "t", At: at(12, 25), BizibleID: browser, Deleted: true}, touchpoints.Settings{}, touchpoints.Deleted, 0, 0},
		"the id in capitals and with hyphens": {touchpoints.Task{ID: "t", At: at(12, 25), BizibleID: "08C1063C-B0A6-4349-AD0D-2D862F5CC700"}, touchpoints.Settings{}, touchpoints.Merged, 300, 0},
	} {
		m := tc.set.Merge(tc.call, touchpoints.ByBrowser(story))
		require.Equal(t, tc.outcome, m.Outcome, name)
		require.Equal(t, tc.apart, m.ApartSeconds, name)
		require.Equal(t, tc.missed, m.MissedSeconds, name)
		require.Equal(t, m.BasisAt != nil, m.SessionID == "s", name)
	}
}

// TestM4_LastSessionThatHadBegunCounts has three sessions, in any order.
func TestM4_LastSessionThatHadBegunCounts(t *testing.T) {
	t.Parallel()
	sessions := []touchpoints.Session{
		session("third", at(14, 0), at(14, 5), adClick()),
		session("first", at(12, 17), at(12, 20), adClick()),
		session("second", at(12, 30), at(12, 31), conversion.Traffic{}),
		{ID: "other", BizibleID: another, StartedAt: at(12, 40), LastActivityAt: at(12, 41)},
		{ID: "without", StartedAt: at(12, 40), LastActivityAt: at(12, 41)},
	}
	for want, when := range map[string]time.Time{"first": at(12, 29), "second": at(12, 45), "third": at(14, 1)} {
		m := touchpoints.Settings{}.Merge(call("t", when, "Call"), touchpoints.ByBrowser(sessions))
		require.Equal(t, touchpoints.Merged, m.Outcome)
		require.Equal(t, want, m.SessionID)
	}
	m := touchpoints.Settings{}.Merge(call("t", at(13, 30), "Call"), touchpoints.ByBrowser(sessions))
	require.Equal(t, touchpoints.TooLate, m.Outcome)
	require.Equal(t, "second", m.SessionID, "it is the nearest one before")
	require.EqualValues(t, 29*60, m.MissedSeconds)
}

func TestM6_CallsWithoutBizibleIDHaveNoTouchpoint(t *testing.T) {
	t.Parallel()
	for _, o := range touchpoints.Outcomes() {
		task := call("t", at(12, 25), "Call")
		switch o {
		case touchpoints.NoBizibleID:
			task.BizibleID = ""
		case touchpoints.UnusableBizibleID:
			task.BizibleID = "null"
		case touchpoints.NoTime:
			task.At = time.Time{}
		case touchpoints.Deleted:
			task.Deleted = true
		default:
			require.True(t, o.HasTouchpoint(), o)
			continue
		}
		require.False(t, o.HasTouchpoint(), o)
		touches, calls := touchpoints.Default().Touches(ann(nil, task))
		require.Empty(t, touches, o)
		require.Equal(t, []touchpoints.Merging{{TaskID: "t", Outcome: o}}, calls, "the reason is kept")
	}
}
