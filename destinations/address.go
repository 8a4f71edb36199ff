package destinations

import (
	"net/url"
	"strings"

	"ringback/internal/settings"
)

// SentElsewhere returns the names of the credentials in before that would go to
// another scheme, host or path with the settings in after. They were entered for the old
// address. Without this check, a user who may change settings but not read secrets
// could send them to a host of their own (G8).
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

// moved reports whether an address has changed its scheme, host or path. At a host with
// many customers, another path may be somebody else's. The query does not matter.
func (d Description) moved(before, after settings.Values) bool {
	for _, f := range d.Options {
		if f.Address && receiverOf(d.Option(before, f.Name)) != receiverOf(d.Option(after, f.Name)) {
			return true
		}
	}
	return false
}

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

// receiverOf returns the scheme, host and path of an address, or the whole address if it
// is not a URL.
func receiverOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return strings.ToLower(u.Scheme+"://"+u.Host) + strings.TrimSuffix(u.EscapedPath(), "/")
}
