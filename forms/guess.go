package forms

import (
	"regexp"
	"slices"
	"strings"

	"ringback/internal/limits"
	"ringback/internal/names"
)

// phoneExample matches an example or a mask of a phone number: "(555) 555-5555",
// "+7 (___) ___-__-__".
var phoneExample = regexp.MustCompile(`^\+?[\d_xX#*•()./\p{Zs}\p{Pd}]{7,}$`)

// byExample returns the meaning by a label that is an example of the value.
func byExample(f Field) meaning {
	switch {
	case !f.isTyped():
		return unknown
	case writtenEmail.MatchString(f.Label):
		return email
	case phoneExample.MatchString(f.Label):
		return phone
	}
	return unknown
}

// byEither returns the meaning of a field for a phone number or an e-mail address, such
// as "Phone or e-mail", by its value.
func byEither(f Field) meaning {
	words := slices.Concat(names.Words(f.Name), names.Words(f.Label))
	switch {
	case !f.isTyped() || !isAny(words, phoneWords) || !isAny(words, emailWords):
		return unknown
	case limits.EmailIn(f.Value) != "":
		return email
	case phoneIn(f.Value) != "":
		return phone
	}
	return unknown
}

// guessed returns the meaning of a field without a known one by its value: that of an
// e-mail address, or of a phone number with its country code or area code in brackets.
func (f Field) guessed() meaning {
	if !f.isTyped() || strings.EqualFold(f.Type, "hidden") || !writtenEmail.MatchString(f.Value) && !strings.ContainsAny(f.Value, "+＋(") {
		return unknown
	}
	return f.byValue(fewestGuessed)
}

// IsGuessed reports whether only the value of a field shows what it means: neither its
// attributes nor the site's mapping do.
func IsGuessed(f Field, mapping map[string]string) bool {
	f = f.cleaned()
	return byFoldedName(mapping)[strings.ToLower(f.Name)] == "" && f.means() == unknown && f.guessed() != unknown
}

// fewestGuessed is the fewest digits of a text that is taken as a phone number by its
// form alone.
const fewestGuessed = 9

// byValue returns what a value is by its form. A phone number has at least so many digits.
func (f Field) byValue(fewest int) meaning {
	switch {
	case writtenEmail.MatchString(f.Value):
		return email
	case isPhone(f.Value) && digits(f.Value) >= fewest:
		return phone
	}
	return unknown
}
