// Package texts makes texts that came from anywhere fit to be stored and shown.
// It must not know what they mean.
package texts

import (
	"strings"
	"unicode"
)

// Clean returns the text as valid UTF-8, without control characters other than
// line breaks and tabs, and without spaces around it.
func Clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r) {
			return -1
		}
		return r
	}, s))
}

// First cuts a text to this many characters.
func First(s string, limit int) string {
	if len(s) <= limit {
		return s
	}
	n := 0
	for i := range s {
		if n == limit {
			return s[:i]
		}
		n++
	}
	return s
}
