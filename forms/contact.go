package forms

import (
	"regexp"
	"strings"
	"unicode"

	"ringback/internal/limits"
)

// run matches digits and signs that may be a phone number among words.
var run = regexp.MustCompile(`[++]?\(?\p{Nd}[\p{Nd}\p{Zs}\p{Pd}()./]*\p{Nd}`)

// fewestAmongWords is the fewest digits of a phone number that has words beside it.
const fewestAmongWords = 7

// phoneIn returns the phone number in the value of a field for one: the value itself, or
// the first number in a text such as "call me: 202-555-0123 after 5pm". It is empty if
// there is none.
func phoneIn(value string) string {
	if isPhone(value) {
		return value
	}
	if strings.ContainsAny(value, "@=") || strings.Contains(value, "://") {
		return ""
	}
	for _, found := range run.FindAllString(value, -1) {
		if digits(found) >= fewestAmongWords && isPhone(found) {
			return found
		}
	}
	return ""
}

// contactIn returns the phone number or e-mail address in a value that has this meaning,
// and reports whether the value has further words. It is the value itself if it has none,
// as the meaning may come from the site's mapping.
func contactIn(m meaning, given string) (contact string, more bool) {
	value := given
	switch m {
	case phone:
		contact = phoneIn(value)
	case email:
		contact = limits.EmailIn(value)
		value = strings.Replace(strings.ToLower(value), "mailto:", "", 1)
	default:
		return value, false
	}
	if contact == "" {
		return given, false
	}
	rest := strings.Replace(value, contact, "", 1)
	if m == email {
		rest = strings.Replace(value, strings.ToLower(contact), "", 1)
	}
	return contact, strings.ContainsFunc(rest, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}
