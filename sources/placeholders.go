package sources

import (
	"encoding/json"
	"maps"
	"net/url"
	"slices"
	"strconv"

	"ringback/internal/placeholder"
	"ringback/internal/texts"
)

// The most fields that NotReplaced names, and the most characters of a name.
const (
	mostNotReplaced    = 20
	longestNotReplaced = 100
)

// NotReplaced returns the names of the fields of a message that hold a macro which the
// provider or an ad platform has not replaced. Such a field counts as empty. A name
// within an object or a list has the names around it before points.
func NotReplaced(r Request) []string {
	found := map[string]bool{}
	if r.URL != nil {
		addForm(found, r.URL.RawQuery)
	}
	var body any
	if json.Unmarshal(r.Body, &body) == nil {
		addBelow(found, "", body)
	} else {
		addForm(found, string(r.Body))
	}
	names := slices.Sorted(maps.Keys(found))
	return names[:min(len(names), mostNotReplaced)]
}

func addForm(found map[string]bool, text string) {
	form, _ := url.ParseQuery(text) // what can be read of it counts
	for name, values := range form {
		addBelow(found, name, values[0])
	}
}

// addBelow adds the names in a value of this name.
func addBelow(found map[string]bool, name string, value any) {
	below := func(inner string) string {
		if name == "" {
			return inner
		}
		return name + "." + inner
	}
	switch value := value.(type) {
	case map[string]any:
		for inner, value := range value {
			addBelow(found, below(inner), value)
		}
	case []any:
		for i, value := range value {
			addBelow(found, below(strconv.Itoa(i)), value)
		}
	case string:
		if name != "" && placeholder.IsMacro(value) {
			found[texts.First(texts.Line(name), longestNotReplaced)] = true
		}
	}
}
