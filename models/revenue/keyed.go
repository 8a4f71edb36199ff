package revenue

import (
	"errors"
	"strings"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/reports"
)

// keyed returns the query of the values of figures that count the same rows, on the days that
// are read from facts, and its parameters. They are by day, by key and by currency, which is
// empty if no figure is money. Like limits them to keys with a text.
func (g generation) keyed(of []fact, columns []string, like string, p reports.Parts) (string, []any) {
	condition, parameters := g.condition(of[0], columns, p.Fresh, p.Until)
	selected, key := []string{"day", "'' AS key", "'' AS currency"}, of[0].keyOf(columns)
	if len(key) > 0 { // one text takes less time to group by than several
		selected[1], key = "key", []column{{"key", path(values(key))}}
	}
	if currencyOf(of) != "" {
		selected[2] = "money AS currency"
	}
	for i, f := range of {
		for _, name := range f.valued() {
			selected = append(selected, valueName(name, i))
		}
	}
	where := database.KeyFilter{Like: like}.Where(&parameters)
	return "SELECT * FROM (SELECT " + strings.Join(selected, ", ") + " FROM (" + rows(of, key, condition) + ") AS facts) AS keyed" + where, parameters
}

// scanPass returns the values that such a query finds. It has one row for all figures, and
// what is read into it is copied to a value for each figure.
func scanPass(tx *gorm.DB, of []fact, statement string, parameters []any) (found []Value, err error) {
	rows, err := tx.Raw(statement, parameters...).Rows()
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	var row Value
	each := make([]Value, len(of))
	into := []any{&row.Day, &row.Key, &row.Currency}
	for i, f := range of {
		for _, name := range f.valued() {
			into = append(into, each[i].column(name))
		}
	}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		for i, v := range each {
			v.Day, v.Key, v.Figure = row.Day, row.Key, of[i].figure
			if of[i].currency != "" {
				v.Currency = row.Currency
			}
			if !v.isZero() {
				found = append(found, v)
			}
		}
	}
	return found, rows.Err()
}
