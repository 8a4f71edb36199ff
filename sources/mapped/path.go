package mapped

import (
	"errors"
	"strings"

	"github.com/theory/jsonpath"
)

// The bounds of paths. With them, the cost of a path is at most proportional to the
// number of values in a message.
const (
	longestPath = 200
	// mostSearches is how many paths of a mapping may look at more than one value.
	mostSearches = 20
)

// errPath is the error of what is no path, or one that might take long.
var errPath = errors.New("no JSONPath that can be used here")

// path is a compiled path.
type path struct {
	text   string
	parsed *jsonpath.Path
}

// compile returns the path of a text. A path that selects a value several times over,
// or the values of each of several others, is an error: its cost would grow with a power
// of the size of the message.
func compile(text string) (path, error) {
	bare := outsideQuotes(text)
	if len(text) > longestPath || strings.Contains(bare, "..") || strings.ContainsAny(bare, ",(") ||
		strings.Count(bare, "?") > 1 || strings.LastIndexByte(bare, '$') != 0 {
		return path{}, errPath
	}
	parsed, err := jsonpath.Parse(text)
	if err != nil {
		return path{}, errPath
	}
	return path{text: text, parsed: parsed}, nil
}

// searches reports whether the path may look at more than one value.
func (p path) searches() bool { return strings.ContainsAny(outsideQuotes(p.text), "*?:") }

// selectFrom returns the values at the path.
func (p path) selectFrom(root any) []any { return p.parsed.Select(root) }

// outsideQuotes returns a path without what is quoted in it.
func outsideQuotes(text string) string {
	var bare strings.Builder
	quote, escaped := byte(0), false
	for i := range len(text) {
		c := text[i]
		switch {
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote == 0:
			bare.WriteByte(c)
		case escaped:
			escaped = false
		case c == '\\':
			escaped = true
		case c == quote:
			quote = 0
		}
	}
	return bare.String()
}
