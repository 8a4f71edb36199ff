package revenue

import (
	"fmt"
	"slices"
	"strings"
)

// column is a column of a query under its own name.
type column struct{ name, value string }

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
		some = append(some, column{c.name, "CAST(SUM(" + c.value + ") AS bigint)"})
	}
	return "SELECT " + named(some) + " FROM " + from + " GROUP BY " + strings.Join(group, ", ")
}

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
	if f.join != "" && len(names) > 0 {
		from, by, added = perTouchpoint(f, by, added, from)
	}
	for _, name := range names {
		by = append(by, column{name, table + name})
	}
	return fmt.Sprintf("SELECT * FROM (WITH pass AS (%s) %s) AS passed", grouped(by, added, from), strings.Join(figures, " UNION ALL "))
}

// perTouchpoint adds up credit by touchpoint, before the touchpoints are joined: each has a
// row for each model. It returns what is then read, by what it is grouped, and what is added up.
func perTouchpoint(f fact, by, added []column, from string) (joined string, outerBy, outerAdded []column) {
	for _, c := range by {
		outerBy = append(outerBy, column{c.name, "c." + c.name})
	}
	for _, c := range added {
		outerAdded = append(outerAdded, column{c.name, "c." + c.name})
	}
	inner := slices.Clone(by)
	for _, name := range []string{"site_id", "generation", "touchpoint_id"} {
		inner = append(inner, column{name, "c." + name})
	}
	return "(" + grouped(inner, added, from) + ") AS c" + f.join, outerBy, outerAdded
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
