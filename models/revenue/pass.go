package revenue

import (
	"fmt"
	"slices"
	"strings"
)

// column is a column of a query under its own name.
type column struct{ name, value string }

// sum returns the sum of the column. PostgreSQL adds up bigint to numeric.
func (c column) sum() string { return "CAST(SUM(" + c.value + ") AS bigint)" }

func named(columns []column) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = c.value + " AS " + c.name
	}
	return strings.Join(parts, ", ")
}

// grouped returns a query that adds up some columns of rows by others.
func grouped(by, added []column, from string) string {
	group := make([]string, len(by))
	for i, c := range by {
		group[i] = c.value
	}
	some := slices.Clone(by)
	for _, c := range added {
		some = append(some, column{c.name, c.sum()})
	}
	return "SELECT " + named(some) + " FROM " + from + " GROUP BY " + strings.Join(group, ", ")
}

// isJoined reports whether the touchpoints have to be joined for the columns of a key.
func (f fact) isJoined(names []string) bool { return f.join != "" && len(names) > 0 }

// onePass returns the query of figures that count the same rows, which are read once. The
// figures are divided by the columns of a key, if the rows have them.
func onePass(of []fact, names []string, condition string) string {
	f := of[0]
	by := []column{{"day", f.day}}
	for _, other := range of {
		if other.currency != "" {
			by = append(by, column{"money", other.currency})
			break
		}
	}
	table := f.table()
	if table == "" {
		names = nil
	}
	var added []column
	figures := make([]string, len(of))
	for i, other := range of {
		var some []column
		some, figures[i] = other.columns(i, names)
		added = append(added, some...)
	}
	from := f.from + " WHERE " + condition
	if f.isJoined(names) {
		from, by, added = perTouchpoint(by, added, from)
	}
	for _, name := range names {
		by = append(by, column{name, table + name})
	}
	return fmt.Sprintf("SELECT * FROM (WITH pass AS (%s) %s) AS passed", grouped(by, added, from), strings.Join(figures, " UNION ALL "))
}

// perTouchpoint adds up credit by opportunity and touchpoint, before the touchpoints are
// joined: each has a row for each model. An opportunity has one day and one currency, by which
// rows are not grouped for this reason. It returns what is then read, by what it is grouped,
// and what is added up. The site and the generation are parameters that follow the others.
func perTouchpoint(by, added []column, from string) (joined string, outerBy, outerAdded []column) {
	inner := []column{{"touchpoint_id", "c.touchpoint_id"}}
	for _, c := range by {
		inner = append(inner, column{c.name, "MIN(" + c.value + ")"})
		outerBy = append(outerBy, column{c.name, "c." + c.name})
	}
	for _, c := range added {
		inner = append(inner, column{c.name, c.sum()})
		outerAdded = append(outerAdded, column{c.name, "c." + c.name})
	}
	return "(SELECT " + named(inner) + " FROM " + from + " GROUP BY c.opportunity_id, c.touchpoint_id) AS c " +
		"JOIN " + touchpointTable + " ON t.site_id = ? AND t.generation = ? AND t.id = c.touchpoint_id", outerBy, outerAdded
}

// columns returns the columns that the nth figure of a pass adds up, and the query that
// selects their sums.
func (f fact) columns(nth int, names []string) (added []column, selected string) {
	out := []string{"'" + string(f.figure) + "' AS figure", "day", "'' AS currency"}
	if f.currency != "" {
		out[2] = "money AS currency"
	}
	out = append(out, names...)
	for _, name := range valueColumns {
		value, is := f.values[name]
		if !is {
			out = append(out, "0 AS "+name)
			continue
		}
		sum := fmt.Sprintf("%s_%d", name, nth)
		added = append(added, column{sum, value})
		out = append(out, sum+" AS "+name)
	}
	return added, "SELECT " + strings.Join(out, ", ") + " FROM pass"
}
