package reports

import "time"

// MaxFresh is how many days of a span are read from facts. If the sums of more days are
// stale, because much has changed at once, the oldest of them are answered by their sums.
const MaxFresh = 31

// Stale are the days and months whose sums are older than what they add up. A month is
// named by its first day.
type Stale struct{ Days, Months map[Day]bool }

// Monthly is how the sums of months are used.
type Monthly int

// The ways to use the sums of months.
const (
	NoMonths       Monthly = iota // there are none
	WholeMonths                   // for months that are over and belong to the span from their first to their last day
	MonthsLessDays                // for those of which most days that are over belong to the span, too, less their other days
)

// Parts is which part of a span is read from which sums, and which from facts.
type Parts struct {
	Months []Day    // read from their sums
	Less   []Period // days of these months that do not belong to the span, subtracted
	Days   []Period
	Fresh  []Day     // days that are read from facts
	Until  time.Time // of the last of them, zero if the whole day counts
}

// Parts divides a span: months and days that are added up, and others, which are read
// from facts. So are today, and the last day of a span that ends within a day.
func (s Span) Parts(today Day, stale Stale, monthly Monthly) Parts {
	p := Parts{Until: s.Until}
	fresh := func(d Day) bool { return stale.Days[d] || d >= today || !s.Until.IsZero() && d == s.To }
	for d := s.To; d >= s.From; d-- {
		ofMonth := Period{max(d.Month(), s.From), d}
		switch {
		case fresh(d) && (len(p.Fresh) < MaxFresh || d == s.To):
			p.Fresh = append(p.Fresh, d)
		case !stale.Months[d.Month()] && monthly.covers(ofMonth, today):
			p.addMonth(ofMonth)
			d = ofMonth.From
		case len(p.Days) > 0 && p.Days[len(p.Days)-1].From == d+1:
			p.Days[len(p.Days)-1].From = d
		default:
			p.Days = append(p.Days, Period{From: d, To: d})
		}
	}
	return p
}

// covers reports whether some days of a month are read from the sum of the month.
func (m Monthly) covers(days Period, today Day) bool {
	month := Period{days.From.Month(), days.From.MonthEnd()}
	switch m {
	case WholeMonths:
		return days == month
	case MonthsLessDays:
		over := Period{month.From, min(month.To, today-1)}
		return 2*days.Days() > over.Days()
	default:
		return false
	}
}

// addMonth adds the sum of the month of some days, less its other days.
func (p *Parts) addMonth(days Period) {
	month, end := days.From.Month(), days.From.MonthEnd()
	p.Months = append(p.Months, month)
	if days.From > month {
		p.Less = append(p.Less, Period{month, days.From - 1})
	}
	if days.To < end {
		p.Less = append(p.Less, Period{days.To + 1, end})
	}
}
