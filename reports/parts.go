package reports

import "time"

// MaxFresh is how many days of a span are read from facts. If the sums of more days are
// stale, because much has changed at once, the oldest of them are answered by their sums.
const MaxFresh = 31

// Stale are the days and months whose sums are older than what they add up. A month is
// named by its first day.
type Stale struct{ Days, Months map[Day]bool }

// Parts is which part of a span is read from which sums, and which from facts.
type Parts struct {
	Months []Day // whole months, read from their sums
	Days   []Period
	Fresh  []Day     // days that are read from facts
	Until  time.Time // of the last of them, zero if the whole day counts
}

// Parts divides a span: whole months and days that are added up, and others, which are
// read from facts. So are today, and the last day of a span that ends within a day. There
// are no months if monthly is false.
func (s Span) Parts(today Day, stale Stale, monthly bool) Parts {
	p := Parts{Until: s.Until}
	fresh := func(d Day) bool { return stale.Days[d] || d >= today || !s.Until.IsZero() && d == s.To }
	for d := s.To; d >= s.From; d-- {
		month := d.Month()
		switch whole := monthly && d == d.MonthEnd() && month >= s.From && month < today.Month() && s.Until.IsZero(); {
		case whole && !stale.Months[month]:
			p.Months = append(p.Months, month)
			d = month
		case fresh(d) && (len(p.Fresh) < MaxFresh || d == s.To):
			p.Fresh = append(p.Fresh, d)
		case len(p.Days) > 0 && p.Days[len(p.Days)-1].From == d+1:
			p.Days[len(p.Days)-1].From = d
		default:
			p.Days = append(p.Days, Period{From: d, To: d})
		}
	}
	return p
}
