package mapped

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"ringback/internal/texts"
	"ringback/sources"
)

// The bounds of what is listed of a message.
const (
	mostListed    = 300
	longestListed = 200 // characters
)

// listValues returns the values in a message in the order of their paths, and reports
// whether there are more than it returns.
func listValues(message map[string]any) (all []sources.FoundValue, more bool) {
	listBelow(&all, "$", message)
	if len(all) > mostListed {
		return all[:mostListed], true
	}
	return all, false
}

// listBelow adds the values in a value to a list, with their paths.
func listBelow(all *[]sources.FoundValue, path string, value any) {
	if len(*all) > mostListed {
		return
	}
	switch value := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(value)) {
			listBelow(all, path+step(name), value[name])
		}
	case []any:
		for i, item := range value {
			listBelow(all, path+"["+strconv.Itoa(i)+"]", item)
		}
	default:
		*all = append(*all, sources.FoundValue{Path: path, Text: texts.First(texts.Clean(textOf(value)), longestListed)})
	}
}

// plainName is a name that a path may hold after a point.
var plainName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// step returns the part of a path that stands for a field.
func step(name string) string {
	if plainName.MatchString(name) {
		return "." + name
	}
	quoted, err := json.Marshal(name)
	if err != nil { // texts always encode
		panic(err)
	}
	return fmt.Sprintf("[%s]", quoted)
}
