package delivery

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// Redacted replaces a secret.
const Redacted = "[redacted]"

// minPart is the least length of a part of a credential that is redacted by itself.
// Redacting shorter ones ("v1", "Basic") would destroy ordinary text.
const minPart = 6

// sensitiveNames are parts of the names of headers whose values are always secrets.
var sensitiveNames = []string{"authorization", "cookie", "signature", "token", "secret", "api-key", "apikey", "password"}

// Redactor removes the secrets of one integration from what is stored or printed
// about an attempt (G8). It is safe for concurrent use, except while secrets are added.
type Redactor struct {
	replacer *strings.Replacer
	learned  *strings.Replacer // of secrets that became known during the attempt; nil if there are none
	pairs    []string          // of learned
	headers  map[string]bool   // canonical names set by the credentials themselves
}

// NewRedactor returns a redactor of the credentials. It removes each credential, its
// lines and its words, also in the forms that a request or an answer may contain:
// percent-encoded, base64 and JSON text. A line "Name: value" is a header, whose
// value is masked by the name too.
func NewRedactor(credentials map[string]string) *Redactor {
	r := &Redactor{headers: map[string]bool{}}
	var secrets []string
	for _, credential := range credentials {
		if credential = strings.TrimSpace(credential); credential == "" {
			continue
		}
		secrets = append(secrets, forms(credential)...)
		for part := range r.parts(credential) {
			secrets = append(secrets, forms(part)...)
		}
	}
	// The longest come first, so that no part of a longer secret is left.
	slices.SortFunc(secrets, func(a, b string) int {
		return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b))
	})
	var pairs []string
	for _, s := range slices.Compact(secrets) {
		pairs = append(pairs, s, Redacted)
	}
	r.replacer = strings.NewReplacer(pairs...)
	return r
}

// parts yields the secrets that a credential consists of, and records the headers that
// it sets.
func (r *Redactor) parts(credential string) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for line := range strings.Lines(credential) {
			candidates := append(strings.Fields(line), strings.TrimSpace(line))
			if name, value, isHeader := strings.Cut(line, ":"); isHeader {
				r.headers[http.CanonicalHeaderKey(strings.TrimSpace(name))] = true
				candidates = append(strings.Fields(value), strings.TrimSpace(value))
			}
			for _, part := range candidates {
				part = strings.TrimPrefix(part, "whsec_")
				if len(part) >= minPart && !yield(part) {
					return
				}
			}
		}
	}
}

// forms returns the forms in which a secret may appear.
func forms(secret string) []string {
	query, path := url.QueryEscape(secret), url.PathEscape(secret)
	asJSON, _ := json.Marshal(secret) // a string always marshals
	all := []string{
		secret, query, path, strings.ReplaceAll(query, "+", "%20"),
		lowerHex(query), lowerHex(path),
		strings.Trim(string(asJSON), `"`),
	}
	if len(secret) >= minPart {
		raw := []byte(secret)
		all = append(all, base64.StdEncoding.EncodeToString(raw), base64.RawStdEncoding.EncodeToString(raw),
			base64.URLEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw))
	}
	return all
}

// lowerHex writes percent-encoded bytes as %3a, as some servers do.
func lowerHex(escaped string) string {
	b := []byte(escaped)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:i+3], strings.ToLower(string(b[i+1:i+3])))
		}
	}
	return string(b)
}

// Add adds secrets that became known during the attempt, such as an access token.
func (r *Redactor) Add(secrets ...string) {
	for _, secret := range secrets {
		if len(secret) < minPart {
			continue
		}
		for _, form := range forms(secret) {
			r.pairs = append(r.pairs, form, Redacted)
		}
	}
	r.learned = strings.NewReplacer(r.pairs...)
}

// issued matches the tokens in the answer of a login server (RFC 6749 section 5.1),
// which nobody knows before it is read.
var issued = regexp.MustCompile(`("(?:access_token|refresh_token|id_token|signature)"\s*:\s*")(?:[^"\\]|\\.)*"?`)

// Text returns the text without the secrets.
func (r *Redactor) Text(text string) string {
	text = issued.ReplaceAllString(r.replacer.Replace(text), "${1}"+Redacted+`"`)
	if r.learned != nil {
		text = r.learned.Replace(text)
	}
	return text
}

// Header returns a copy of the headers without the secrets, and with the values
// of sensitive ones (Authorization, Set-Cookie, any signature or token, those
// that the credentials set) masked whole.
func (r *Redactor) Header(header http.Header) http.Header {
	clean := make(http.Header, len(header))
	for name, values := range header {
		masked := make([]string, len(values))
		for i, value := range values {
			masked[i] = r.Text(value)
			if r.sensitive(name) {
				masked[i] = Redacted
			}
		}
		clean[name] = masked
	}
	return clean
}

func (r *Redactor) sensitive(name string) bool {
	if r.headers[http.CanonicalHeaderKey(name)] {
		return true
	}
	lower := strings.ToLower(name)
	return slices.ContainsFunc(sensitiveNames, func(part string) bool { return strings.Contains(lower, part) })
}
