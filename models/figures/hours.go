package figures

import (
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"ringback/reports"
)

// secondsOfWeek is how long a week lasts while the clocks do not change.
const secondsOfWeek = 7 * 24 * 60 * 60

// hours appends the counts by hour of the week. The key of a row is the first hour that it
// counts. An hour of the week has one row for the days before the clocks change, and another
// for those after.
func (f *Figures) hours(tx *gorm.DB, s Series, q Query, into *[]Row) error {
	for _, span := range steady(q.Span, s.Zone()) {
		part := q
		part.Span = span
		divided, err := f.parts(tx, s, part)
		if err != nil {
			return err
		}
		parts, values := statements(divided, s, part, countColumns)
		statement := fmt.Sprintf("SELECT MIN(key) AS key, %s FROM (%s) AS parts%s GROUP BY CAST(key AS bigint) %% %d ORDER BY 1",
			sums(countColumns), strings.Join(parts, " UNION ALL "), part.where(&values), secondsOfWeek)
		var rows []Row
		if err := tx.Raw(statement, values...).Scan(&rows).Error; err != nil {
			return err
		}
		*into = append(*into, rows...)
	}
	return nil
}

// steady divides a span where the clocks change: each day on which they do is a span of its
// own, and so are the days between two of them.
func steady(of reports.Span, zone *time.Location) (spans []reports.Span) {
	changes := func(d reports.Day) bool { return offset(d, zone) != offset(d+1, zone) }
	for d := of.From; d <= of.To; d++ {
		if d > of.From && !changes(d) && !changes(d-1) {
			spans[len(spans)-1].To = d
		} else {
			spans = append(spans, reports.Span{Period: reports.Period{From: d, To: d}})
		}
	}
	if len(spans) > 0 {
		spans[len(spans)-1].Until = of.Until
	}
	return spans
}

// offset returns the seconds that a zone is ahead of UTC when a day begins.
func offset(d reports.Day, zone *time.Location) int {
	_, seconds := d.Start(zone).Zone()
	return seconds
}
