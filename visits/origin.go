package visits

import (
	"net/url"
	"slices"
	"strings"
)

// IsOriginOf reports whether the pages of an origin belong to a site: its host is
// one of the site's domains or below one, or the origin is one of the site's others.
func IsOriginOf(origin string, domains, others []string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Scheme+"://"+u.Host != origin {
		return false
	}
	return HostIn(u.Host, domains) || slices.Contains(others, strings.ToLower(origin))
}
