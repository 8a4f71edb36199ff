package web_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/stretchr/testify/require"

	"ringback/tracker"
)

// load requests the script of the world's site. Headers are pairs of name and value.
func (w *world) load(method string, headers ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "/s/"+w.page().key+".js", nil)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return w.serve(r)
}

func TestTheScriptIsServedWithItsSitesConfig(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PATCH", "/sites/{site}/script", `{"consent_required":true,"forms":"all","session_minutes":20,"fields":{"Secret Word":"never","topic":"subject"},"visitor_ids":[{"system":"rtbhouse"}]}`)
	w.must("POST", "/sites/{site}/pools", `{"name":"A","replaces":["+442079460100","+12025550100"]}`)
	w.must("POST", "/sites/{site}/numbers", `{"number":"+12025550161","replaces":["+12025550100"]}`)
	answer := w.load("GET")
	require.Equal(t, http.StatusOK, answer.Code)
	for name, want := range map[string]string{
		"Content-Type": "text/javascript; charset=utf-8", "Cache-Control": "public, max-age=300, stale-while-revalidate=86400",
		"Vary": "Accept-Encoding", "Cross-Origin-Resource-Policy": "cross-origin", "X-Content-Type-Options": "nosniff", "Content-Encoding": "",
	} {
		require.Equal(t, want, answer.Header().Get(name), name)
	}
	body := answer.Body.String()
	require.True(t, strings.HasSuffix(body, `"`+tracker.Version+`")`), body)
	require.NotContains(t, strings.ToLower(body), "</script", "it may stand inside a page")
	for _, want := range []string{
		`"u":"https://ringback.example.com/s/` + w.page().key + `"`, `"d":["www.example.com"]`, `"c":1`, `"f":2`, `"m":20`,
		`"i":[["rtbhouse",["__r_aid_v__","__rtbh.aid"],[]]]`, `"n":["secret word"]`,
		`"r":[["2025550100","12025550100"],["02079460100","442079460100","4402079460100"]]`,
	} {
		require.Contains(t, body, want)
	}
	require.NotContains(t, body, "2025550161", "what is shown is told to each visitor alone")
}

func TestTheExtendedScriptIsServedLikeTheUsualOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	usual, extended := w.load("GET"), w.do("GET", "//root/s/"+w.page().key+"-extended.js", "", "")
	require.Equal(t, http.StatusOK, extended.Code)
	require.True(t, strings.HasSuffix(extended.Body.String(), `"`+tracker.ExtendedVersion+`")`))
	require.Contains(t, extended.Body.String(), `"u":"https://ringback.example.com/s/`+w.page().key+`"`, "it posts to the same address")
	for name := range usual.Header() {
		if name != "Etag" && name != "X-Request-Id" && name != "Content-Length" {
			require.Equal(t, usual.Header().Get(name), extended.Header().Get(name), name)
		}
	}
	require.NotEqual(t, usual.Header().Get("ETag"), extended.Header().Get("ETag"))
	require.Equal(t, http.StatusNotFound, w.do("GET", "//root/s/unknown-extended.js", "", "").Code)
}

func TestTheScriptIsAskedForAgainOnlyWhenItChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tag := w.load("GET").Header().Get("ETag")
	require.Regexp(t, `^"[0-9a-f]{24}"$`, tag)
	packed := w.load("GET", "Accept-Encoding", "gzip").Header().Get("ETag")
	require.NotEqual(t, tag, packed, "strong tags tell the bytes apart")
	for _, c := range []struct {
		known, accepts string
		status         int
	}{{tag, "", 304}, {`"x", ` + tag, "", 304}, {packed, "gzip", 304}, {packed, "", 200}, {tag, "gzip", 200}, {`"x"`, "", 200}, {"*", "", 304}} {
		answer := w.load("GET", "If-None-Match", c.known, "Accept-Encoding", c.accepts)
		require.Equal(t, c.status, answer.Code, "%+v", c)
		if c.status == 304 {
			require.Empty(t, answer.Body.String())
			require.Equal(t, "public, max-age=300, stale-while-revalidate=86400", answer.Header().Get("Cache-Control"))
		}
	}
	w.clock.Advance(time.Minute)
	require.Equal(t, tag, w.load("GET").Header().Get("ETag"), "read again, it is the same")
	w.must("PATCH", "/sites/{site}/script", `{"forms":"none"}`)
	require.Equal(t, 200, w.load("GET", "If-None-Match", tag).Code, "a change is seen at once")
}

func TestScriptIsCompressedAsTheBrowserAccepts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	plain := w.load("GET").Body.String()
	for accepts, coding := range map[string]string{
		"gzip": "gzip", "br;q=0, gzip;q=0.8": "gzip", "GZIP": "gzip", "gzip; q=1": "gzip", "br": "br", "gzip, deflate, br, zstd": "br",
		"gzip;q=0": "", "gzip;q=0.0": "", "": "", "identity": "", "xgzip": "", "gzip;q=x": "",
	} {
		answer := w.load("GET", "Accept-Encoding", accepts, "Range", "bytes=0-9")
		require.Equal(t, http.StatusOK, answer.Code)
		require.Equal(t, coding, answer.Header().Get("Content-Encoding"), accepts)
		require.Equal(t, plain, unpack(t, coding, answer.Body), accepts)
	}
}

func unpack(t *testing.T, coding string, body io.Reader) string {
	t.Helper()
	var err error
	switch coding {
	case "br":
		body = brotli.NewReader(body)
	case "gzip":
		body, err = gzip.NewReader(body)
		require.NoError(t, err)
	}
	got, err := io.ReadAll(body)
	require.NoError(t, err)
	return string(got)
}

func TestTheScriptAnswersHEADAndNothingElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer := w.load("HEAD")
	require.Equal(t, http.StatusOK, answer.Code)
	require.Empty(t, answer.Body.String())
	require.Equal(t, w.load("GET").Header().Get("ETag"), answer.Header().Get("ETag"))
	require.Equal(t, http.StatusMethodNotAllowed, w.load("POST").Code)
	require.Equal(t, http.StatusNotFound, w.do("GET", "//root/s/"+w.page().key, "", "").Code, "without .js")
}

// A page whose site was deleted gets a script that does nothing and not an error page.
func TestScriptOfAnUnknownKeyExplainsItself(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, method := range []string{"GET", "HEAD"} {
		answer := w.do(method, "//root/s/unknown.js", "", "")
		require.Equal(t, http.StatusNotFound, answer.Code)
		require.Equal(t, "text/javascript; charset=utf-8", answer.Header().Get("Content-Type"))
		require.Equal(t, "public, max-age=60", answer.Header().Get("Cache-Control"))
	}
	require.Regexp(t, `^/\* ringback: .* \*/\n$`, w.do("GET", "//root/s/unknown.js", "", "").Body.String())
}
