package lenient

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"ringback/internal/placeholder"
)

// List is a list of labels: see Labels.
type List []string

// UnmarshalJSON implements json.Unmarshaler.
func (l *List) UnmarshalJSON(b []byte) error {
	*l = Labels(decode(b), "")
	return nil
}

// labelNames are the names under which an object has its label or labels.
var labelNames = []string{"name", "names", "label", "tag", "title", "value", "text"}

// Labels returns the labels in a value that was decoded from JSON: a text with separators,
// a text that holds JSON, a list of texts or of objects with a name, or an object with
// numbers as names, as PHP writes a list. With a separator, it separates labels in each
// text, within lists too. Without one, a text outside of lists may have commas, or if it
// has none, semicolons, bars or line breaks.
func Labels(value any, separator string) []string {
	var all []string
	for _, label := range labels(value, separator, separator == "") {
		if label = strings.TrimSpace(label); !placeholder.Is(label) {
			all = append(all, label)
		}
	}
	return all
}

// labels returns the labels in a value with spaces and empty ones. Whole means that a text
// may be a list.
func labels(value any, separator string, whole bool) []string {
	switch value := value.(type) {
	case []any:
		var all []string
		for _, item := range value {
			all = append(all, labels(item, separator, false)...)
		}
		return all
	case map[string]any:
		return labelsOf(value, separator)
	default:
		text := textOf(value)
		if json.Valid([]byte(text)) && strings.ContainsAny(text[:1], "[{") {
			return labels(decode([]byte(text)), separator, false)
		}
		if !whole {
			return split(text, separator)
		}
		return inText(text)
	}
}

// listed matches a list as programs print one: [sales, new], ['sales'] and {sales,new}. A
// single word in brackets is a label: [Brand].
var listed = regexp.MustCompile(`^\s*[\[{]([^\[\]{}]*,[^\[\]{}]*|'[^'\[\]{}]*')[\]}]\s*$`)

// inText returns the labels in a text that may be a list, without the quotes around each.
func inText(text string) []string {
	if inner := listed.FindStringSubmatch(text); inner != nil {
		text = inner[1]
	}
	all := strings.Split(text, ",")
	if len(all) == 1 {
		all = strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(";|\n\r\t", r) })
	}
	for i, label := range all {
		label = strings.TrimSpace(label)
		if len(label) > 1 && strings.ContainsRune(`"'`, rune(label[0])) && label[0] == label[len(label)-1] {
			all[i] = label[1 : len(label)-1]
		}
	}
	return all
}

// labelsOf returns the labels of an object.
func labelsOf(object map[string]any, separator string) []string {
	for _, name := range labelNames {
		if inner, has := object[name]; has && inner != nil {
			return labels(inner, separator, false)
		}
	}
	var all []string
	for _, index := range slices.SortedFunc(maps.Keys(object), compareIndexes) {
		if _, err := strconv.Atoi(index); err == nil {
			all = append(all, labels(object[index], separator, false)...)
		}
	}
	return all
}

// compareIndexes compares names by the numbers that they are.
func compareIndexes(a, b string) int {
	first, _ := strconv.Atoi(a) // other names are left out
	second, _ := strconv.Atoi(b)
	return first - second
}

// split returns the labels in a text that is one label without a separator.
func split(text, separator string) []string {
	if separator == "" {
		return []string{text}
	}
	return strings.Split(text, separator)
}
