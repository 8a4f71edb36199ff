package reports

import (
	"strconv"
	"strings"
	"time"

	"ringback/internal/fault"
)

// MaxDays is how many days a period may have: five years.
const MaxDays = 5*365 + 2

// Period is a span of days. Both ends belong to it.
type Period struct{ From, To Day }

// Days returns the number of days.
func (p Period) Days() int { return int(p.To-p.From) + 1 }

// Each returns the days from the first to the last.
func (p Period) Each() []Day {
	all := make([]Day, 0, p.Days())
	for d := p.From; d <= p.To; d++ {
		all = append(all, d)
	}
	return all
}

// Has reports whether a day belongs to the period.
func (p Period) Has(d Day) bool { return p.From <= d && d <= p.To }

// Bounds returns the first instant of the period and the first after it.
func (p Period) Bounds(zone *time.Location) (from, to time.Time) {
	return p.From.Start(zone), (p.To + 1).Start(zone)
}

// Words are the names of periods, beside numbers of days such as 30d.
var Words = []string{"today", "yesterday", "this_week", "last_week", "this_month", "last_month", "this_year", "last_year"}

// ParsePeriod reads a period from its word, or from its first and last day. Today is the
// day in the site's zone. A number of days ends today. Without any of them the period is
// 30d. Weeks begin on Monday.
func ParsePeriod(word, from, to string, today Day) (Period, error) {
	switch {
	case word != "" && (from != "" || to != ""):
		return Period{}, invalid("period", fault.Expect("period_or_days"))
	case from != "" || to != "":
		return ParseDays("from", "to", from, to)
	case word == "":
		word = "30d"
	}
	if count, ok := strings.CutSuffix(word, "d"); ok {
		days, err := strconv.Atoi(count)
		if err != nil || days < 1 || days > MaxDays {
			return Period{}, invalid("period", fault.Expect("period"))
		}
		return Period{From: today - Day(days) + 1, To: today}, nil
	}
	if p, ok := named(word, today); ok {
		return p, nil
	}
	return Period{}, invalid("period", fault.Expect("period"))
}

func named(word string, today Day) (Period, bool) {
	monday := today - Day((int(today.Weekday())+6)%7)
	month := today.Month()
	year, _, _ := today.date().Date()
	switch word {
	case "today":
		return Period{today, today}, true
	case "yesterday":
		return Period{today - 1, today - 1}, true
	case "this_week":
		return Period{monday, today}, true
	case "last_week":
		return Period{monday - 7, monday - 1}, true
	case "this_month":
		return Period{month, today}, true
	case "last_month":
		return Period{(month - 1).Month(), month - 1}, true
	case "this_year":
		return Period{dayOf(year, time.January, 1), today}, true
	case "last_year":
		return Period{dayOf(year-1, time.January, 1), dayOf(year-1, time.December, 31)}, true
	default:
		return Period{}, false
	}
}

// ParseDays reads the two days of a period from the fields of these names.
func ParseDays(fromName, toName, from, to string) (Period, error) {
	expected := fault.Expect("day")
	first, err := ParseDay(from)
	if err != nil {
		return Period{}, invalid(fromName, expected)
	}
	last, err := ParseDay(to)
	if err != nil {
		return Period{}, invalid(toName, expected)
	}
	switch p := (Period{From: first, To: last}); {
	case last < first:
		return Period{}, invalid(toName, fault.Expect("not_before").With("Field", fromName))
	case p.Days() > MaxDays:
		return Period{}, invalid(toName, fault.Expect("five_years_after").With("Field", fromName))
	default:
		return p, nil
	}
}

func invalid(field string, expected fault.Expectation) error {
	return fault.InvalidFields(fault.Field{Path: field, Expected: expected})
}

// Comparison names the period that a report is compared with.
type Comparison string

// The comparisons.
const (
	CompareNone       Comparison = "none"
	ComparePrevious   Comparison = "previous"    // as many days, directly before
	CompareYearBefore Comparison = "year_before" // the same dates a year earlier
	CompareOwn        Comparison = "own"         // the owner's own dates
)

// Span is the part of a period that is counted.
type Span struct {
	Period
	// Until limits the last day to what came before an instant. It is zero if the whole day
	// counts.
	Until time.Time
}

// Elapsed returns the part of a period that is not in the future.
func (p Period) Elapsed(today Day) Span {
	return Span{Period: Period{From: p.From, To: max(min(p.To, today), p.From-1)}}
}

// Compared returns what a period is compared with, nil if it is compared with nothing. If
// the period has not ended, the other one ends at the same number of days from its
// beginning, and at the same time of day: otherwise a morning would be compared with a
// whole day. Days in the future are left out.
func (p Period) Compared(how Comparison, from, to string, now time.Time, zone *time.Location) (*Span, error) {
	var other Period
	switch how {
	case "", CompareNone:
		return nil, nil
	case ComparePrevious:
		other = Period{From: p.From - Day(p.Days()), To: p.From - 1}
	case CompareYearBefore:
		other = Period{From: p.From.YearBefore(), To: p.To.YearBefore()}
	case CompareOwn:
		own, err := ParseDays("compare_from", "compare_to", from, to)
		if err != nil {
			return nil, err
		}
		other = own
	default:
		return nil, invalid("compare", fault.OneOf([]Comparison{CompareNone, ComparePrevious, CompareYearBefore, CompareOwn}))
	}
	today := DayOf(now, zone)
	if p.Has(today) {
		other.To = min(other.To, other.From+(today-p.From))
	}
	span := other.Elapsed(today)
	if p.Has(today) && span.To < today {
		span.Until = span.To.SameTime(now, zone)
	}
	return &span, nil
}

// Zone returns a time zone by its IANA name, UTC if it is not known.
func Zone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	return zone
}
