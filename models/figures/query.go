package figures

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/reports"
)

// Row are the counts of one key of a dimension.
type Row struct {
	Key            string
	Day            reports.Day // of sums by day, otherwise zero
	reports.Counts `gorm:"embedded"`
}

// Values returns the values that a key consists of.
func (r Row) Values() []string { return strings.Split(r.Key, separator) }

// Query asks for the counts of a site.
type Query struct {
	Dimension Dimension
	Span      reports.Span
	ByDay     bool     // a row for each day, too
	Under     []string // only keys that begin with these values
	Like      string   // only keys with this text, in any case; empty means all
	OrderBy   string   // the column whose largest sums come first; empty means the order of the keys
	Limit     int      // zero means all
	SameKeys  bool     // only the keys of the answer to the query before this one

	keys []string // only these keys, nil means all
}

// Answer is what a query was answered with.
type Answer struct {
	Series Series
	AsOf   time.Time // what happened until then is counted
	Rows   []Row
}

// Total adds up the days of an answer by day whose rows all have the same key. The result
// has one row, or none if the answer has none.
func (a Answer) Total() Answer {
	if len(a.Rows) == 0 {
		return a
	}
	total := Row{Key: a.Rows[0].Key}
	for _, row := range a.Rows {
		total.Counts = total.Plus(row.Counts)
	}
	a.Rows = []Row{total}
	return a
}

// keys returns the keys of the rows, not nil.
func (a Answer) keys() []string {
	keys := make([]string, len(a.Rows))
	for i, row := range a.Rows {
		keys[i] = row.Key
	}
	return keys
}

// Counts returns the counts of a site of an account. It is fault.Unavailable while the
// facts of the site are being written for the first time.
func (f *Figures) Counts(ctx context.Context, accountID, siteID string, queries ...Query) ([]Answer, error) {
	answers := make([]Answer, len(queries))
	err := f.db.ReportTx(ctx, "reading a report", func(tx *gorm.DB) error {
		s, err := serving(tx, accountID, siteID)
		if err != nil {
			return err
		}
		asOf, err := f.asOf(tx, siteID)
		if err != nil {
			return err
		}
		for i, q := range queries {
			answers[i] = Answer{Series: s, AsOf: asOf}
			if q.SameKeys {
				q.keys = answers[i-1].keys()
			}
			if err := f.counts(tx, s, q, &answers[i].Rows); err != nil {
				return fmt.Errorf("by %s: %w", q.Dimension, err)
			}
		}
		return nil
	})
	return answers, err
}

// asOf returns until when everything is counted.
func (f *Figures) asOf(tx *gorm.DB, siteID string) (time.Time, error) {
	var oldest []mark
	err := tx.Where("site_id = ?", siteID).Order("seq").Limit(1).Find(&oldest).Error
	if err != nil || len(oldest) == 0 {
		return f.db.Now(), err
	}
	return oldest[0].CreatedAt, nil
}

func (f *Figures) counts(tx *gorm.DB, s Series, q Query, into *[]Row) error {
	if q.Span.Days() <= 0 || q.keys != nil && len(q.keys) == 0 {
		return nil
	}
	if q.Dimension == Hour {
		return f.hours(tx, s, q, into)
	}
	divided, err := f.parts(tx, s, q)
	if err != nil {
		return err
	}
	if q.OrderBy != "" && q.Limit > 0 && !q.ByDay {
		// Few columns are added up of all keys, and all columns of few keys.
		first, err := firstKeys(tx, s, q, divided)
		if err != nil || len(first) == 0 {
			return err
		}
		for _, k := range first {
			q.keys = append(q.keys, k.Key)
		}
	}
	statement, values := q.statement(s, divided)
	return tx.Raw(statement, values...).Scan(into).Error
}

// keyCount is a key with how many calls and leads have it.
type keyCount struct {
	Key   string
	Count int64
}

// firstKeys returns the first keys by the order.
func firstKeys(tx *gorm.DB, s Series, q Query, divided reports.Parts) (keys []keyCount, err error) {
	columns := []string{"calls", "leads"}
	if !slices.Contains(columns, q.OrderBy) {
		columns = append(columns, q.OrderBy)
	}
	parts, values := statements(divided, s, q, columns)
	statement := fmt.Sprintf("SELECT key, CAST(SUM(calls) + SUM(leads) AS bigint) AS count FROM (%s) AS parts%s GROUP BY key ORDER BY %s LIMIT %d",
		strings.Join(parts, " UNION ALL "), q.where(&values), q.order(), q.Limit)
	return keys, tx.Raw(statement, values...).Scan(&keys).Error
}

// order returns what the rows are ordered by.
func (q Query) order() string {
	return fmt.Sprintf("SUM(%s) DESC, SUM(calls) + SUM(leads) DESC, key", q.OrderBy)
}

// statement returns the query of all rows, and its values.
func (q Query) statement(s Series, divided reports.Parts) (string, []any) {
	parts, values := statements(divided, s, q, countColumns)
	columns, group, order := "key, "+sums(countColumns), "key", "key"
	if q.ByDay {
		columns, group, order = "day, "+columns, "day, key", "day, key"
	}
	if q.OrderBy != "" {
		order = q.order()
	}
	statement := fmt.Sprintf("SELECT %s FROM (%s) AS parts%s GROUP BY %s ORDER BY %s", columns, strings.Join(parts, " UNION ALL "), q.where(&values), group, order)
	if q.Limit > 0 {
		statement += fmt.Sprintf(" LIMIT %d", q.Limit)
	}
	return statement, values
}

// EachCount calls do with each row that a query finds. An error of do ends it and is
// returned.
func (f *Figures) EachCount(ctx context.Context, accountID, siteID string, q Query, do func(Row) error) error {
	return f.db.ReportTx(ctx, "reading a report", func(tx *gorm.DB) error {
		s, err := serving(tx, accountID, siteID)
		if err != nil || q.Span.Days() <= 0 {
			return err
		}
		divided, err := f.parts(tx, s, q)
		if err != nil {
			return err
		}
		statement, values := q.statement(s, divided)
		return database.EachRow(tx, do, statement, values...)
	})
}

// where returns the condition of the keys, and adds its values.
func (q Query) where(values *[]any) string {
	return database.KeyFilter{Separator: separator, Under: q.Under, Like: q.Like, Keys: q.keys}.Where(values)
}

// parts divides the span of a query into what is read from sums and from facts.
func (f *Figures) parts(tx *gorm.DB, s Series, q Query) (reports.Parts, error) {
	stale, err := staleIn(tx, s.ID, q.Span.Period)
	today := reports.DayOf(f.db.Now(), s.Zone())
	monthly := reports.NoMonths
	if !q.ByDay && slices.Contains(byMonth, q.Dimension) {
		monthly = reports.WholeMonths
	}
	return q.Span.Parts(today, stale, monthly), err
}

// staleIn returns the days and months of a period whose sums are older than the facts.
func staleIn(tx *gorm.DB, series int64, p reports.Period) (reports.Stale, error) {
	var rows []dirtyDay
	err := tx.Where("series_id = ? AND day BETWEEN ? AND ?", series, p.From.Month(), p.To).Find(&rows).Error
	stale := reports.Stale{Days: map[reports.Day]bool{}, Months: map[reports.Day]bool{}}
	for _, r := range rows {
		if r.Grain == grainMonth {
			stale.Months[r.Day] = true
		} else {
			stale.Days[r.Day] = true
		}
	}
	return stale, err
}

// statements returns the queries of some columns of the tables, and their values.
func statements(p reports.Parts, s Series, q Query, of []string) (parts []string, values []any) {
	columns := strings.Join(of, ", ")
	if len(p.Months) > 0 {
		parts = append(parts, "SELECT day, key, "+columns+" FROM report_months WHERE series_id = ? AND dimension = ? AND day IN ?")
		values = append(values, s.ID, q.Dimension, p.Months)
	}
	for _, days := range p.Days {
		part := "SELECT day, key, " + columns + " FROM report_days WHERE series_id = ? AND dimension = ? AND day "
		values = append(values, s.ID, q.Dimension)
		if q.keys == nil {
			parts, values = append(parts, part+"BETWEEN ? AND ?"), append(values, days.From, days.To)
		} else { // an index is followed to each key on each day
			parts, values = append(parts, part+"IN ?"), append(values, days.Each())
		}
	}
	facts := "SELECT day, " + keys[q.Dimension] + " AS key, " + columns + " FROM " + q.Dimension.from() + " WHERE series_id = ? AND day IN ?"
	if len(p.Fresh) > 0 && p.Until.IsZero() {
		return append(parts, facts), append(values, s.ID, p.Fresh)
	}
	if len(p.Fresh) > 0 {
		// conversion_tags has a column of the same name.
		parts, values = append(parts, facts+" AND (day < ? OR report_facts.at < ?)"), append(values, s.ID, p.Fresh, q.Span.To, p.Until)
	}
	return parts, values
}
