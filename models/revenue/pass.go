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

func list(columns []column) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = c.value + " AS " + c.name
	}
	return strings.Join(parts, ", ")
}

func values(columns []column) []string {
	all := make([]string, len(columns))
	for i, c := range columns {
		all[i] = c.value
	}
	return all
}

// grouped returns a query that adds up some columns of rows by others.
func grouped(by, added []column, from string) string {
	some := slices.Clone(by)
	for _, c := range added {
		some = append(some, column{c.name, c.sum()})
	}
	return "SELECT " + list(some) + " FROM " + from + " GROUP BY " + strings.Join(values(by), ", ")
}

// rows returns a query that reads the rows that some figures count once, and adds up their
// values by day, the columns of a key and, if one of the figures is money, by currency, as
// money. Each figure's values have names of their own, by its place among the figures.
func rows(of []fact, key []column, condition string) string {
	f := of[0]
	by := []column{{"day", f.day}}
	if currency := currencyOf(of); currency != "" {
		by = append(by, column{"money", currency})
	}
	var added []column
	for i, other := range of {
		for _, name := range other.valued() {
			added = append(added, column{valueName(name, i), other.values[name]})
		}
	}
	from := f.from + " WHERE " + condition
	if f.join != "" && len(key) > 0 {
		from, by, added = perTouchpoint(by, added, from)
	}
	return grouped(append(by, key...), added, from)
}

// currencyOf returns the SQL of the currency of those figures that are money, empty if none
// is.
func currencyOf(of []fact) string {
	for _, f := range of {
		if f.currency != "" {
			return f.currency
		}
	}
	return ""
}

// keyOf returns those of some columns of a key that the rows of the figure have: all or none.
func (f fact) keyOf(names []string) (key []column) {
	if f.table() == "" {
		return nil
	}
	for _, name := range names {
		key = append(key, column{name, f.table() + name})
	}
	return key
}

// valued returns the columns in which the figure has values.
func (f fact) valued() []string {
	return slices.DeleteFunc(slices.Clone(valueColumns), func(name string) bool { return f.values[name] == "" })
}

// valueName returns the name of a value of the figure with a place among others.
func valueName(column string, place int) string { return fmt.Sprintf("%s_%d", column, place) }

// onePass returns a query with a row for each of some figures that count the same rows, which
// are read once.
func onePass(of []fact, names []string, condition string) string {
	key := of[0].keyOf(names)
	figures := make([]string, len(of))
	for i, f := range of {
		figures[i] = f.selected(i, names[:len(key)])
	}
	return fmt.Sprintf("SELECT * FROM (WITH pass AS (%s) %s) AS passed", rows(of, key, condition), strings.Join(figures, " UNION ALL "))
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
	return "(SELECT " + list(inner) + " FROM " + from + " GROUP BY c.opportunity_id, c.touchpoint_id) AS c " +
		"JOIN " + touchpointTable + " ON t.site_id = ? AND t.generation = ? AND t.id = c.touchpoint_id", outerBy, outerAdded
}

// selected returns the query of the figure's values, by its place among the figures of a pass.
func (f fact) selected(place int, names []string) string {
	out := []string{"'" + string(f.figure) + "' AS figure", "day", "'' AS currency"}
	if f.currency != "" {
		out[2] = "money AS currency"
	}
	out = append(out, names...)
	for _, name := range valueColumns {
		if f.values[name] == "" {
			out = append(out, "0 AS "+name)
		} else {
			out = append(out, valueName(name, place)+" AS "+name)
		}
	}
	return "SELECT " + strings.Join(out, ", ") + " FROM pass"
}
