package revenue

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/reports"
)

// divide divides the span of a query into what is read from sums and from facts.
func (s *Sums) divide(tx *gorm.DB, g generation, q Query, monthly reports.Monthly) (reports.Parts, error) {
	if q.ByDay {
		monthly = reports.NoMonths
	}
	today := reports.DayOf(s.db.Now(), g.zone())
	stale, err := g.staleIn(tx, q.Span.Period, today)
	return q.Span.Parts(today, stale, monthly), err
}

// rows returns the queries whose rows together are the values of a query, and their
// parameters. Only are the figures that are read, nil means all.
func (q Query) rows(g generation, p reports.Parts, only []reports.CreditID) (parts []string, values []any) {
	add := func(table, factor, days string, of ...any) {
		condition := " WHERE site_id = ? AND generation = ? AND dimension = ? AND day " + days
		of = append([]any{g.SiteID, g.Generation, q.Dimension}, of...)
		if only != nil {
			condition, of = condition+" AND figure IN ?", append(of, only)
		}
		parts = append(parts, "SELECT figure, day, currency, key, "+signed(factor)+" FROM "+table+condition)
		values = append(values, of...)
	}
	if len(p.Months) > 0 {
		add("revenue_months", "", "IN ?", texts(p.Months))
	}
	days := func(factor string, of reports.Period) {
		if only == nil {
			add("revenue_days", factor, "BETWEEN ? AND ?", of.From.String(), of.To.String())
		} else { // an index is followed to the figure on each day
			add("revenue_days", factor, "IN ?", texts(of.Each()))
		}
	}
	for _, of := range p.Less {
		days("-", of)
	}
	for _, of := range p.Days {
		days("", of)
	}
	fresh, more := q.fresh(g, p, only)
	return append(parts, fresh...), append(values, more...)
}

// fresh returns the queries of what is read from facts, and their parameters.
func (q Query) fresh(g generation, p reports.Parts, only []reports.CreditID) (parts []string, values []any) {
	if len(p.Fresh) == 0 {
		return nil, nil
	}
	facts := q.Dimension.facts()
	if only != nil {
		facts = slices.DeleteFunc(slices.Clone(facts), func(f fact) bool { return !slices.Contains(only, f.figure) })
	}
	for _, pass := range passes(facts) {
		text, more := g.facts(pass, keys[q.Dimension], p.Fresh, p.Until)
		parts, values = append(parts, q.ofFacts(text, pass[0])), append(values, more...)
	}
	return parts, values
}

// signed returns the value columns, each with a sign before it.
func signed(sign string) string {
	if sign == "" {
		return strings.Join(valueColumns, ", ")
	}
	parts := make([]string, len(valueColumns))
	for i, c := range valueColumns {
		parts[i] = sign + c + " AS " + c
	}
	return strings.Join(parts, ", ")
}

// ofFacts returns a query of the facts of figures like this one with the key of the
// dimension.
func (q Query) ofFacts(facts string, f fact) string {
	key := "''"
	if columns := keys[q.Dimension]; len(columns) > 0 && f.table() != "" {
		key = path(columns)
	}
	return fmt.Sprintf("SELECT figure, day, currency, %s AS key, %s FROM (%s) AS facts", key, strings.Join(valueColumns, ", "), facts)
}

// statement returns the query of all values, in the order of their keys.
func (q Query) statement(parts []string, values []any) (string, []any) {
	statement, values := q.unordered(parts, values)
	return statement + " ORDER BY " + q.columns(), values
}

// columns returns the columns by which values are added up.
func (q Query) columns() string {
	if q.ByDay {
		return "day, key, figure, currency"
	}
	return "key, figure, currency"
}

// unordered is statement without an order.
func (q Query) unordered(parts []string, values []any) (string, []any) {
	columns := q.columns()
	where := q.where(&values)
	some := make([]string, len(valueColumns))
	for i, c := range valueColumns {
		some[i] = "SUM(" + c + ") <> 0"
	}
	return fmt.Sprintf("SELECT %s, %s FROM (%s) AS parts%s GROUP BY %s HAVING %s",
		columns, sums(), strings.Join(parts, " UNION ALL "), where, columns, strings.Join(some, " OR ")), values
}

// where returns the condition of the keys, and adds its values.
func (q Query) where(values *[]any) string {
	return database.KeyFilter{Separator: separator, Under: q.Under, Like: q.Like, Keys: q.Keys}.Where(values)
}
