package web_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/web"
)

// A token that was found in a page or a phone system must not be able to exhaust the
// service (G6).
func TestG6_ATokenSendsSoManyRequests(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.patchLimits(t, `{"requests_per_token":2}`)
	lead := func(token string, i int) int {
		return w.do("POST", "/sites/{site}/leads", token, fmt.Sprintf(`{"external_id":"lead-%s-%d","email":"visitor@example.com"}`, token[4:10], i)).Code
	}
	for i := range 20 {
		require.Equal(t, http.StatusAccepted, lead(w.tokens["intake"], i), "a burst is accepted")
	}
	over := w.do("POST", "/sites/{site}/leads", w.tokens["intake"], sampleLead)
	require.Equal(t, http.StatusTooManyRequests, over.Code)
	require.Equal(t, "1", over.Header().Get("Retry-After"))
	require.Equal(t, http.StatusAccepted, lead(w.tokens["editor"], 0), "other tokens go on")
	for i := range 50 {
		require.Equal(t, http.StatusAccepted, lead(adminToken, i), "the operator has no limit")
	}
	w.clock.Advance(time.Second)
	require.Equal(t, http.StatusAccepted, lead(w.tokens["intake"], 30))
}

func TestG6_AnAddressTriesSoManyUnknownTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as(func(o *web.Options) { o.FailedTokens = 10 })
	require.Equal(t, 200, w.do("GET", "/sites", w.tokens["viewer"], "").Code)
	unknown := func(i int) string { return fmt.Sprintf("rbk_%026d_%s", i, strings.Repeat("x", 43)) }
	for i := range 10 {
		require.Equal(t, http.StatusUnauthorized, w.do("GET", "/sites", unknown(i), "").Code)
	}
	require.Equal(t, http.StatusTooManyRequests, w.do("GET", "/sites", unknown(11), "").Code)
	require.Equal(t, http.StatusTooManyRequests, w.do("GET", "/sites", "wrong", "").Code)
	require.NotEqual(t, http.StatusUnauthorized, w.signIn(unknown(12), "/").Code, "signing in is limited likewise")
	require.Equal(t, 200, w.do("GET", "/sites", w.tokens["viewer"], "").Code, "a known token of the same address goes on")
	require.Equal(t, 200, w.do("GET", "/sites", adminToken, "").Code)
	w.clock.Advance(time.Minute)
	require.Equal(t, http.StatusUnauthorized, w.do("GET", "/sites", unknown(13), "").Code)
}

// patchLimits sets limits of the first account.
func (w *world) patchLimits(t *testing.T, limits string) string {
	t.Helper()
	answer := w.do("PATCH", "/accounts/acc_default/limits", adminToken, `{"limits":`+limits+`}`)
	require.Equal(t, http.StatusOK, answer.Code, answer.Body.String())
	w.clock.Advance(10 * time.Second) // until the limits that are held have expired
	return answer.Body.String()
}

func TestG6_TheOperatorSetsAnAccountsLimitsAndItsOwnerSeesThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := w.do("GET", "/limits", w.tokens["viewer"], "").Body.String()
	require.Contains(t, list, `{"name":"sites","own":false,"used":1}`)
	require.Contains(t, list, `"name":"integrations_per_site","own":false,"used":1,"site":"`+w.names["site"]+`"`)
	require.Contains(t, list, `"name":"sends_per_day","own":false,"used":0,"until":"2026-02-01T00:00:00Z"`)

	require.Contains(t, w.patchLimits(t, `{"sites":1,"requests_per_token":0.5}`), `{"name":"sites","limit":1,"own":true,"used":1}`)
	require.Equal(t, http.StatusConflict, w.do("POST", "/sites", w.tokens["editor"], `{"name":"Another"}`).Code)
	require.Equal(t, http.StatusCreated, w.do("POST", "/sites", w.tokens["stranger"], `{"name":"Another"}`).Code, "another account has its own")
	require.Contains(t, w.do("GET", "/limits", w.tokens["viewer"], "").Body.String(), `"limit":0.5`)
	require.Contains(t, w.patchLimits(t, `{"sites":null}`), `{"name":"sites","own":false,"used":1}`)
	for body, field := range map[string]string{
		`{"limits":{"sheep":1}}`: `limits.sheep`, `{"limits":{"sites":-1}}`: `limits.sites`, `{"limits":{"sites":0.5}}`: `limits.sites`, `{"limits":{"sends_per_day":1e10}}`: `limits.sends_per_day`,
	} {
		answer := w.do("PATCH", "/accounts/acc_default/limits", adminToken, body)
		require.Equal(t, http.StatusUnprocessableEntity, answer.Code, body)
		require.Contains(t, answer.Body.String(), field)
	}
	require.Equal(t, http.StatusForbidden, w.do("PATCH", "/accounts/acc_default/limits", w.tokens["admin"], `{"limits":{}}`).Code)
	require.Equal(t, http.StatusNotFound, w.do("PATCH", "/accounts/acc_none/limits", adminToken, `{"limits":{}}`).Code)
}

func TestG6_TestEventsCountAsSendsOfTheDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.patchLimits(t, `{"sends_per_day":2}`)
	test := func() int {
		return w.do("POST", "/sites/{site}/integrations/{integration}/test", w.tokens["editor"], `{}`).Code
	}
	require.Equal(t, http.StatusOK, test())
	require.Equal(t, http.StatusOK, test())
	require.Equal(t, http.StatusTooManyRequests, test())
	w.clock.Advance(24 * time.Hour)
	require.Equal(t, http.StatusOK, test())
}
