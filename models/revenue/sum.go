package revenue

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/reports"
)

// maxDays is how many days are added up again in one transaction.
const maxDays = 8

// maxMarks is how many marks are taken in one transaction.
const maxMarks = 2_000

// SumStale adds up some of the days of a generation that are over and whose sums are
// stale, and then their months, and reports whether more are left. The sum of the month that
// is not over has the days that are. Only one transaction at a time may do so for a
// generation.
func SumStale(tx *gorm.DB, siteID string, number int64, zone string, now time.Time) (more bool, err error) {
	g := generation{SiteID: siteID, Generation: number, TimeZone: zone}
	if err := database.PlanForIndexes(tx); err != nil {
		return false, fmt.Errorf("preparing to add up days: %w", err)
	}
	today := reports.DayOf(now, g.zone())
	if more, err = g.sumGrain(tx, grainDay, today.String(), g.sumDay); err != nil || more {
		return more, err
	}
	return g.sumGrain(tx, grainMonth, (today.MonthEnd() + 1).String(), g.sumMonth)
}

// sumGrain adds up days or months that begin before another one.
func (g generation) sumGrain(tx *gorm.DB, grain, before string, sum func(*gorm.DB, string) error) (more bool, err error) {
	var marks []stale
	err = tx.Where("site_id = ? AND generation = ? AND grain = ? AND day < ?", g.SiteID, g.Generation, grain, before).
		Order("day").Limit(maxMarks).Find(&marks).Error
	if err != nil || len(marks) == 0 {
		return false, err
	}
	var seqs []int64
	done := map[string]bool{}
	for _, m := range marks {
		if !done[m.Day] && len(done) == maxDays {
			break
		}
		seqs = append(seqs, m.Seq)
		if done[m.Day] {
			continue
		}
		done[m.Day] = true
		if err := sum(tx, m.Day); err != nil {
			return false, err
		}
	}
	if err := tx.Where("seq IN ?", seqs).Delete(&stale{}).Error; err != nil {
		return false, fmt.Errorf("removing the marks of days: %w", err)
	}
	return true, nil
}

// sumDay adds up a day again, and marks its month.
func (g generation) sumDay(tx *gorm.DB, text string) error {
	day, err := reports.ParseDay(text)
	if err != nil {
		return err
	}
	if err := g.clear(tx, "revenue_days", text); err != nil {
		return err
	}
	parts := make([]string, 0, len(keys))
	touched, values := g.facts(touchedFacts, Columns, []reports.Day{day}, time.Time{})
	untouched, more := g.facts(untouchedFacts, nil, []reports.Day{day}, time.Time{})
	calls, ofCalls := g.facts(callFacts, keys[Outcome], []reports.Day{day}, time.Time{})
	for dimension, columns := range keys {
		table := "touched"
		if dimension == Outcome {
			table = "calls"
		}
		parts = append(parts, g.sumsOf(dimension, text, table, columns))
	}
	parts = append(parts, g.sumsOf(Whole, text, "untouched", nil))
	statement := fmt.Sprintf("INSERT INTO revenue_days (site_id, generation, dimension, day, figure, key, currency, %s) WITH touched AS (%s), untouched AS (%s), calls AS (%s) %s %s",
		strings.Join(valueColumns, ", "), touched, untouched, calls, strings.Join(parts, " UNION ALL "), together)
	values = slices.Concat(values, more, ofCalls)
	for range parts {
		values = append(values, g.SiteID)
	}
	if err := tx.Exec(statement, values...).Error; err != nil {
		return fmt.Errorf("adding up %s: %w", text, err)
	}
	return mark(tx, g.SiteID, g.Generation, grainMonth, []string{day.Month().String()})
}

// together orders sums by dimension, figure and key as they are stored: a question for one
// figure then reads few pages of the table.
const together = "ORDER BY 3, 5, 6, 7"

// sumsOf returns the sums of a table of facts by a dimension.
func (g generation) sumsOf(d Dimension, day, table string, columns []string) string {
	key, group := "''", ""
	if len(columns) > 0 {
		key, group = path(columns), ", "+strings.Join(columns, ", ")
	}
	return fmt.Sprintf("SELECT CAST(? AS text), %d, '%s', '%s', figure, %s, currency, %s FROM %s GROUP BY figure, currency%s",
		g.Generation, d, day, key, sums(), table, group)
}

// clear removes the sums of a day or month. Each dimension is a statement of its own,
// because for a list of dimensions PostgreSQL reads all days of the generation.
func (g generation) clear(tx *gorm.DB, table, day string) error {
	for _, dimension := range Dimensions() {
		err := tx.Exec("DELETE FROM "+table+" WHERE site_id = ? AND generation = ? AND dimension = ? AND day = ?", g.SiteID, g.Generation, dimension, day).Error
		if err != nil {
			return fmt.Errorf("removing the sums of %s: %w", day, err)
		}
	}
	return nil
}

// sumMonth adds up the days of a month again.
func (g generation) sumMonth(tx *gorm.DB, text string) error {
	month, err := reports.ParseDay(text)
	if err != nil {
		return err
	}
	if err := g.clear(tx, "revenue_months", text); err != nil {
		return err
	}
	statement := fmt.Sprintf(`INSERT INTO revenue_months (site_id, generation, dimension, day, figure, key, currency, %s)
		SELECT site_id, generation, dimension, '%s', figure, key, currency, %s FROM revenue_days
		WHERE site_id = ? AND generation = ? AND dimension = ? AND day BETWEEN ? AND ?
		GROUP BY site_id, generation, dimension, figure, key, currency %s`, strings.Join(valueColumns, ", "), text, sums(), together)
	for _, dimension := range Dimensions() {
		err = tx.Exec(statement, g.SiteID, g.Generation, dimension, text, month.MonthEnd().String()).Error
		if err != nil {
			return fmt.Errorf("adding up the month from %s on: %w", text, err)
		}
	}
	return nil
}

// sums returns the sum of each value under its own name. PostgreSQL adds up bigint to
// numeric.
func sums() string {
	parts := make([]string, len(valueColumns))
	for i, c := range valueColumns {
		parts[i] = "CAST(SUM(" + c + ") AS bigint) AS " + c
	}
	return strings.Join(parts, ", ")
}
