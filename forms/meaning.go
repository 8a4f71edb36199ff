package forms

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"ringback/internal/limits"
	"ringback/internal/names"
	phones "ringback/phone"
)

// meaning is what a field contains about the visitor.
type meaning int

const (
	unknown meaning = iota
	phone
	phoneCountry // +44
	phoneRest    // the rest of a number, in one piece or several
	phoneCode    // a calling code or a country beside a number
	phoneArea    // an area code beside a number
	phonePiece   // a piece of a number that has several
	email
	fullName
	givenName
	familyName
)

// whole returns the meaning of which m is a part: the phone number, the e-mail address
// or the name.
func (m meaning) whole() meaning {
	switch m {
	case phoneCountry, phoneRest, phoneCode, phoneArea, phonePiece:
		return phone
	case givenName, familyName:
		return fullName
	default:
		return m
	}
}

// part reports whether fields of this meaning are joined to one value.
func (m meaning) part() bool {
	return slices.Contains([]meaning{phoneCountry, phoneRest, givenName, familyName}, m)
}

// means returns the meaning of a field by its attributes. A value that cannot be a
// phone number or an e-mail address has neither meaning, whatever the field's name is.
func (f Field) means() meaning {
	for _, by := range []func(Field) meaning{byAutocomplete, byNumberPart, byType, byName, byExample, byLabel, byPart, byEither} {
		if m := by(f); m != unknown {
			return f.plausible(m)
		}
	}
	return unknown
}

// The formats of phone numbers and e-mail addresses. A phone number may begin with a
// word such as "Tel." and end with an extension.
var (
	writtenPhone = regexp.MustCompile(`(?i)^(?:tel|ph|phone|тел)?[.:\s]*[++]?[\p{Nd}\p{Zs}\p{Pd}()./+]+(?:[,;#\s]*(?:ext|extension|x|доб)?[.:\s]*\p{Nd}+)?$`)
	writtenEmail = regexp.MustCompile(`^[^\s@<>,;]+@[^\s@<>,;]+\.[^\s@<>,;.]+$`)
)

// remark matches words in brackets beside a phone number: "(home)".
var remark = regexp.MustCompile(`\([^()\p{Nd}]*\p{L}[^()\p{Nd}]*\)`)

// The bounds of the number of digits in a phone number. With an extension it has more
// digits than E.164 allows.
const (
	fewestDigits = 5
	mostDigits   = 25
)

// plausible returns m if the value can have this meaning, or else unknown.
func (f Field) plausible(m meaning) meaning {
	switch {
	case m == email && limits.EmailIn(f.Value) == "":
		return unknown
	case m == phone && (phoneIn(f.Value) == "" || f.isEnd() && digits(f.Value) < fewestAmongWords):
		return f.piece()
	case m == phoneCountry && digits(f.Value) == 0 && phones.CallingCode(f.Value) != "":
		return phoneCode
	case (m == phoneCountry || m == phoneRest) && digits(f.Value) == 0:
		return unknown
	}
	return m
}

// piece returns the meaning of a field for a phone number whose value is too short to be
// one.
func (f Field) piece() meaning {
	if pieceOfNumber.MatchString(f.Value) && !f.isEnd() {
		return phonePiece
	}
	return unknown
}

// isEnd reports whether a field is for the end of a phone number that is no part of it.
func (f Field) isEnd() bool { return shared(f.words(), endWords) }

// isPhone reports whether value can be a phone number.
func isPhone(value string) bool {
	value = strings.TrimSpace(remark.ReplaceAllString(value, ""))
	n := digits(value)
	return n >= fewestDigits && n <= mostDigits && writtenPhone.MatchString(value)
}

func digits(s string) int {
	n := 0
	for _, r := range s {
		if unicode.IsDigit(r) {
			n++
		}
	}
	return n
}

// autocompletes maps the autofill field names of the HTML standard to meanings.
var autocompletes = map[string]meaning{
	"tel": phone, "tel-country-code": phoneCountry, "tel-national": phoneRest, "tel-area-code": phoneRest,
	"tel-local": phoneRest, "tel-local-prefix": phoneRest, "tel-local-suffix": phoneRest,
	"email": email, "name": fullName, "given-name": givenName, "family-name": familyName,
}

// byAutocomplete returns the meaning by the field's autocomplete attribute. One of its
// words names the field; the others name its owner and the part of the form.
func byAutocomplete(f Field) meaning {
	for _, word := range strings.Fields(strings.ToLower(f.Autocomplete)) {
		if m, known := autocompletes[word]; known {
			return m
		}
	}
	return unknown
}

// byType returns the meaning by the input's type.
func byType(f Field) meaning {
	switch strings.ToLower(f.Type) {
	case "tel":
		if f.isOtherNumber() {
			return unknown
		}
		return phone
	case "email":
		return email
	}
	return unknown
}

// typed lists the types of fields that people type text into.
var typed = []string{"", "text", "search", "number", "hidden"}

// isTyped reports whether people type text into the field.
func (f Field) isTyped() bool { return slices.Contains(typed, strings.ToLower(f.Type)) }

// byName returns the meaning by the words of the field's name. A name is not that of a
// person if the label says so, as in HubSpot's 0-2/name with the label "Company name".
func byName(f Field) meaning {
	if !f.isTyped() {
		return unknown
	}
	if isInternational(f) {
		return phone
	}
	if m := meaningOf(names.Words(f.Name)); m == fullName && shared(names.Words(f.Label), othersWords) {
		return unknown
	} else if m != unknown {
		return m
	}
	return meaningOf(names.Words(strings.TrimRight(f.Name, "0123456789")))
}

// byLabel returns the meaning by the words of the field's label.
func byLabel(f Field) meaning {
	if !f.isTyped() {
		return unknown
	}
	return meaningOf(names.Words(f.Label))
}

// nameParts maps the parts into which form builders divide a name, each with a field
// whose name or label is this word alone, or whose name ends with it in brackets.
var nameParts = map[string]meaning{"first": givenName, "last": familyName}

// byPart returns the meaning of a field that is a part of a name.
func byPart(f Field) meaning {
	if !f.isTyped() {
		return unknown
	}
	if m := nameParts[strings.ToLower(f.Label)]; m != unknown {
		return m
	}
	name := strings.ToLower(f.Name)
	if inner, found := strings.CutSuffix(name, "]"); found {
		name = inner[strings.LastIndexByte(inner, '[')+1:]
	}
	return nameParts[name]
}

// meaningOf returns the meaning of words. Words with two meanings have none, because
// "name and phone" is a field for both.
func meaningOf(words []string) meaning {
	var found []meaning
	for m, known := range map[meaning][]string{phone: phoneWords, email: emailWords} {
		if isAny(words, known) || m == phone && isContact(words) {
			found = append(found, m)
		}
	}
	if m := namePart(words); m != unknown {
		found = append(found, m)
	}
	if len(found) != 1 {
		return unknown
	}
	return found[0]
}

// isContact reports whether words mean the number at which somebody is reached.
func isContact(words []string) bool {
	return slices.ContainsFunc([][]string{
		{"número", "contato"}, {"numero", "contato"}, {"número", "contacto"}, {"numero", "contacto"}, {"numero", "contatto"},
		{"number", "reach"}, {"number", "call"}, {"call", "me"},
	}, func(all []string) bool {
		return slices.Contains(words, all[0]) && slices.Contains(words, all[1])
	})
}

// isAny reports whether words contain one of the known words, also in two parts, as in
// WhatsApp, or within a word of a script without spaces.
func isAny(words, known []string) bool {
	return shared(slices.Concat(words, names.Pairs(words)), known) || slices.ContainsFunc(words, func(word string) bool {
		return slices.ContainsFunc(known, func(k string) bool {
			first, size := utf8.DecodeRuneInString(k)
			return len(k) > size && unicode.In(first, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) && strings.Contains(word, k)
		})
	})
}

// namePart returns the part of the visitor's name that the words mean.
func namePart(words []string) meaning {
	named := isAny(words, nameWords)
	switch {
	case shared(words, othersWords):
		return unknown
	case shared(words, givenWords), named && shared(words, []string{"first", "given"}):
		return givenName
	case shared(words, familyWords), named && shared(words, []string{"last", "family"}):
		return familyName
	case named:
		return fullName
	default:
		return unknown
	}
}

// shared reports whether words contains one of the known words.
func shared(words, known []string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return slices.Contains(known, word) })
}
