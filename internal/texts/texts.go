// Package texts makes untrusted texts safe to store and show. It must not know what
// they mean.
package texts

import (
	"strings"
	"unicode"
)

// Clean returns s as valid UTF-8 without surrounding spaces, without control characters
// other than line breaks and tabs, and without the marks that change the direction of
// the text after them.
func Clean(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && !strings.ContainsRune("\n\r\t", r) || turnsText(r) {
			return -1
		}
		return r
	}, s))
}

// Line returns s cleaned, with each row of line breaks and tabs as one space.
func Line(s string) string {
	return strings.Join(strings.FieldsFunc(Clean(s), func(r rune) bool { return strings.ContainsRune("\n\r\t\u2028\u2029", r) }), " ")
}

// turnsText reports whether a character opens, closes or overrides a direction of
// writing. Within a label such a character reorders the sentence around it.
func turnsText(r rune) bool {
	return r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069'
}

// Digits returns the digits 0 to 9 of s.
func Digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
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
