package visits

import (
	"slices"
	"strings"

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
	return strings.HasPrefix(strings.ToLower(name), "utm_") || isClickID(name)
}

// sourceParameters reads the parameters of an address that tell where a visit
// came from, by lower-case name. They stand after "?", or after "#" on sites that
// keep their state there: "#utm_source=x", "#/page?utm_source=x". The first of a
// name that is not empty counts.
func sourceParameters(address string) map[string]string {
	address, fragment, _ := strings.Cut(address, "#")
	_, query, _ := strings.Cut(address, "?")
	if _, after, found := strings.Cut(fragment, "?"); found {
		fragment = after
	}
	told := map[string]string{}
	for _, parameter := range strings.Split(query+"&"+fragment, "&") {
		name, value, _ := strings.Cut(parameter, "=")
		name, value = strings.ToLower(decoded(name)), texts.Clean(decoded(value))
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
