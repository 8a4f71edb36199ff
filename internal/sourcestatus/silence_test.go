package sourcestatus_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/sourcestatus"
)

// history returns the hours of four weeks in which messages came, until a time.
func history(until time.Time, came func(local time.Time) bool) []time.Time {
	var hours []time.Time
	for hour := until.Add(-sourcestatus.History); hour.Before(until); hour = hour.Add(time.Hour) {
		if came(hour) {
			hours = append(hours, hour)
		}
	}
	return hours
}

func isWeekend(at time.Time) bool {
	return at.Weekday() == time.Saturday || at.Weekday() == time.Sunday
}

// TestM9_NightsAndWeekendsAreNoSilence has a shop that is called on working days from 9
// to 18.
func TestM9_NightsAndWeekendsAreNoSilence(t *testing.T) {
	t.Parallel()
	zone, err := time.LoadLocation("America/Sao_Paulo")
	require.NoError(t, err)
	friday := time.Date(2026, 3, 6, 18, 0, 0, 0, zone)
	hours := history(friday, func(hour time.Time) bool {
		local := hour.In(zone)
		return !isWeekend(local) && local.Hour() >= 9 && local.Hour() < 18 && local.Day()%7 != local.Hour()%7 // some hours are quiet
	})
	last := hours[len(hours)-1]
	require.Equal(t, 17, last.In(zone).Hour())
	judge := func(at time.Time) sourcestatus.Silence { return sourcestatus.SilenceOf(hours, zone, at) }
	for _, at := range []time.Time{friday, friday.Add(6 * time.Hour), friday.AddDate(0, 0, 1), friday.AddDate(0, 0, 2), friday.AddDate(0, 0, 3).Add(-9 * time.Hour)} {
		require.Equal(t, sourcestatus.Silence{Code: sourcestatus.AsUsual, Usual: 2}, judge(at), at)
	}
	monday := time.Date(2026, 3, 9, 9, 0, 0, 0, zone)
	require.Equal(t, sourcestatus.Silence{Code: sourcestatus.AsUsual, Hours: 2, Usual: 2}, judge(monday.Add(2*time.Hour+59*time.Minute)))
	require.Equal(t, sourcestatus.Silence{Code: sourcestatus.Longer, Hours: 3, Usual: 2}, judge(monday.Add(3*time.Hour)))
}

func TestM9_ThePausesOfASourceWithFewMessagesAreLong(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)
	n := 0
	hours := history(now, func(time.Time) bool { n++; return n%41 == 0 }) // at any hour of the day
	last := hours[len(hours)-1]
	require.Equal(t, sourcestatus.AsUsual, sourcestatus.SilenceOf(hours, time.UTC, last.Add(41*time.Hour)).Code)
	require.Equal(t, sourcestatus.Silence{Code: sourcestatus.Longer, Hours: 41, Usual: 40}, sourcestatus.SilenceOf(hours, time.UTC, last.Add(42*time.Hour)))
}

func TestM9_WithoutAHistoryNoPauseIsUnusual(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)
	all := history(now, func(time.Time) bool { return true })
	require.Equal(t, sourcestatus.Never, sourcestatus.SilenceOf(nil, time.UTC, now).Code)
	require.Equal(t, sourcestatus.TooNew, sourcestatus.SilenceOf(all[:9], time.UTC, now).Code)
	require.Equal(t, sourcestatus.TooNew, sourcestatus.SilenceOf(all[len(all)-100:], time.UTC, now).Code)
	require.Equal(t, sourcestatus.AsUsual, sourcestatus.SilenceOf(all[len(all)-200:], time.UTC, now).Code)
}

// TestM9_ALongSilenceIsNotForgotten has a shop that is called at all hours until its
// webhook breaks. The hours before the last message count, however long ago it came.
func TestM9_ALongSilenceIsNotForgotten(t *testing.T) {
	t.Parallel()
	last := time.Date(2026, 3, 9, 9, 0, 0, 0, time.UTC)
	hours := history(last, func(time.Time) bool { return true })
	for _, days := range []int{1, 27, 28, 40, 400} {
		silence := sourcestatus.SilenceOf(hours, time.UTC, last.AddDate(0, 0, days))
		require.Equal(t, sourcestatus.Silence{Code: sourcestatus.Longer, Hours: 24 * days, Usual: 2}, silence, days)
	}
}
