package revenue

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"ringback/reports"
)

// firstKey is one of the first keys by an order, with the sums that place it.
type firstKey struct {
	Key         string
	Sum         float64
	Touchpoints int64
}

// compare orders keys by their sums. Of equal ones, those with more touchpoints come first.
func (f firstKey) compare(other firstKey) int {
	return cmp.Or(cmp.Compare(other.Sum, f.Sum), cmp.Compare(other.Touchpoints, f.Touchpoints), cmp.Compare(f.Key, other.Key))
}

// maxTied is the number of keys with equal sums up to which their touchpoints are read by
// key.
const maxTied = 500

// placed returns the first keys by the order, or nil if all keys have to be read to find
// them: if fewer than the limit have a sum above zero, or too many have equal sums. It reads
// the figure of the order alone, and the touchpoints of keys with equal sums.
func placed(tx *gorm.DB, g generation, q Query, p reports.Parts) ([]string, error) {
	statement, values := q.largest(q.rows(g, p, []reports.CreditID{q.Order.Figure}))
	var found []firstKey
	if err := tx.Raw(statement, values...).Scan(&found).Error; err != nil {
		return nil, err
	}
	tied := tiedKeys(found)
	if len(found) < q.Limit || len(tied) > maxTied {
		return nil, nil
	}
	if len(tied) > 0 && q.Order.Figure != reports.Touchpoints {
		counts := Query{Dimension: q.Dimension, Keys: tied}
		statement, values := counts.statement(counts.rows(g, p, []reports.CreditID{reports.Touchpoints}))
		var counted []Value
		if err := tx.Raw(statement, values...).Scan(&counted).Error; err != nil {
			return nil, err
		}
		touchpoints := make(map[string]int64, len(counted))
		for _, c := range counted {
			touchpoints[c.Key] = c.Units
		}
		for i := range found {
			found[i].Touchpoints = touchpoints[found[i].Key]
		}
	}
	slices.SortFunc(found, firstKey.compare)
	return keysOf(found[:q.Limit]), nil
}

// tiedKeys returns the keys whose sum another one has, too. The keys are in the order of
// their sums.
func tiedKeys(found []firstKey) []string {
	var tied []string
	for i, f := range found {
		if i > 0 && found[i-1].Sum == f.Sum || i+1 < len(found) && found[i+1].Sum == f.Sum {
			tied = append(tied, f.Key)
		}
	}
	return tied
}

func keysOf(found []firstKey) []string {
	keys := make([]string, len(found))
	for i, f := range found {
		keys[i] = f.Key
	}
	return keys
}

// column returns the column of the order.
func (o Order) column() string {
	if o.Model == "" {
		return "units"
	}
	return o.Model
}

// largest returns the query of the first keys by the one figure that is read, the largest
// sum first, and of those whose sum equals that of the last. Their sums are above zero. The
// query finds nothing if fewer keys than the limit have the figure.
func (q Query) largest(parts []string, values []any) (string, []any) {
	where := q.where(&values)
	return fmt.Sprintf("WITH sums AS (SELECT key, SUM(sum%s) AS sum FROM (SELECT key, currency, CAST(SUM(%s) AS bigint) AS sum FROM (%s) AS parts%s GROUP BY key, currency) AS by_currency GROUP BY key) "+
		"SELECT key, sum FROM sums WHERE sum > 0 AND sum >= (SELECT sum FROM sums ORDER BY sum DESC LIMIT 1 OFFSET %d) ORDER BY sum DESC",
		q.Order.worth(), q.Order.column(), strings.Join(parts, " UNION ALL "), where, q.Limit-1), values
}

// first returns the query of the values of the first keys by the order. The values of a key
// follow each other.
func (q Query) first(parts []string, values []any) (string, []any) {
	all, values := q.unordered(parts, values)
	limit := ""
	if q.Limit > 0 {
		limit = fmt.Sprintf(" LIMIT %d", q.Limit)
	}
	return fmt.Sprintf(`WITH found AS (%s), placed AS (
		SELECT key, SUM(CASE WHEN figure = ? THEN %s%s ELSE 0 END) AS ordering_sum, SUM(CASE WHEN figure = ? THEN units ELSE 0 END) AS touched
		FROM found GROUP BY key ORDER BY 2 DESC, 3 DESC, 1%s)
		SELECT found.* FROM found JOIN placed ON placed.key = found.key ORDER BY ordering_sum DESC, touched DESC, found.key, figure, currency`,
		all, q.Order.column(), q.Order.worth(), limit), append(values, q.Order.Figure, reports.Touchpoints)
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
