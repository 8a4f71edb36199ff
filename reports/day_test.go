package reports_test

import (
	"testing"
	"time"
	_ "time/tzdata"

	"github.com/stretchr/testify/require"

	"ringback/reports"
)

func day(t *testing.T, text string) reports.Day {
	t.Helper()
	d, err := reports.ParseDay(text)
	require.NoError(t, err)
	return d
}

// TestDaysBeginWhereTheirZoneBeginsThem has days of 23, 24 and 25 hours, and some that do
// not begin at midnight.
func TestDaysBeginWhereTheirZoneBeginsThem(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		zone, day, start string
		hours            float64
	}{
		{"UTC", "2026-11-26", "2026-11-26T00:00:00Z", 24},
		{"Asia/Kathmandu", "2026-11-26", "2026-11-25T18:15:00Z", 24},
		{"Europe/Berlin", "2026-03-29", "2026-03-28T23:00:00Z", 23},
		{"Europe/Berlin", "2026-10-25", "2026-10-24T22:00:00Z", 25},
		{"Australia/Lord_Howe", "2026-04-05", "2026-04-04T13:00:00Z", 24.5},
		{"America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z", 23}, // midnight did not exist
		{"America/Havana", "2026-11-01", "2026-11-01T04:00:00Z", 25},    // midnight comes twice
		{"Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z", 0},       // the day did not exist
	} {
		d, zone := day(t, c.day), reports.Zone(c.zone)
		from, to := reports.Period{From: d, To: d}.Bounds(zone)
		require.Equal(t, c.start, from.UTC().Format(time.RFC3339), "%s in %s", c.day, c.zone)
		require.InDelta(t, c.hours, to.Sub(from).Hours(), 0, "%s in %s", c.day, c.zone)
		for at := from; at.Before(to); at = at.Add(15 * time.Minute) {
			require.Equal(t, d, reports.DayOf(at, zone), "%s in %s", at, c.zone)
		}
		require.Equal(t, d-1, min(reports.DayOf(from.Add(-time.Second), zone), d-1))
	}
}

func TestHoursAreThoseOfTheZone(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, time.November, 26, 5, 10, 30, 5, time.UTC)
	require.Equal(t, "2026-11-26T04:15:00Z", reports.HourOf(at, reports.Zone("Asia/Kathmandu")).UTC().Format(time.RFC3339))
	first := reports.HourOf(time.Date(2026, time.October, 25, 0, 30, 0, 0, time.UTC), reports.Zone("Europe/Berlin"))
	second := reports.HourOf(time.Date(2026, time.October, 25, 1, 30, 0, 0, time.UTC), reports.Zone("Europe/Berlin"))
	require.Equal(t, first.Hour(), second.Hour())
	require.Equal(t, time.Hour, second.Sub(first), "the hour that comes twice is two hours")
}
