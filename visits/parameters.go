package visits

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"ringback/conversion"
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

// tellsSource reports whether a parameter tells where a visit came from.
func tellsSource(name string) bool {
	name = strings.ToLower(name)
	return strings.HasPrefix(name, "utm_") || slices.Contains(googleMarks, name) || isClickID(name)
}

// googleMarks are the parameters by which Google marks visits without identifying
// the click: those of ads, then that of free listings (docs/facts/visits.md).
var googleMarks = []string{"gad_source", "gad_campaignid", "srsltid"}

// unnamedGoogle returns the source and medium of a visit that only these parameters mark.
func unnamedGoogle(told map[string]string) (source, medium string) {
	switch {
	case told["gad_source"]+told["gad_campaignid"] != "":
		return "google", "cpc"
	case told["srsltid"] != "":
		return "google", "organic"
	default:
		return "", ""
	}
}

// The mistakes in addresses with parameters: an ampersand that was written for HTML,
// once or several times, at the beginning too; and a separator before a utm_
// parameter that is encoded, is a semicolon or is a second question mark.
var (
	htmlAmpersand = regexp.MustCompile(`(?i)&(?:(?:amp|#0*38|#x0*26)(?:;|%3b))+`)
	htmlFirst     = regexp.MustCompile(`(?i)\?(?:(?:amp|#0*38|#x0*26)(?:;|%3b))+`)
	wrongBetween  = regexp.MustCompile(`(?i)(?:%26(?:amp(?:;|%3b))?|;|\?)(utm_[a-z_]+(?:\[\]|%5b%5d)?=)`)
	wrongFirst    = regexp.MustCompile(`(?i)^([^?#]*)%3f(utm_[a-z_]+(?:\[\]|%5b%5d)?=)`)
)

// plainAmpersands returns an address with "&" for ampersands that were written for HTML.
func plainAmpersands(address string) string {
	return htmlFirst.ReplaceAllString(htmlAmpersand.ReplaceAllString(address, "&"), "?")
}

// sourceParameters reads the parameters of an address that tell where a visit
// came from, by lower-case name. They stand after "?", or after "#" on sites that
// keep their state there: "#utm_source=x", "#/page?utm_source=x". The first of a
// name that is not empty counts.
func sourceParameters(address string) map[string]string {
	address = wrongFirst.ReplaceAllString(plainAmpersands(address), "$1?$2")
	address, fragment, _ := strings.Cut(address, "#")
	_, query, _ := strings.Cut(address, "?")
	if _, after, found := strings.Cut(fragment, "?"); found {
		fragment = after
	}
	told := map[string]string{}
	for _, parameter := range strings.Split(wrongBetween.ReplaceAllString(query+"&"+fragment, "&$1"), "&") {
		name, value, _ := strings.Cut(parameter, "=")
		name, value = strings.TrimSuffix(strings.ToLower(decoded(name)), "[]"), texts.Clean(readable(decoded(value)))
		if !tellsSource(name) || told[name] != "" {
			continue
		}
		if !isClickID(name) {
			told[name] = texts.First(value, maxWords)
		} else if texts.First(value, maxClickID) == value {
			told[name] = value
		}
	}
	return told
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
