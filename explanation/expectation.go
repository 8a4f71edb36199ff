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
	if owner, code, found := strings.Cut(e.Code, "."); found {
		if own[owner] == nil {
			return w.newer(e.Code)
		}
		return w.coded(own[owner], code, e.Code, e.Count, e.Values)
	}
	return w.coded(w.catalog, "expected."+e.Code, e.Code, e.Count, e.Values)
}

// coded writes the message with this id, in its plural form if there is a count. A code
// of a later version is written as one.
func (w Writer) coded(from *locale.Catalog, id, code string, count int64, inserted map[string]string) string {
	values := locale.Values{}
	for name, value := range inserted {
		values[name] = value
	}
	text := from.Text(w.language, id, values)
	if count != 0 {
		text = from.Plural(w.language, id, count, values)
	}
	if text == id {
		return w.newer(code)
	}
	return text
}
