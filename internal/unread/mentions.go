package unread

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"ringback/internal/texts"
)

// The lengths of what is searched for, in characters. Shorter texts are in many
// messages, and nobody is identified by a longer one.
const (
	minMention = 6
	maxMention = 254
	phoneTail  = 9 // digits of a phone number that are the same in all notations
)

// Mentions returns the texts in a message by which a person can be found: ids,
// e-mail addresses, phone numbers as digits. A message that cannot be read has no
// fields, so its person is found by these alone when the person is erased. They are
// in lower case with a space before and after each.
func Mentions(query string, body []byte) string {
	text := strings.ToLower(decoded(query) + " " + decoded(string(body)))
	found := strings.FieldsFunc(text, isSeparator)
	for i, word := range found {
		found[i] = strings.Trim(word, ".-_:")
	}
	for _, number := range phoneLike.FindAllString(text, -1) {
		found = append(found, texts.Digits(number))
	}
	found = slices.DeleteFunc(found, func(word string) bool { return len(word) < minMention || len(word) > maxMention })
	slices.Sort(found)
	return " " + strings.Join(slices.Compact(found), " ") + " "
}

// Pattern returns the LIKE pattern, with \ as its escape, of the Mentions of messages
// that mention this id, e-mail address or phone number in E.164. It is empty for a
// text that is too short to identify anybody.
func Pattern(text string) string {
	word, ending := longest(strings.ToLower(decoded(text))), ""
	if strings.HasPrefix(text, "+") {
		word, ending = texts.Digits(text), "%"
		word = word[max(0, len(word)-phoneTail):]
	}
	if len(word) < minMention || len(word) > maxMention {
		return ""
	}
	word = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(word)
	if ending != "" {
		return "%" + word + " %" // a number begins with or without its country code
	}
	return "% " + word + " %"
}

func longest(text string) string {
	word := ""
	for _, w := range strings.FieldsFunc(text, isSeparator) {
		if w = strings.Trim(w, ".-_:"); len(w) > len(word) {
			word = w
		}
	}
	return word
}

// isSeparator reports whether a character stands between words. What is in ids and
// in e-mail addresses does not, except for the plus, which stands for a space in
// forms.
func isSeparator(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(".-_:@", r)
}

var (
	phoneLike  = regexp.MustCompile(`\d[\d\s().+-]{5,}\d`)
	escapedHex = regexp.MustCompile(`\\u00[0-9a-fA-F]{2}`)
)

// decoded returns a text without the escapes of URLs and JSON, as far as there are any.
func decoded(text string) string {
	if plain, err := url.PathUnescape(text); err == nil {
		text = plain
	}
	text = escapedHex.ReplaceAllStringFunc(text, func(escape string) string {
		code, err := strconv.ParseUint(escape[2:], 16, 8)
		if err != nil { // the expression admits digits alone
			return escape
		}
		return string(rune(code))
	})
	return texts.Clean(strings.ReplaceAll(text, "\x00", " "))
}
