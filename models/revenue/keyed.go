package revenue

import (
	"strings"

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
