package revenue

import (
	"cmp"
	"slices"
	"strings"

	"gorm.io/gorm"

	"ringback/reports"
)

// firstKey is one of the first keys by an order, with the sums that place it.
type firstKey struct {
	key         string
	sum         float64
	touchpoints int64
	values      []Value
}

// compare orders keys by their sums. Of equal ones, those with more touchpoints come first.
func (f *firstKey) compare(other *firstKey) int {
	return cmp.Or(cmp.Compare(other.sum, f.sum), cmp.Compare(other.touchpoints, f.touchpoints), strings.Compare(f.key, other.key))
}

// byKey returns the keys of values in the order of a query. Values are in the order of
// their keys.
func (q Query) byKey(values []Value) []firstKey {
	var found []firstKey
	for from := 0; from < len(values); {
		f := firstKey{key: values[from].Key}
		to := from
		for ; to < len(values) && values[to].Key == f.key; to++ {
			if values[to].Figure == q.Order.Figure {
				f.sum += q.Order.worth(&values[to])
			}
			if values[to].Figure == reports.Touchpoints {
				f.touchpoints += values[to].Units
			}
		}
		f.values = values[from:to]
		found, from = append(found, f), to
	}
	slices.SortFunc(found, func(a, b firstKey) int { return a.compare(&b) })
	return found
}

// worth returns what a value is worth.
func (o Order) worth(v *Value) float64 {
	value := float64(v.Of(o.Model))
	if o.Worth == nil {
		return value
	}
	return value * o.Worth[v.Currency]
}

// first returns the values of the first keys by the order.
func (q Query) first(values []Value) []Value {
	found := q.byKey(values)
	if q.Limit > 0 {
		found = found[:min(q.Limit, len(found))]
	}
	ordered := make([]Value, 0, len(values))
	for _, f := range found {
		ordered = append(ordered, f.values...)
	}
	return ordered
}

// maxTied is the number of keys with equal sums up to which their touchpoints are read by
// key.
const maxTied = 500

// placed returns the keys among which the first ones by the order are, or nil if all keys
// have to be read to find them: if fewer than the limit have a sum above zero, or too many
// have equal sums. Largest are the sums of the figure of the order, and fresh are the values
// that are read from facts.
func (q Query) placed(largest, fresh []Value) []string {
	for _, v := range fresh {
		if v.Figure == q.Order.Figure {
			largest = append(largest, v)
		}
	}
	found := q.byKey(addUp(largest))
	found = slices.DeleteFunc(found, func(f firstKey) bool { return f.sum <= 0 })
	if len(found) < q.Limit {
		return nil
	}
	end := q.Limit
	for end < len(found) && found[end].sum == found[q.Limit-1].sum {
		end++
	}
	if end > q.Limit+maxTied {
		return nil
	}
	names := make([]string, end)
	for i, f := range found[:end] {
		names[i] = f.key
	}
	return names
}

// largest returns the sums of the figure that a query is ordered by.
func (r *reading) largest(q Query, p reports.Parts) (found []Value, err error) {
	parts, parameters := q.parts(r.g, p, []reports.CreditID{q.Order.Figure})
	if len(parts) == 0 {
		return nil, nil
	}
	column := q.Order.column()
	statement := "SELECT key, currency, CAST(SUM(" + column + ") AS bigint) FROM (" + strings.Join(parts, " UNION ALL ") + ") AS parts" +
		q.where(&parameters) + " GROUP BY key, currency"
	v := Value{Figure: q.Order.Figure}
	err = r.moment.Read(func(tx *gorm.DB) error {
		return scanRows(tx, []any{&v.Key, &v.Currency, v.column(column)}, func() { found = append(found, v) }, statement, parameters...)
	})
	return found, err
}

// column returns the column of the order.
func (o Order) column() string {
	if o.Model == "" {
		return "units"
	}
	return o.Model
}
