package pages

import (
	"net/url"
	"time"
)

// span returns the days of a period as the reader's language writes them.
func (s Shell) span(p Span) string {
	if p.From == p.To {
		return s.Date(p.From)
	}
	return s.Date(p.From) + " – " + s.Date(p.To)
}

// around returns the addresses of a page with the periods before and after that of its
// report, of the same length. That after is empty if it has not begun. A whole month leads
// to whole months.
func (s Shell) around(r Report) (before, after string) {
	from, bad := time.Parse(time.DateOnly, r.Period.From)
	to, worse := time.Parse(time.DateOnly, r.Period.To)
	if bad != nil || worse != nil {
		return "", ""
	}
	earlier, later := from.AddDate(0, 0, -1), to.AddDate(0, 0, 1)
	first, last := from.Add(from.Sub(later)), to.Add(later.Sub(from))
	if from.Day() == 1 && later.Day() == 1 && from.Month() == to.Month() && from.Year() == to.Year() {
		first, last = from.AddDate(0, -1, 0), later.AddDate(0, 1, -1)
	}
	before = s.within(first, earlier)
	if !r.Unfinished && later.Format(time.DateOnly) <= r.AsOf.In(s.zone()).Format(time.DateOnly) {
		after = s.within(later, last)
	}
	return before, after
}

// within returns the address of this page with another period.
func (s Shell) within(from, to time.Time) string {
	u, err := url.Parse(s.Address)
	if err != nil {
		return ""
	}
	query := u.Query()
	for _, name := range []string{"period", "compare_from", "compare_to"} {
		query.Del(name)
	}
	query.Set("from", from.Format(time.DateOnly))
	query.Set("to", to.Format(time.DateOnly))
	u.RawQuery = query.Encode()
	return u.String()
}

// zone returns the time zone of the page's site, UTC if there is none.
func (s Shell) zone() *time.Location {
	if s.Days == nil {
		return time.UTC
	}
	return s.Days
}
