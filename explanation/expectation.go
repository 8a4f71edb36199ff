package explanation

import (
	"strings"

	"ringback/internal/fault"
	"ringback/internal/locale"
)

// Expected writes what was expected of a value, empty if nothing was. An expectation
// that has no code is returned as its text.
func (w Writer) Expected(e fault.Expectation) string {
	if e.Code == "" {
		return e.Text
	}
	values := locale.Values{}
	for name, value := range e.Values {
		values[name] = value
	}
	from, id := w.catalog, "expected."+e.Code
	if owner, code, found := strings.Cut(e.Code, "."); found {
		from, id = own[owner], code
	}
	if from == nil {
		return w.newer(e.Code)
	}
	text := from.Text(w.language, id, values)
	if e.Count != 0 {
		text = from.Plural(w.language, id, e.Count, values)
	}
	if text == id {
		return w.newer(e.Code)
	}
	return text
}
