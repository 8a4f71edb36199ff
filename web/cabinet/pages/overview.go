package pages

import "time"

// The choices of a period and of what it is compared with.
var (
	periods     = []string{"today", "yesterday", "7d", "30d", "90d", "this_week", "last_week", "this_month", "last_month", "this_year", "last_year"}
	comparisons = []string{"previous", "year_before", "none"}
)

// The figures that the overview has as tiles.
var (
	overviewCalls = []string{"calls", "uniques", "targets", "missed_rate", "leads"}
	overviewSends = []string{"delivered", "failed", "skipped"}
)

// maxRows is how many rows a short table has.
const maxRows = 8

func firstRows(rows []Row) []Row { return rows[:min(len(rows), maxRows)] }

func (d Overview) sendName(id string) string {
	return Report{Meanings: d.Sending.Meanings}.Name(id)
}

// dayChart returns the calls of each day by their outcome, and the leads.
func (d Overview) dayChart(s Shell) Chart {
	c := Chart{Caption: s.T("per_day"), Key: s.T("day")}
	ids := []string{"answered", "missed", "never_ended", "running", "leads"}
	for _, id := range ids {
		c.Series = append(c.Series, d.Name(id))
	}
	counted := map[string]Row{}
	for _, day := range d.Days {
		counted[day.Key["day"]] = day
	}
	for _, day := range d.Period.days() {
		bar := Bar{Label: s.Day(day)}
		for _, id := range ids {
			bar.Values = append(bar.Values, counted[day].Figures[id].Count())
		}
		c.Bars = append(c.Bars, bar)
	}
	return c
}

// days returns every day of a span, as the API writes it.
func (p Span) days() (all []string) {
	from, err := time.Parse(time.DateOnly, p.From)
	to, wrong := time.Parse(time.DateOnly, p.To)
	if err != nil || wrong != nil {
		return nil
	}
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		all = append(all, day.Format(time.DateOnly))
	}
	return all
}
