package forms

import (
	"regexp"
	"strings"
	"unicode"

	"ringback/internal/limits"
)

// run matches digits and signs that may be a phone number among words.
var run = regexp.MustCompile(`[++]?\(?\p{Nd}[\p{Nd}\p{Zs}\p{Pd}()./]*\p{Nd}`)

// The times and dates that may stand beside a phone number, with digits that are not a part
// of it.
const (
	clock  = `\d{1,2}:\d\d(?:\s?-\s?\d{1,2}:\d\d)?`                                // 9:00-17:00
	hours  = `(?:\d{1,2}\s?(?:[ap]m)?\s?-\s?)?\d{1,2}\s?(?:[ap]m|h|uhr|час\pL*|ч)` // 9am-5pm
	always = `24/7`
	date   = `(?:[0-3]?\d[./-][01]?\d|[01]?\d[./-][0-3]?\d)[./-](?:19|20)\d\d` // 01.02.2026
)

// notOfNumber matches what is not a part of a number.
var notOfNumber = regexp.MustCompile(`(?i)(?:^|[\s,;(])(?:` + strings.Join([]string{clock, hours, always, date}, "|") + `)(?:[\s,;)]|$)`)

// fewestAmongWords is the fewest digits of a phone number that has words beside it.
const fewestAmongWords = 7

// phoneIn returns the phone number in the value of a field for one: the value itself, or
// the first number in a text such as "call me: 202-555-0123 after 5pm". It is empty if
// there is none.
func phoneIn(value string) string {
	if strings.ContainsAny(value, "@=") || strings.Contains(value, "://") {
		return ""
	}
	if plain := notOfNumber.ReplaceAllString(value, " ; "); plain != value {
		if found := phoneAmong(plain); found != "" {
			return found
		}
	}
	if isPhone(value) {
		return value
	}
	return phoneAmong(value)
}

// phoneAmong returns the first phone number among words.
func phoneAmong(text string) string {
	for _, found := range run.FindAllString(text, -1) {
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
