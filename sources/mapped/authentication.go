package mapped

import (
	"crypto/hmac"
	"crypto/sha1" // providers sign with HMAC-SHA1, which is safe although SHA-1 has collisions
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"hash"
	"regexp"
	"slices"
	"strings"

	"ringback/internal/fault"
	"ringback/internal/settings"
	"ringback/sources"
)

const secretsCredential = "secrets"

// The values of the option authentication.
const (
	byParameter = "parameter"
	byHeader    = "header"
	byHMAC      = "hmac"
)

// The lengths of secrets: of one that is sent, and of a key that only signs.
const (
	shortestSecret = 16
	shortestKey    = 8
)

var authenticationOptions = []settings.Field{
	{Name: "authentication", Default: byParameter, Choices: []string{byParameter, byHeader, byHMAC}},
	{Name: "authentication_name"},
	{Name: "hmac_algorithm", Default: "sha256", Choices: []string{"sha1", "sha256", "sha512"}},
	{Name: "hmac_encoding", Default: "hex", Choices: []string{"hex", "base64"}},
	{Name: "hmac_prefix"},
	{Name: "signed_content", Default: "{body}"},
}

var hashes = map[string]func() hash.Hash{"sha1": sha1.New, "sha256": sha256.New, "sha512": sha512.New}

// authenticationName returns the parameter or header that shows who sent a message.
func authenticationName(form settings.Form, v settings.Values) string {
	if name := form.Option(v, "authentication_name"); name != "" {
		return name
	}
	switch form.Option(v, "authentication") {
	case byHeader:
		return "Authorization"
	case byHMAC:
		return "X-Signature"
	default:
		return "secret"
	}
}

// parameterName is what a name of a parameter or header may look like.
var parameterName = regexp.MustCompile(`^[A-Za-z0-9_.~-]{1,64}$`)

// checkAuthentication returns what is wrong with the options and secrets beyond the
// choices of the form.
func checkAuthentication(form settings.Form, v settings.Values) []fault.Field {
	var wrong []fault.Field
	if !parameterName.MatchString(authenticationName(form, v)) {
		wrong = append(wrong, fault.Field{Path: "options.authentication_name", Expected: fault.Expect("parameter_name")})
	}
	if content := form.Option(v, "signed_content"); !strings.Contains(content, "{body}") && !strings.Contains(content, "{url}") {
		wrong = append(wrong, fault.Field{Path: "options.signed_content", Expected: fault.Expect("signed_content")})
	}
	shortest, expected := shortestSecret, fault.Expect("secrets_at_least").Counting(shortestSecret)
	if form.Option(v, "authentication") == byHMAC {
		shortest, expected = shortestKey, fault.Expect("keys_at_least").Counting(shortestKey)
	}
	if slices.ContainsFunc(sources.Secrets(v.Credentials[secretsCredential]), func(secret string) bool { return len(secret) < shortest }) {
		wrong = append(wrong, fault.Field{Path: "credentials." + secretsCredential, Expected: expected})
	}
	return wrong
}

// AddressSecrets implements sources.SecretsInAddress.
func (s *Source) AddressSecrets(set sources.Settings) []string {
	form := s.Describe().Form
	if form.Option(set.Values, "authentication") != byParameter {
		return nil
	}
	return []string{authenticationName(form, set.Values)}
}

// Verify implements sources.Source.
func (s *Source) Verify(r sources.Request, set sources.Settings) error {
	secrets := sources.Secrets(set.Credentials[secretsCredential])
	if len(secrets) == 0 {
		return fault.New(fault.Unauthenticated, "no_credentials").With("Setting", "secrets")
	}
	form := s.Describe().Form
	name := authenticationName(form, set.Values)
	wrong := fault.New(fault.Unauthenticated, "secret_not_in_header").With("Name", name)
	var right bool
	switch form.Option(set.Values, "authentication") {
	case byParameter:
		wrong = fault.New(fault.Unauthenticated, "secret_not_in_parameter").With("Name", name)
		right = sources.IsAny(secrets, r.URL.Query().Get(name))
	case byHeader:
		right = headerHolds(r, name, secrets)
	default:
		right = signedBy(form, r, set, name, secrets)
	}
	if !right {
		return wrong
	}
	return nil
}

// headerHolds reports whether a header is one of the secrets, alone, after Bearer, or as
// the password of Basic.
func headerHolds(r sources.Request, name string, secrets []string) bool {
	given := strings.TrimSpace(r.Header.Get(name))
	scheme, rest, _ := strings.Cut(given, " ")
	switch strings.ToLower(scheme) {
	case "bearer":
		given = strings.TrimSpace(rest)
	case "basic":
		decoded, err := base64.StdEncoding.DecodeString(strings.TrimSpace(rest))
		if err != nil {
			return false
		}
		_, given, _ = strings.Cut(string(decoded), ":")
	}
	return sources.IsAny(secrets, given)
}

// signedBy reports whether a header is the signature of the message with one of the keys.
func signedBy(form settings.Form, r sources.Request, set sources.Settings, name string, keys []string) bool {
	given, err := decodeSignature(form, set.Values, r.Header.Get(name))
	if err != nil || len(given) == 0 {
		return false
	}
	content := signedContent(form.Option(set.Values, "signed_content"), r)
	return slices.ContainsFunc(keys, func(key string) bool {
		mac := hmac.New(hashes[form.Option(set.Values, "hmac_algorithm")], []byte(key))
		mac.Write(content)
		return hmac.Equal(mac.Sum(nil), given)
	})
}

func decodeSignature(form settings.Form, v settings.Values, given string) ([]byte, error) {
	given = strings.TrimPrefix(strings.TrimSpace(given), form.Option(v, "hmac_prefix"))
	if form.Option(v, "hmac_encoding") == "base64" {
		return base64.StdEncoding.DecodeString(given)
	}
	return hex.DecodeString(given)
}

// placeholders are what signed_content may hold.
var placeholders = regexp.MustCompile(`\{(?:body|url|header:[A-Za-z0-9_.~-]+)\}`)

func signedContent(template string, r sources.Request) []byte {
	return placeholders.ReplaceAllFunc([]byte(template), func(found []byte) []byte {
		switch name := strings.Trim(string(found), "{}"); name {
		case "body":
			return r.Body
		case "url":
			return []byte(r.URL.String())
		default:
			return []byte(r.Header.Get(strings.TrimPrefix(name, "header:")))
		}
	})
}
