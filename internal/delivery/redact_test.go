package delivery_test

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/internal/delivery"
)

func TestG8_RedactorRemovesEveryFormOfASecret(t *testing.T) {
	t.Parallel()
	const secret = `p+k&e y/"1`
	r := delivery.NewRedactor(map[string]string{"pkey": secret})
	asJSON, err := json.Marshal(secret)
	require.NoError(t, err)
	for name, text := range map[string]string{
		"as it is":        secret,
		"query":           url.QueryEscape(secret),
		"percent-encoded": strings.ReplaceAll(url.QueryEscape(secret), "+", "%20"),
		"path":            url.PathEscape(secret),
		"lower-case hex":  "p%2bk%26e+y%2f%221",
		"JSON":            strings.Trim(string(asJSON), `"`),
		"base64":          base64.StdEncoding.EncodeToString([]byte(secret)),
		"base64 for URLs": base64.RawURLEncoding.EncodeToString([]byte(secret)),
	} {
		require.Equal(t, "<[redacted]>", r.Text("<"+text+">"), name)
	}
	require.Equal(t, "nothing secret here", r.Text("nothing secret here"))
}

func TestG8_RedactorRemovesThePartsOfACredential(t *testing.T) {
	t.Parallel()
	r := delivery.NewRedactor(map[string]string{
		"signing_secret": "whsec_Zmlyc3Qtc2VjcmV0\nwhsec_c2Vjb25kLXNlY3JldA==",
		"headers":        "X-Key: abcdef-123456\nX-Env: a\nAuthorization: Bearer tok-987654",
	})
	require.Equal(t, "whsec_[redacted] and [redacted]", r.Text("whsec_Zmlyc3Qtc2VjcmV0 and c2Vjb25kLXNlY3JldA=="))
	require.Equal(t, "bad token [redacted], key [redacted]", r.Text("bad token tok-987654, key abcdef-123456"))
	require.Equal(t, "a plain answer", r.Text("a plain answer"), "short values do not destroy text")
	require.Equal(t, http.Header{"X-Env": {delivery.Redacted}, "X-Other": {"a"}},
		r.Header(http.Header{"X-Env": {"a"}, "X-Other": {"a"}}), "but the header itself is masked")
}

func TestG8_RedactorMasksSensitiveHeaders(t *testing.T) {
	t.Parallel()
	r := delivery.NewRedactor(nil)
	in := http.Header{
		"Authorization": {"Basic x"}, "Set-Cookie": {"a=b", "c=d"}, "Webhook-Signature": {"v1,x"},
		"X-Api-Key": {"x"}, "Content-Type": {"text/plain"},
	}
	require.Equal(t, http.Header{
		"Authorization": {delivery.Redacted}, "Set-Cookie": {delivery.Redacted, delivery.Redacted},
		"Webhook-Signature": {delivery.Redacted}, "X-Api-Key": {delivery.Redacted}, "Content-Type": {"text/plain"},
	}, r.Header(in))
	require.Equal(t, "Basic x", in.Get("Authorization"), "the request itself is not changed")
}

func TestG8_NoSecretSurvivesAnyText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		// Secrets and texts use separate alphabets, so that a rest of a secret is recognizable.
		secrets := rapid.SliceOfN(rapid.StringMatching(`[A-Z&%+ "]{2,12}[A-Z]`), 1, 4).Draw(t, "secrets")
		credentials := map[string]string{}
		var text strings.Builder
		for i, s := range secrets {
			credentials[string(rune('a'+i))] = s
			form := rapid.SampledFrom([]func(string) string{
				strings.TrimSpace, func(s string) string { return url.QueryEscape(strings.TrimSpace(s)) },
			}).Draw(t, "form")
			text.WriteString(form(s) + " . ")
		}
		clean := delivery.NewRedactor(credentials).Text(text.String())
		for _, s := range secrets {
			require.NotContains(t, clean, strings.TrimSpace(s))
			require.NotContains(t, clean, url.QueryEscape(strings.TrimSpace(s)))
		}
	})
}
