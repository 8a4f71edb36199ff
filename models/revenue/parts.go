package revenue

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/reports"
)

// parts returns the queries whose rows together are the values of a query, and their
// parameters.
func (s *Sums) parts(tx *gorm.DB, g generation, q Query) (parts []string, values []any, err error) {
	stale, err := g.staleIn(tx, q.Span.Period)
	if err != nil {
		return nil, nil, err
	}
	divided := q.Span.Parts(reports.DayOf(s.db.Now(), g.zone()), stale, !q.ByDay)
	columns := "figure, day, currency, key, " + strings.Join(valueColumns, ", ")
	const condition = " WHERE site_id = ? AND generation = ? AND dimension = ? AND day "
	if len(divided.Months) > 0 {
		months := make([]string, len(divided.Months))
		for i, month := range divided.Months {
			months[i] = month.String()
		}
		parts, values = append(parts, "SELECT "+columns+" FROM revenue_months"+condition+"IN ?"), append(values, g.SiteID, g.Generation, q.Dimension, months)
	}
	for _, days := range divided.Days {
		parts = append(parts, "SELECT "+columns+" FROM revenue_days"+condition+"BETWEEN ? AND ?")
		values = append(values, g.SiteID, g.Generation, q.Dimension, days.From.String(), days.To.String())
	}
	if len(divided.Fresh) > 0 {
		touched, more := g.facts(touchedFacts, divided.Fresh, divided.Until)
		parts, values = append(parts, q.ofFacts(touched)), append(values, more...)
		if q.Dimension == Whole {
			untouched, more := g.facts(untouchedFacts, divided.Fresh, divided.Until)
			parts, values = append(parts, q.ofFacts(untouched)), append(values, more...)
		}
	}
	return parts, values, nil
}

// ofFacts returns a query of facts with the key of the dimension.
func (q Query) ofFacts(facts string) string {
	key := "''"
	if columns := keys[q.Dimension]; len(columns) > 0 {
		key = path(columns)
	}
	return fmt.Sprintf("SELECT figure, day, currency, %s AS key, %s FROM (%s) AS facts", key, strings.Join(valueColumns, ", "), facts)
}

// statement returns the query of all values.
func (q Query) statement(parts []string, values []any) (string, []any) {
	columns := "key, figure, currency"
	if q.ByDay {
		columns = "day, " + columns
	}
	values = slices.Clone(values)
	where := q.where(&values)
	return fmt.Sprintf("SELECT %s, %s FROM (%s) AS parts%s GROUP BY %s ORDER BY %s",
		columns, sums(), strings.Join(parts, " UNION ALL "), where, columns, columns), values
}

// first returns the query of the first keys by the order.
func (q Query) first(parts []string, values []any) (string, []any) {
	column := "units"
	if q.Order.Model != "" {
		column = q.Order.Model
	}
	values = slices.Clone(values)
	where := q.where(&values)
	statement := fmt.Sprintf("SELECT key FROM (%s) AS parts%s GROUP BY key ORDER BY SUM(CASE WHEN figure = ? THEN %s%s ELSE 0 END) DESC, SUM(CASE WHEN figure = ? THEN units ELSE 0 END) DESC, key",
		strings.Join(parts, " UNION ALL "), where, column, q.Order.worth())
	values = append(values, q.Order.Figure, reports.Touchpoints)
	if q.Limit > 0 {
		statement += fmt.Sprintf(" LIMIT %d", q.Limit)
	}
	return statement, values
}

// worth returns the factor of the currency. Currencies are three letters of package
// credit.
func (o Order) worth() string {
	if o.Worth == nil {
		return ""
	}
	var cases strings.Builder
	for currency, worth := range o.Worth {
		fmt.Fprintf(&cases, " WHEN '%s' THEN %s", currency, strconv.FormatFloat(worth, 'f', -1, 64))
	}
	if cases.Len() == 0 {
		return ""
	}
	return " * CASE currency" + cases.String() + " ELSE 0 END"
}

// where returns the condition of the keys, and adds its values.
func (q Query) where(values *[]any) string {
	var conditions []string
	if len(q.Under) > 0 {
		above := strings.Join(q.Under, separator)
		conditions = append(conditions, "(key = ? OR key >= ? AND key < ?)")
		*values = append(*values, above, above+separator, above+string(rune(separator[0])+1))
	}
	if q.Like != "" {
		conditions = append(conditions, `LOWER(key) LIKE ? ESCAPE '\'`)
		*values = append(*values, "%"+database.Literal(strings.ToLower(q.Like))+"%")
	}
	if q.Keys != nil {
		conditions = append(conditions, "key IN ?")
		*values = append(*values, q.Keys)
	}
	if len(conditions) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(conditions, " AND ")
}
