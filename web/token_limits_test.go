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
	w.as(func(o *web.Options) { o.TokenLimits = web.TokenLimits{RequestsPerToken: 2} })
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
	w.as(func(o *web.Options) { o.TokenLimits = web.TokenLimits{FailuresPerAddress: 10} })
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
