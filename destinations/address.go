package destinations

import (
	"net/url"
	"strings"

	"ringback/internal/settings"
)

// SentElsewhere names the credentials of one setup that another setup of the
// same integration would send to another scheme or host than before. They were
// given for the old address: whoever may change settings, but not read secrets,
// could otherwise have them sent to a host of their own (guarantee 8).
func (d Description) SentElsewhere(before, after settings.Values) []string {
	if !d.moved(before, after) {
		return nil
	}
	var names []string
	for _, f := range d.Credentials {
		if !f.Stays && before.Credential(f.Name) != "" {
			names = append(names, f.Name)
		}
	}
	return names
}

// moved reports whether an address has another scheme or host than before. Its
// path and query do not matter: they are with the same receiver.
func (d Description) moved(before, after settings.Values) bool {
	for _, f := range d.Options {
		if f.Address && originOf(d.Option(before, f.Name)) != originOf(d.Option(after, f.Name)) {
			return true
		}
	}
	return false
}

// originOf returns the scheme and host of an address; all of it where it is no URL.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return strings.ToLower(u.Scheme + "://" + u.Host)
}
