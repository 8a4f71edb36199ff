package reports

import (
	"fmt"
	"time"
)

// Day is a calendar day of a site's time zone, as the number of days since
// 1 January 1970.
type Day int

// dateLayout is how days are written, as in 2026-11-30.
const dateLayout = time.DateOnly

// DayOf returns the day on which a time falls in a zone.
func DayOf(t time.Time, zone *time.Location) Day {
	year, month, day := t.In(zone).Date()
	return dayOf(year, month, day)
}

func dayOf(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC).Unix() / int64(24*time.Hour/time.Second))
}

// ParseDay reads a day such as 2026-11-30.
func ParseDay(text string) (Day, error) {
	t, err := time.Parse(dateLayout, text)
	if err != nil {
		return 0, fmt.Errorf("reading a day: %w", err)
	}
	return DayOf(t, time.UTC), nil
}

// date returns the beginning of the day in UTC.
func (d Day) date() time.Time { return time.Unix(int64(d)*int64(24*time.Hour/time.Second), 0).UTC() }

// String returns the day as in 2026-11-30.
func (d Day) String() string { return d.date().Format(dateLayout) }

// Weekday returns the day of the week.
func (d Day) Weekday() time.Weekday { return d.date().Weekday() }

// Month returns the first day of the month.
func (d Day) Month() Day {
	year, month, _ := d.date().Date()
	return dayOf(year, month, 1)
}

// MonthEnd returns the last day of the month.
func (d Day) MonthEnd() Day {
	year, month, _ := d.date().Date()
	return dayOf(year, month+1, 0)
}

// YearBefore returns the same date a year earlier. 29 February becomes 28 February.
func (d Day) YearBefore() Day {
	year, month, day := d.date().Date()
	last := time.Date(year-1, month+1, 0, 0, 0, 0, 0, time.UTC).Day()
	return dayOf(year-1, month, min(day, last))
}

// Start returns the first instant of the day in a zone. That is not always midnight: in
// some zones a day on which the clocks go forward begins at one o'clock.
func (d Day) Start(zone *time.Location) time.Time {
	year, month, day := d.date().Date()
	t := time.Date(year, month, day, 0, 0, 0, 0, zone)
	if before := DayOf(t, zone) - d; before < 0 { // midnight does not exist, and this is as long before the gap
		return firstAfter(t, d, zone)
	}
	if earlier := t.Add(-time.Hour); DayOf(earlier, zone) == d { // midnight comes twice
		return earlier
	}
	return t
}

// firstAfter returns the first instant after a time that falls on a day, to the second.
func firstAfter(t time.Time, d Day, zone *time.Location) time.Time {
	low, high := t.Unix(), t.Add(24*time.Hour).Unix()
	for low+1 < high {
		if middle := (low + high) / 2; DayOf(time.Unix(middle, 0), zone) < d {
			low = middle
		} else {
			high = middle
		}
	}
	return time.Unix(high, 0).In(zone)
}

// HourOf returns the beginning of the local hour that a time falls in. In a zone that is
// 5:45 ahead, hours begin at a quarter past in UTC. The hour that comes twice when the
// clocks go back is two hours.
func HourOf(t time.Time, zone *time.Location) time.Time {
	local := t.In(zone)
	past := time.Duration(local.Minute())*time.Minute + time.Duration(local.Second())*time.Second + time.Duration(local.Nanosecond())
	return local.Add(-past)
}

// SameTime returns the instant of a day at which the clock of the zone shows the same
// time as at another instant.
func (d Day) SameTime(as time.Time, zone *time.Location) time.Time {
	year, month, day := d.date().Date()
	hour, minute, second := as.In(zone).Clock()
	return time.Date(year, month, day, hour, minute, second, as.Nanosecond(), zone)
}
