package destinations

import (
	"net/url"
	"strings"

	"ringback/internal/settings"
)

// Host returns the host and port that requests with these settings go to, in lower
// case. It is empty if the destination has no address among its options.
func (d Description) Host(v settings.Values) string {
	for _, f := range d.Options {
		if !f.Address {
			continue
		}
		if u, err := url.Parse(d.Option(v, f.Name)); err == nil {
			return strings.ToLower(u.Host)
		}
	}
	return ""
}
