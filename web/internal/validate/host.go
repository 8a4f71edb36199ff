package validate

import (
	"regexp"
	"strings"

	"golang.org/x/net/idna"
)

var hostName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// IsHostName reports whether a text is a host name in lower case, without scheme, port
// or path.
func IsHostName(text string) bool { return hostName.MatchString(text) }

// Lower returns the words in lower case, without the spaces around them.
func Lower(words []string) []string {
	out := make([]string, 0, len(words))
	for _, w := range words {
		out = append(out, strings.ToLower(strings.TrimSpace(w)))
	}
	return out
}

// Hosts returns host names in the form that browsers send: in lower case, without
// the spaces around them, and with the letters of other scripts encoded (пример.рф
// is xn--e1afmkfd.xn--p1ai). What cannot be encoded stays, and is no host name.
func Hosts(names []string) []string {
	hosts := Lower(names)
	for i, host := range hosts {
		if ascii, err := idna.Lookup.ToASCII(host); err == nil && !IsHostName(host) {
			hosts[i] = ascii
		}
	}
	return hosts
}
