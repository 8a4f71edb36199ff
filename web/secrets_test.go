package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestG8_SecretsNeverComeBack asks everything that can be asked, right and
// wrong, and looks for secrets in every answer and in the log.
func TestG8_SecretsNeverComeBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	secrets := []string{sampleKey, sampleHash, sampleSigningKey, adminToken}
	for _, role := range []string{"admin", "editor", "viewer", "intake", "stranger"} {
		secrets = append(secrets, w.tokens[role])
	}
	clean := func(what, text string) {
		for _, secret := range secrets {
			require.NotContains(t, text, secret, what)
		}
	}
	for operation, least := range leastRole {
		method, path, _ := strings.Cut(operation, " ")
		if method == http.MethodDelete {
			continue
		}
		clean(operation, w.do(method, w.concrete(path), adminToken, least.body).Body.String())
		clean(operation+" of nobody", w.do(method, unknown(path), adminToken, least.body).Body.String())
	}
	for _, body := range []string{
		`{"credentials":{"pkey":["` + sampleKey + `"]}}`, `{"credentials":"` + sampleKey + `"}`, `{"credentials":{"tagging_hash":"!` + sampleHash + `"}}`,
		`{"credentials":{"other":"` + sampleKey + `"}}`, `{"name":{"a":"` + sampleKey + `"}}`, `{"enabled":"` + sampleKey + `"}`, `{"credentials":{"pkey":"` + sampleKey,
		`{"options":{"base_url":"https://user:` + sampleKey + `@x y"}}`, `"` + sampleKey + `"`,
	} {
		answer := w.do("PATCH", "/sites/{site}/integrations/{integration}", adminToken, body)
		require.GreaterOrEqual(t, answer.Code, 400, body)
		clean(body, answer.Body.String())
	}
	w.do("GET", "//root/login?token="+sampleKey, "", "")
	w.do("POST", strings.Replace("//root"+w.names["hook"], "https://ringback.example.com", "", 1), "", `{"key":"`+sampleSigningKey+`"}`)
	clean("log", w.log.String())
	require.NotContains(t, w.log.String(), w.names["hook"][len("https://ringback.example.com/hooks/callrail/"):], "the webhook's address is a secret too")
	require.NotContains(t, w.log.String(), "+12025550123", "no personal data in the log")
}

func TestTokensAreShownOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Regexp(t, `^rbk_[0-9a-z]{26}_[A-Za-z0-9_-]{43}$`, w.tokens["viewer"])
	require.NotContains(t, w.do("GET", "/tokens", adminToken, "").Body.String(), "rbk_")
}
