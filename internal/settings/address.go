package settings

import (
	"net/url"
	"strings"
)

// SentElsewhere returns the names of the credentials in before that would go to
// another scheme, host or path with the settings in after. They were entered for the old
// address. Without this check, a user who may change settings but not read secrets
// could send them to a host of their own (G8).
func (f Form) SentElsewhere(before, after Values) []string {
	if !f.moved(before, after) {
		return nil
	}
	var names []string
	for _, field := range f.Credentials {
		if !field.Stays && before.Credential(field.Name) != "" {
			names = append(names, field.Name)
		}
	}
	return names
}

// moved reports whether an address has changed its scheme, host or path. At a host with
// many customers, another path may be somebody else's. The query does not matter.
func (f Form) moved(before, after Values) bool {
	for _, field := range f.Options {
		if field.Address && receiverOf(f.Option(before, field.Name)) != receiverOf(f.Option(after, field.Name)) {
			return true
		}
	}
	return false
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

// Host returns the host and port that requests with these settings go to, in lower
// case. It is empty if there is no address among the options.
func (f Form) Host(v Values) string {
	for _, option := range f.Options {
		if !option.Address {
			continue
		}
		if u, err := url.Parse(f.Option(v, option.Name)); err == nil {
			return strings.ToLower(u.Host)
		}
	}
	return ""
}
