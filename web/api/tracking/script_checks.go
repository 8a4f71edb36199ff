package tracking

import (
	"cmp"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"ringback/forms"
	"ringback/internal/fault"
	"ringback/internal/limits"
	"ringback/models/websites"
	"ringback/visitorid"
	"ringback/web/internal/problem"
	"ringback/web/internal/validate"
)

// maxStorageName bounds the name of a local storage entry, in characters.
const maxStorageName = 200

// cookieName is a token of RFC 6265, section 4.1.1.
var cookieName = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,100}$")

// fieldMapping checks what the fields of forms are said to be.
func (c *checker) fieldMapping(path string, fields map[string]string) map[string]string {
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		value := fields[name]
		switch {
		case strings.TrimSpace(name) == "" || limits.Exceeds(name, limits.FieldName) || !limits.IsStorable(name):
			c.Add(path, fault.Expect("names_at_most").Counting(limits.FieldName))
		case value == "" || limits.Exceeds(value, limits.FieldName):
			c.Add(path+"."+problem.Short(name), fault.Expect("field_meaning").Counting(limits.FieldName).
				With("Choices", strings.Join([]string{forms.MappedPhone, forms.MappedEmail, forms.MappedName, forms.MappedNever}, ", ")))
		}
	}
	return fields
}

// visitorIDSources checks where third parties' ids are found, and fills in what is
// known of those that are only named.
func (c *checker) visitorIDSources(path string, given []visitorIDBody) []websites.VisitorIDSource {
	out := make([]websites.VisitorIDSource, 0, len(given))
	seen := map[string]bool{}
	for i, g := range given {
		item := validate.Item(path, i)
		source := websites.VisitorIDSource{System: g.System, Cookies: c.cookies(item, g.Cookies), Storage: c.storage(item, g.Storage)}
		named := len(g.Cookies) == 0 && len(g.Storage) == 0
		preset, known := visitorid.Find(g.System)
		switch {
		case !validate.Name.MatchString(g.System):
			c.Add(item+".system", fault.Expect("system_name"))
		case seen[g.System]:
			c.Add(item+".system", fault.Expect("system_once"))
		case named && !known:
			c.Add(item+".cookies", fault.Expect("places_of_id").With("Choices", strings.Join(presetNames(), ", ")))
		case named:
			source = presetSource(preset)
		}
		seen[g.System] = true
		out = append(out, source)
	}
	return out
}

func (c *checker) cookies(path string, names []string) []string {
	for i, name := range names {
		if !cookieName.MatchString(name) {
			c.Add(validate.Item(path+".cookies", i), fault.Expect("cookie_name"))
		}
	}
	return names
}

func (c *checker) storage(path string, names []string) []string {
	for i, name := range names {
		if name == "" || limits.Exceeds(name, maxStorageName) || strings.ContainsFunc(name, unicode.IsControl) {
			c.Add(validate.Item(path+".storage", i), fault.Expect("storage_name").Counting(maxStorageName))
		}
	}
	return names
}

// origins checks origins and writes them as browsers do: in lower case, without the usual port.
func (c *checker) origins(path string, given []string) []string {
	out := make([]string, 0, len(given))
	for i, text := range given {
		origin, ok := originOf(text)
		switch {
		case !ok:
			c.Add(validate.Item(path, i), fault.Expect("origin"))
		case !slices.Contains(out, origin):
			out = append(out, origin)
		}
	}
	return out
}

// originOf reads an origin as an owner writes it.
func originOf(text string) (string, bool) {
	u, err := url.Parse(strings.ToLower(strings.TrimSpace(text)))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return "", false
	}
	host := validate.Hosts([]string{u.Hostname()})[0]
	if !validate.IsHostName(host) {
		return "", false
	}
	if u.User != nil || u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" {
		return "", false
	}
	port := u.Port()
	if port != "" && port != usualPort(u.Scheme) {
		host += ":" + port
	}
	n, err := strconv.Atoi(cmp.Or(port, usualPort(u.Scheme)))
	return u.Scheme + "://" + host, err == nil && n > 0 && n <= 65535
}

func usualPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// hosts checks host names.
func (c *checker) hosts(path string, given []string) []string {
	hosts := validate.Hosts(given)
	for i, host := range hosts {
		if !validate.IsHostName(host) {
			c.Add(validate.Item(path, i), fault.Expect("host_name"))
		}
	}
	return hosts
}
