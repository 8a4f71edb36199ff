package locale

import (
	"embed"
	"strconv"
	"time"

	"golang.org/x/text/message"
	"golang.org/x/text/number"
)

//go:embed messages
var files embed.FS

// formats are the messages by which dates and durations are written.
var formats = Embedded(files)

// Number writes a whole number with the language's grouping of digits.
func (l Language) Number(n int64) string {
	return message.NewPrinter(l.tag()).Sprint(number.Decimal(n))
}

// Percent writes hundredths of a percent as percent: "22.5%".
func (l Language) Percent(hundredths int) string {
	return message.NewPrinter(l.tag()).Sprint(number.Percent(float64(hundredths)/10_000, number.MaxFractionDigits(2)))
}

// Seconds writes a length of time in seconds: "95 s".
func (l Language) Seconds(n int64) string {
	return formats.Text(l, "seconds", Values{"Number": l.Number(n)})
}

// Milliseconds writes a length of time in seconds to the millisecond: "0.042 s".
func (l Language) Milliseconds(d time.Duration) string {
	n := message.NewPrinter(l.tag()).Sprint(number.Decimal(d.Seconds(), number.Scale(3)))
	return formats.Text(l, "seconds", Values{"Number": n})
}

// Span writes a length of time in its largest whole unit: "4 minutes". It is meant
// for the sentence "that much later".
func (l Language) Span(d time.Duration) string {
	switch {
	case d < time.Second:
		return formats.Text(l, "span.moment", nil)
	case d < time.Minute:
		return formats.Plural(l, "span.seconds", int64(d/time.Second), nil)
	case d < time.Hour:
		return formats.Plural(l, "span.minutes", int64(d/time.Minute), nil)
	case d < 48*time.Hour:
		return formats.Plural(l, "span.hours", int64(d/time.Hour), nil)
	default:
		return formats.Plural(l, "span.days", int64(d/(24*time.Hour)), nil)
	}
}

// Time writes a time to the minute, in UTC: "4 May 2026, 09:00 UTC".
func (l Language) Time(t time.Time) string { return l.date("time.minute", t, "15:04") }

// ExactTime writes a time to the second, in UTC and short: "4 May 2026 09:00:05 UTC".
func (l Language) ExactTime(t time.Time) string { return l.date("time.second", t, "15:04:05") }

// Day writes a day without its year: "4 May".
func (l Language) Day(t time.Time) string { return l.date("time.day", t, "") }

// Date writes a day with its year: "4 May 2026".
func (l Language) Date(t time.Time) string { return l.date("time.date", t, "") }

// LocalTime writes a time to the minute as the clocks of a time zone show it, without
// the zone: "4 May 2026 11:00".
func (l Language) LocalTime(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	shown := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, time.UTC)
	return l.date("time.local", shown, "15:04")
}

// ZonedTime writes a time to the second as the clocks of a time zone show it, with the name of
// the zone: "4 May 2026 11:00:05 CEST".
func (l Language) ZonedTime(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	shown := time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
	return l.date("time.local", shown, "15:04:05") + " " + t.Format("MST")
}

// Decimal writes a number with up to two digits after the point.
func (l Language) Decimal(v float64) string {
	return message.NewPrinter(l.tag()).Sprint(number.Decimal(v, number.MaxFractionDigits(2)))
}

func (l Language) date(id string, t time.Time, clock string) string {
	t = t.UTC()
	month := strconv.Itoa(int(t.Month()))
	return formats.Text(l, id, Values{
		"Day": t.Day(), "Year": t.Year(), "Clock": t.Format(clock),
		"Month":      formats.Text(l, "month.m"+month, nil),
		"ShortMonth": formats.Text(l, "month_short.m"+month, nil),
	})
}
