package validate

import (
	"regexp"
	"strings"
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
