package salesforce

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"ringback/internal/settings"
)

// DefaultVersion is the version of the API, if an owner sets no other.
const DefaultVersion = "v66.0"

// Connection is how an org is reached.
type Connection struct {
	BaseURL      string // of the org's My Domain, such as https://example.my.salesforce.com
	Version      string // of the API, such as v66.0
	ClientID     string // the consumer key of the external client app
	ClientSecret string
	// RefreshToken is that of a person's sign-in. If it is empty, the client
	// credentials flow is used.
	RefreshToken string
	Tokens       settings.Tokens // nil if they are not kept
}

var versionPattern = regexp.MustCompile(`^v[0-9]{2,3}\.0$`)

// UsableVersion reports whether this is a version of the API that the client can use.
func UsableVersion(version string) bool { return versionPattern.MatchString(version) }

// UsableBase reports whether requests can be sent to this base URL. It accepts http,
// because an imitation within one's own network has no certificate.
func UsableBase(base string) bool {
	u, err := url.Parse(base)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil &&
		strings.Trim(u.Path, "/") == "" && u.RawQuery == "" && !u.ForceQuery && u.Fragment == ""
}

// key identifies the connection. It holds no secret.
func (c Connection) key() string {
	sum := sha256.Sum256([]byte(strings.Join([]string{c.BaseURL, c.Version, c.ClientID, c.ClientSecret, c.RefreshToken}, "\x00")))
	return hex.EncodeToString(sum[:])
}

func (c Connection) url(path string) string { return strings.TrimRight(c.BaseURL, "/") + path }

// Doer sends requests. Answers to it are bounded as outbound.WithMaxBody says.
type Doer interface {
	Do(*http.Request) (*http.Response, error)
}

// hider is a Doer that records what it sends. It is told the tokens, so that it
// records none.
type hider interface {
	Hide(secrets ...string)
}

func hide(d Doer, tokens settings.TokenSet) {
	h, ok := d.(hider)
	if !ok {
		return
	}
	h.Hide(tokens.Values[accessToken], tokens.Values[refreshToken])
}
