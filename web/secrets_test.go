package web_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestG8_SecretsNeverComeBack sends every request that there is, valid and
// invalid, and searches every answer and the log for secrets.
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

// People who may change settings must not be able to read secrets by having them sent to their own address.
func TestG8_AnotherAddressWantsItsCredentialsAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const path = "/sites/{site}/integrations/{integration}"
	const own = "https://own.example.net"
	w.names["webhook"] = w.must("POST", "/sites/{site}/integrations", `{"type":"webhook","name":"A","options":{"url":"https://receiver.example.com/a"},
		"credentials":{"signing_secret":"whsec_c2FtcGxlc2FtcGxlc2FtcGxlc2FtcGxl","headers":"Authorization: Bearer sample"}}`)["id"].(string)
	const webhook = "/sites/{site}/integrations/{webhook}"
	again := []string{`"field":"credentials.pkey"`, `"field":"credentials.tagging_hash"`, "given again", "a new address"}
	w.run(t, []scenario{
		{name: "another host", method: "PATCH", path: path, as: "editor", body: `{"options":{"base_url":"` + own + `"}}`, status: 422, holds: again},
		{name: "another scheme", method: "PATCH", path: path, as: "editor", body: `{"options":{"base_url":"http://omni.creativecdn.com"}}`, status: 422, holds: again},
		{name: "a mask is not the secret", method: "PATCH", path: path, as: "editor", body: `{"options":{"base_url":"` + own + `"},"credentials":{"pkey":"********","tagging_hash":"********"}}`, status: 422, holds: again},
		{name: "one of two", method: "PATCH", path: path, as: "editor", body: `{"options":{"base_url":"` + own + `"},"credentials":{"pkey":"other"}}`, status: 422, holds: again[1:], lacks: again[:1]},
		{name: "nothing was sent there", method: "POST", path: path + "/test", as: "editor", body: `{}`, status: 200, holds: []string{"omni.creativecdn.com"}, lacks: []string{own}},
		{name: "with both", method: "PATCH", path: path, as: "editor", body: `{"options":{"base_url":"` + own + `"},"credentials":{"pkey":"other","tagging_hash":"` + sampleHash + `"}}`, status: 200, holds: []string{own}},
		{name: "back to the default", method: "PATCH", path: path, as: "editor", body: `{"options":{"base_url":null}}`, status: 422, holds: again},
		{name: "headers travel, the signing secret does not", method: "PATCH", path: webhook, as: "editor", body: `{"options":{"url":"` + own + `"}}`, status: 422, holds: []string{`"field":"credentials.headers"`}, lacks: []string{"signing_secret"}},
		{name: "another path may be another customer's", method: "PATCH", path: webhook, as: "editor", body: `{"options":{"url":"https://receiver.example.com/b"}}`, status: 422, holds: []string{`"field":"credentials.headers"`}},
		{name: "another query", method: "PATCH", path: webhook, as: "editor", body: `{"options":{"url":"https://receiver.example.com/a?b=c"}}`, status: 200},
		{name: "without the headers", method: "PATCH", path: webhook, as: "editor", body: `{"options":{"url":"` + own + `"},"credentials":{"headers":null}}`, status: 200, holds: []string{own}, lacks: []string{`"headers"`}},
	})
}

func TestCredentialsThatNoKeyOpensAreShownWithWhatToDo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.handler = w.withOtherKeys()
	const integration, source = "/sites/{site}/integrations/{integration}", "/sites/{site}/sources/callrail"
	wrong := []string{`"credentials_unreadable":true`, `"credentials":{}`, `"problem_code":"credentials_unreadable"`, "set them again"}
	w.run(t, []scenario{
		{name: "the integration", method: "GET", path: integration, status: 200, holds: wrong},
		{name: "the source", method: "GET", path: source, status: 200, holds: wrong},
		{name: "what waits for its decision", method: "GET", path: "/conversions/{conversion}", status: 200, holds: []string{`"problem_code":"credentials_unreadable"`, `"problem":"its credentials cannot be read`}},
	})
	require.Contains(t, w.browse("/conversions/{conversion}", adminToken).Body.String(), "set them again")
	w.run(t, []scenario{
		{name: "set again", method: "PATCH", path: integration, body: `{"credentials":{"pkey":"other","tagging_hash":"` + sampleHash + `"}}`, status: 200, holds: []string{`"pkey":"********"`}, lacks: []string{"unreadable", "problem"}},
		{name: "the source, set again", method: "PUT", path: source, body: sampleSource, status: 200, lacks: []string{"unreadable", "problem"}},
	})
	require.NotContains(t, w.browse("/conversions/{conversion}", adminToken).Body.String(), "set them again")
}
