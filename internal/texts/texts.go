// Package texts makes untrusted texts safe to store and show. It must not know what
// they mean.
package texts

import (
	"strings"
	"unicode"
)

// Clean returns s as valid UTF-8 without surrounding spaces and without control
// characters other than line breaks and tabs.
func Clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r) {
			return -1
		}
		return r
	}, s))
}

// First returns at most the first limit characters of s.
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
