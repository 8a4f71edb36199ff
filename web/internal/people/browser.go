package people

import (
	"strings"

	"github.com/mileusna/useragent"
)

// BrowserOf returns the names of a browser and of its system by its user agent, such as
// "Firefox, Linux". It is empty if neither is known.
func BrowserOf(userAgent string) string {
	parsed := useragent.Parse(userAgent)
	var parts []string
	for _, part := range []string{parsed.Name, parsed.OS} {
		if part != "" {
			parts = append(parts, part)
		}
	}
	return strings.Join(parts, ", ")
}
