package visits

import (
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/idna"

	"ringback/internal/names"
)

const (
	maxURL  = 2048 // the most bytes of an address that are kept
	maxHost = 300  // of a host name with its port
)

// CleanURL returns a page's address as it may be kept: of http or https, without
// user and password, without the fragment, without parameters that tell secrets
// or people by their name or by holding an "@", and of at most 2048 bytes, cut at
// a parameter or a part of the path. It is empty when the text is no such address.
// utm_... parameters and click ids stay.
func CleanURL(raw string) string {
	u, err := url.Parse(wholeEscapes(plainAmpersands(strings.TrimSpace(raw))))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || len(u.Host) > maxHost {
		return ""
	}
	host := (&url.URL{Host: u.Host}).String() // "//www.example.com"
	page := u.Scheme + ":" + strings.ToLower(host) + cleanPath(u.EscapedPath())
	if len(page) > maxURL {
		page = page[:strings.LastIndexByte(page[:maxURL], '/')+1]
	}
	return withParameters(page, u.RawQuery)
}

// wholeEscapes leaves out the beginning of an escape at the end of an address:
// the script cuts long ones wherever they are too long.
func wholeEscapes(address string) string {
	if at := strings.LastIndexByte(address, '%'); at >= 0 && at > len(address)-3 {
		return address[:at]
	}
	return address
}

// cleanPath leaves out parameters within a path, such as ";jsessionid=...".
func cleanPath(path string) string {
	parts := strings.Split(path, "/")
	for i, part := range parts {
		parts[i], _, _ = strings.Cut(part, ";")
	}
	return strings.Join(parts, "/")
}

// withParameters puts those parameters to the page's address that may be kept,
// in their order, as long as they fit.
func withParameters(page, query string) string {
	separator := "?"
	for _, parameter := range strings.Split(query, "&") {
		if parameter == "" || tellsTooMuch(parameter) {
			continue
		}
		longer := page + separator + printable(parameter)
		if len(longer) > maxURL {
			break
		}
		page, separator = longer, "&"
	}
	return page
}

// privateWords are those by which parameters of addresses name secrets and
// people, beside names.Secret. What they stand for is never needed to tell where
// a visit came from.
var privateWords = []string{
	"code", "key", "hash", "email", "mail", "phone", "telephone", "tel", "mobile", "login", "user", "username",
	"firstname", "lastname", "surname", "fullname", "birthday", "dob", "address", "iban", "card", "ssn",
}

// privateParts are such words inside longer ones, as in "useremail".
var privateParts = []string{"email", "phone"}

// tellsTooMuch reports whether a parameter, as it stands in an address, holds a
// secret or tells who the visitor is.
func tellsTooMuch(parameter string) bool {
	name, value, _ := strings.Cut(parameter, "=")
	name, value = decoded(name), decoded(value)
	switch {
	case strings.Contains(value, "@"), strings.Contains(decoded(value), "@"): // encoded twice
		return true
	case tellsSource(name):
		return false
	case names.Secret(name):
		return true
	}
	return slices.ContainsFunc(names.Words(name), func(word string) bool {
		return slices.Contains(privateWords, word) ||
			slices.ContainsFunc(privateParts, func(part string) bool { return strings.Contains(word, part) })
	})
}

// decoded takes the percent-encoding off. A percent sign that encodes nothing stays.
func decoded(s string) string {
	s = strings.ReplaceAll(s, "+", " ")
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if c, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b.WriteByte(byte(c))
				i += 2
				continue
			}
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// printable encodes what must not stand in an address as it is.
func printable(parameter string) string {
	var b strings.Builder
	for _, c := range []byte(parameter) {
		if c <= ' ' || c >= 0x7f {
			fmt.Fprintf(&b, "%%%02X", c)
		} else {
			b.WriteByte(c)
		}
	}
	return b.String()
}

// HostIn reports whether a host name, with or without a port, is one of these
// domains, or below one.
func HostIn(host string, domains []string) bool {
	host = hostName(host)
	return host != "" && slices.ContainsFunc(domains, func(domain string) bool {
		domain = hostName(domain)
		return domain != "" && (host == domain || strings.HasSuffix(host, "."+domain))
	})
}

// hostName returns a host name in lower case, without port and final dot, in the form
// that browsers send: with the letters of other scripts encoded.
func hostName(host string) string {
	u := url.URL{Host: strings.TrimSpace(host)}
	name := strings.ToLower(strings.TrimSuffix(u.Hostname(), "."))
	if ascii, err := idna.Lookup.ToASCII(name); err == nil {
		return ascii
	}
	return name
}

// withoutWWW returns a host name in lower case, without "www.".
func withoutWWW(host string) string { return strings.TrimPrefix(hostName(host), "www.") }
