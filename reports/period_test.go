package reports_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/reports"
)

func TestPeriodsByWord(t *testing.T) {
	t.Parallel()
	for word, want := range map[string][2]string{
		"": {"2026-10-28", "2026-11-26"}, "7d": {"2026-11-20", "2026-11-26"}, "today": {"2026-11-26", "2026-11-26"},
		"yesterday": {"2026-11-25", "2026-11-25"}, "this_week": {"2026-11-23", "2026-11-26"}, "last_week": {"2026-11-16", "2026-11-22"},
		"this_month": {"2026-11-01", "2026-11-26"}, "last_month": {"2026-10-01", "2026-10-31"},
		"this_year": {"2026-01-01", "2026-11-26"}, "last_year": {"2025-01-01", "2025-12-31"},
	} {
		p, err := reports.ParsePeriod(word, "", "", day(t, "2026-11-26"))
		require.NoError(t, err, word)
		require.Equal(t, want, [2]string{p.From.String(), p.To.String()}, word)
	}
	for _, word := range []string{"0d", "-1d", "d", "30", "99999d", "Today", "30d "} {
		_, err := reports.ParsePeriod(word, "", "", 0)
		require.Equal(t, fault.Invalid, fault.CodeOf(err), word)
	}
}

func TestPeriodsByDays(t *testing.T) {
	t.Parallel()
	p, err := reports.ParsePeriod("", "2026-11-01", "2026-11-30", 0)
	require.NoError(t, err)
	require.Equal(t, 30, p.Days(), "both ends belong to it")
	for _, c := range [][3]string{
		{"7d", "2026-11-01", "2026-11-30"}, {"", "2026-11-30", "2026-11-01"}, {"", "2026-02-30", "2026-03-01"},
		{"", "2026-11-01", ""}, {"", "1900-01-01", "2026-01-01"}, {"", "x", "y"},
	} {
		_, err := reports.ParsePeriod(c[0], c[1], c[2], 0)
		require.Equal(t, fault.Invalid, fault.CodeOf(err), c)
	}
}

func TestAnUnfinishedTodayIsComparedWithTheSameHours(t *testing.T) {
	t.Parallel()
	zone := reports.Zone("Asia/Kathmandu")
	now := time.Date(2026, time.November, 26, 4, 0, 0, 0, time.UTC) // 9:45 in Kathmandu
	for _, c := range []struct {
		from, to, until string
		how             reports.Comparison
		wantFrom, want  string
	}{
		{"2026-11-26", "2026-11-26", "2026-11-25T09:45:00+05:45", reports.ComparePrevious, "2026-11-25", "2026-11-25"},
		{"2026-11-20", "2026-11-26", "2026-11-19T09:45:00+05:45", reports.ComparePrevious, "2026-11-13", "2026-11-19"},
		{"2026-11-01", "2026-11-30", "2026-10-27T09:45:00+05:45", reports.ComparePrevious, "2026-10-02", "2026-10-27"},
		{"2026-11-01", "2026-11-25", "", reports.ComparePrevious, "2026-10-07", "2026-10-31"},
		{"2024-02-29", "2024-02-29", "", reports.CompareYearBefore, "2023-02-28", "2023-02-28"},
		{"2026-11-26", "2026-11-26", "2025-11-26T09:45:00+05:45", reports.CompareYearBefore, "2025-11-26", "2025-11-26"},
		{"2026-01-01", "2028-12-31", "2025-11-26T09:45:00+05:45", reports.CompareYearBefore, "2025-01-01", "2025-11-26"},
	} {
		span, err := reports.Period{From: day(t, c.from), To: day(t, c.to)}.Compared(c.how, "", "", now, zone)
		require.NoError(t, err)
		require.Equal(t, [2]string{c.wantFrom, c.want}, [2]string{span.From.String(), span.To.String()}, c)
		if c.until == "" {
			require.True(t, span.Until.IsZero(), c)
		} else {
			require.Equal(t, c.until, span.Until.Format(time.RFC3339), c)
		}
	}
	none, err := reports.Period{}.Compared(reports.CompareNone, "", "", now, zone)
	require.NoError(t, err)
	require.Nil(t, none)
	_, err = reports.Period{}.Compared(reports.CompareOwn, "", "", now, zone)
	require.Equal(t, fault.Invalid, fault.CodeOf(err))
	_, err = reports.Period{}.Compared("yesterday", "", "", now, zone)
	require.Equal(t, fault.Invalid, fault.CodeOf(err))
}

// TestM8_NothingIsComparedWithTheFuture compares with dates that the owner has chosen, some or all
// of which are still to come: a part of them is read like a period of its own.
func TestM8_NothingIsComparedWithTheFuture(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, time.November, 26, 4, 0, 0, 0, time.UTC)
	for name, c := range map[string]struct{ from, to, ownFrom, ownTo, want, until string }{
		"a period that has ended":          {"2025-01-01", "2025-12-31", "2026-01-01", "2026-12-31", "2026-11-26", ""},
		"a period that has not":            {"2026-11-24", "2026-11-30", "2026-11-01", "2026-12-31", "2026-11-03", "2026-11-03T04:00:00Z"},
		"the period itself":                {"2026-11-01", "2026-11-30", "2026-11-01", "2026-11-30", "2026-11-26", ""},
		"all days of it are in the future": {"2026-10-01", "2026-10-31", "2026-12-01", "2026-12-31", "2026-11-30", ""},
	} {
		span, err := reports.Period{From: day(t, c.from), To: day(t, c.to)}.Compared(reports.CompareOwn, c.ownFrom, c.ownTo, now, time.UTC)
		require.NoError(t, err, name)
		require.Equal(t, [2]string{c.ownFrom, c.want}, [2]string{span.From.String(), span.To.String()}, name)
		if c.until == "" {
			require.True(t, span.Until.IsZero(), name)
		} else {
			require.Equal(t, c.until, span.Until.Format(time.RFC3339), name)
		}
	}
}
