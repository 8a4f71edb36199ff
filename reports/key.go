package reports

import (
	"strings"
	"unicode/utf8"
)

// Separator divides the values of a key of sums. It sorts before all characters of values.
const Separator = "\x1f"

// NotSet stands for an empty value in the parameters of a list: an empty parameter is one
// that is left out.
const NotSet = "(not set)"

// maxKey is how many bytes of a value are kept, so that a campaign with all that is above
// it fits into an index.
const maxKey = 255

// Key returns a value by which figures are divided, as it is stored with facts and sums.
func Key(value string) string {
	value = strings.ReplaceAll(value, Separator, " ")
	if len(value) <= maxKey {
		return value
	}
	value = value[:maxKey]
	for !utf8.ValidString(value) {
		value = value[:len(value)-1]
	}
	return value
}
