package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/models/websites"
	"ringback/web"
	"ringback/web/collect"
)

// asked is a store that counts its lookups of sites by key.
type asked struct {
	web.Store
	times *atomic.Int64
}

func (a asked) SitePlan(ctx context.Context, key string) (websites.Plan, error) {
	a.times.Add(1)
	return a.Store.SitePlan(ctx, key)
}

// Requests with invented keys rarely reach the database, and do not count for any site's limit.
func TestKeysOfNoSiteAreRememberedAndLimited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var times atomic.Int64
	limits := collect.Limits{RequestsPerAddress: 2} // ten at once
	w.as(func(o *web.Options) { o.Store, o.Limits = asked{o.Store, &times}, limits })
	p := w.page()
	get := func(key, address string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodGet, "/s/"+key+".js", nil)
		r.RemoteAddr = address
		return w.serve(r)
	}
	const one, other = "192.0.2.1:1", "192.0.2.2:1"
	for range 5 {
		require.Equal(t, http.StatusNotFound, get("made-up", one).Code)
	}
	unknown := p
	unknown.key = "made-up"
	require.Equal(t, http.StatusNotFound, unknown.post("views", view("1", visitor, "")).Code)
	require.EqualValues(t, 1, times.Load())
	w.clock.Advance(3 * time.Second)
	require.Equal(t, http.StatusNotFound, get("made-up", one).Code)
	require.EqualValues(t, 2, times.Load(), "for some seconds")
	require.Equal(t, http.StatusNotFound, get(strings.Repeat("k", 65), other).Code)
	require.EqualValues(t, 2, times.Load(), "no key is so long")

	require.Equal(t, http.StatusOK, get(p.key, other).Code)
	for range 20 {
		require.Equal(t, http.StatusOK, get(p.key, one).Code, "what is known is given whoever asks")
	}
	require.Equal(t, http.StatusTooManyRequests, get("made-up-too", one).Code)
	require.EqualValues(t, 3, times.Load(), "an address over its limit asks for nothing")
	require.Equal(t, http.StatusNotFound, get("made-up-too", other).Code)
}
