package figures

import (
	"fmt"
	"strings"

	"ringback/reports"
)

// SumStatements returns statements that add up all days of a series before today, and all
// months before that of today, at once.
func SumStatements(series int64, today reports.Day) []string {
	columns := strings.Join(countColumns, ", ")
	var all []string
	for d, key := range keys {
		if d == Tag {
			continue
		}
		group := groupBy(d)
		all = append(all, fmt.Sprintf("INSERT INTO report_days (series_id, dimension, day, key, %s) SELECT series_id, '%s', day, %s, %s FROM report_facts WHERE series_id = %d AND day < %d GROUP BY series_id, day, %s",
			columns, d, key, sums(countColumns), series, today, group))
	}
	for month := (today - 800).Month(); month < today.Month(); month = month.MonthEnd() + 1 {
		all = append(all, fmt.Sprintf("INSERT INTO report_months (series_id, dimension, day, key, %s) SELECT series_id, dimension, %d, key, %s FROM report_days WHERE series_id = %d AND dimension IN ('campaign', 'source', 'term', 'landing_page', 'number', 'form') AND day BETWEEN %d AND %d GROUP BY series_id, dimension, key",
			columns, month, sums(countColumns), series, month, month.MonthEnd()))
	}
	return all
}
