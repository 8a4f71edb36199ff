package revenue

import (
	"strings"

	"ringback/models/database"
	"ringback/reports"
)

// sums returns the query of the values of another one that are added up, and its parameters.
// It is empty if nothing of the span is. Without days the values are in their order.
func (q Query) sums(g generation, p reports.Parts) (string, []any) {
	parts, parameters := q.parts(g, p, nil)
	if len(parts) == 0 {
		return "", nil
	}
	from := "(" + strings.Join(parts, " UNION ALL ") + ") AS parts" + q.where(&parameters)
	if q.ByDay { // the sums of days have one row each
		return "SELECT day, key, figure, currency, " + strings.Join(valueColumns, ", ") + " FROM " + from, parameters
	}
	return "SELECT key, figure, currency, " + sums() + " FROM " + from + " GROUP BY key, figure, currency ORDER BY key, figure, currency", parameters
}

// parts returns the queries whose rows together are the sums of a query, and their
// parameters. Only are the figures that are read, nil means all.
func (q Query) parts(g generation, p reports.Parts, only []reports.CreditID) (parts []string, parameters []any) {
	add := func(table, factor, days string, of ...any) {
		condition := " WHERE site_id = ? AND generation = ? AND dimension = ? AND day " + days
		of = append([]any{g.SiteID, g.Generation, q.Dimension}, of...)
		if only != nil {
			condition, of = condition+" AND figure IN ?", append(of, only)
		}
		parts = append(parts, "SELECT figure, day, currency, key, "+signed(factor)+" FROM "+table+condition)
		parameters = append(parameters, of...)
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
	return parts, parameters
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

// where returns the condition of the keys, and adds its values.
func (q Query) where(values *[]any) string {
	return database.KeyFilter{Separator: separator, Under: q.Under, Like: q.Like, Keys: q.Keys}.Where(values)
}
