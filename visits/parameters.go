package visits

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"ringback/conversion"
	"ringback/internal/placeholder"
	"ringback/internal/texts"
)

const (
	maxWords   = 500 // the most characters of a campaign's word that are kept
	maxClickID = 500 // characters; a longer one is no click id
)

// isClickID reports whether a parameter is a click id, in whatever case.
func isClickID(name string) bool {
	return slices.ContainsFunc(conversion.ClickIDs, func(id conversion.ClickID) bool { return strings.EqualFold(id.Name, name) })
}

// isUsableClickID reports whether the value of a click id identifies a click.
func isUsableClickID(name, value string) bool {
	return !placeholder.IsNoClickID(name, value) && texts.First(value, maxClickID) == value
}

// tellsSource reports whether a parameter tells where a visit came from.
func tellsSource(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "utm_") || isMark(name) || isClickID(name)
}

// The mistakes in addresses with parameters: an ampersand that was written for HTML,
// once or several times, at the beginning too; and a separator before a parameter that
// tells where a visit came from that is encoded or is another sign, a missing question
// mark, an encoded equals sign.
var (
	htmlAmpersand = regexp.MustCompile(`(?i)&(?:(?:amp|#0*38|#x0*26)(?:;|%3b))+`)
	htmlFirst     = regexp.MustCompile(`(?i)\?(?:(?:amp|#0*38|#x0*26)(?:;|%3b))+`)
	wrongBetween  = regexp.MustCompile(`(?i)(?:&amp|\\u0026|%26(?:amp(?:;|%3b)?)?|[;?|,]|%3b|%7c|%2c)(?:%20|[+ ])*` + sourceName + `(?:=|%3d)|%3f` + sourceName + `=`)
	wrongFirst    = regexp.MustCompile(`(?i)^([^?#]*?)(?:%3f|[&;])` + sourceName + `(?:=|%3d)`)
	wrongEquals   = regexp.MustCompile(`(?i)^` + sourceName + `%3d`)
)

// sourceName matches the name of a parameter that tells where a visit came from, perhaps
// with the index of a list.
var sourceName = `(utm_[a-z_]+|` + strings.Join(namesOfSource(), "|") + `)(?:\[\d*\]|%5b\d*%5d)?`

// namesOfSource returns the names of the parameters that tell where a visit came from,
// beside those that begin with utm_.
func namesOfSource() []string {
	var all []string
	for _, m := range marks {
		all = append(all, m.name)
	}
	for _, id := range conversion.ClickIDs {
		all = append(all, id.Name)
	}
	return all
}

// plainAmpersands returns an address with "&" for ampersands that were written for HTML.
func plainAmpersands(address string) string {
	return htmlFirst.ReplaceAllString(htmlAmpersand.ReplaceAllString(address, "&"), "?")
}

// sourceParameters reads the parameters of an address that tell where a visit
// came from, by lower-case name. They stand after "?", or after "#" on sites that
// keep their state there: "#utm_source=x", "#/page?utm_source=x". The first of a
// name that is not empty counts.
func sourceParameters(address string) map[string]string {
	address = wrongFirst.ReplaceAllString(plainAmpersands(address), "$1?$2=")
	address, fragment, _ := strings.Cut(address, "#")
	_, query, _ := strings.Cut(address, "?")
	if _, after, found := strings.Cut(fragment, "?"); found {
		fragment = after
	}
	told := map[string]string{}
	for _, parameter := range strings.Split(wrongBetween.ReplaceAllString(query+"&"+fragment, "&$1$2="), "&") {
		name, value, _ := strings.Cut(wrongEquals.ReplaceAllString(parameter, "$1="), "=")
		name, value = parameterName(name), parameterValue(value)
		if plainIDs.MatchString(name) {
			value = strings.TrimRight(value, "/") // that of a server which ends every address with it
		}
		if !tellsSource(name) || told[name] != "" {
			continue
		}
		switch {
		case placeholder.Is(value):
		case !isClickID(name):
			told[name] = texts.First(value, maxWords)
		case isUsableClickID(name, value):
			told[name] = value
		}
	}
	return told
}

// plainIDs matches the names of click ids without a slash (docs/facts/visits.md).
var plainIDs = regexp.MustCompile(`(?:clid|clkid|braid)$`)

// listIndex matches the index of a parameter that is written as an item of a list.
var listIndex = regexp.MustCompile(`\[\d*\]$`)

// parameterName returns the name of a parameter in lower case.
func parameterName(given string) string {
	return listIndex.ReplaceAllString(strings.TrimSpace(strings.ToLower(decoded(given))), "")
}

// escaped matches a character as JavaScript's escape function writes it.
var escaped = regexp.MustCompile(`(?i)%u([0-9a-f]{4})`)

// parameterValue returns a parameter's value. One that was encoded twice is decoded
// twice, if that is a text.
func parameterValue(given string) string {
	value := decoded(given)
	value = escaped.ReplaceAllStringFunc(value, func(character string) string {
		code, _ := strconv.ParseUint(character[2:], 16, 16) // four hexadecimal digits
		return string(rune(code))
	})
	if again := decoded(strings.ReplaceAll(value, "+", "%2B")); utf8.ValidString(again) {
		value = again
	}
	value = texts.Clean(readable(value))
	if len(value) > 1 && strings.ContainsRune(`"'`, rune(value[0])) && value[0] == value[len(value)-1] {
		value = strings.TrimSpace(value[1 : len(value)-1])
	}
	return value
}

// readable encodes the bytes that are no UTF-8, as words in other encodings must
// not all look alike.
func readable(s string) string {
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 {
			fmt.Fprintf(&b, "%%%02X", s[0])
		} else {
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return b.String()
}
