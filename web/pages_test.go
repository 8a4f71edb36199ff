package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/web"
)

// browse requests a page as a browser that has signed in with a token.
func (w *world) browse(path, token string) *httptest.ResponseRecorder {
	return w.serve(w.pageRequest(path, token))
}

// pageRequest is the request for a page of a browser that has signed in with a token.
func (w *world) pageRequest(path, token string) *http.Request {
	r := httptest.NewRequest(http.MethodGet, w.fill(path), nil)
	if token != "" {
		for _, cookie := range w.signIn(token, "/").Result().Cookies() {
			r.AddCookie(cookie)
		}
	}
	return r
}

func (w *world) signIn(token, next string) *httptest.ResponseRecorder {
	form := url.Values{"token": {token}, "next": {next}}
	r := httptest.NewRequest(http.MethodPost, "/login", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.serve(r)
}

func TestConversionPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.browse("/conversions/{conversion}", w.tokens["viewer"])
	require.Equal(t, 200, page.Code)
	require.Contains(t, page.Header().Get("Content-Type"), "text/html")
	require.Contains(t, page.Header().Get("Content-Security-Policy"), "default-src 'none'")
	for _, want := range []string{"Call of 31 Jan 2026", "RTB House", "the end of the call", "2025550123", "started"} {
		require.Contains(t, page.Body.String(), want)
	}
	require.Equal(t, w.fill("{conversion}"), decode(t, w.browse("/conversions/{conversion}?as=json", w.tokens["viewer"]))["id"])
	id := decode(t, w.do("GET", "/deliveries/{delivery}", adminToken, ""))["conversion_id"].(string)
	decided := w.browse("/conversions/"+id, adminToken).Body.String()
	require.Contains(t, decided, "Decision: send")
	require.Contains(t, w.browse("/conversions/{conversion}", adminToken).Body.String(), "Workflow in the Temporal UI")
	require.Contains(t, decided, "answered 400 (E1): sample message")
	require.Contains(t, decided, `<td class="short">visitor id</td>`, "in words, on one line")
}

func TestPagesEscapeWhatCameFromOutside(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	id := w.must("POST", "/sites/{site}/calls/call-6/events", `{"type":"tagged","tags":["<script>alert(1)</script>"]}`)["conversion_id"].(string)
	page := w.browse("/conversions/"+id, adminToken).Body.String()
	require.NotContains(t, page, "<script>")
	require.Contains(t, page, "&lt;script&gt;")
}

func TestG9_PagesShowOneAccountOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, 404, w.browse("/conversions/{conversion}", w.tokens["stranger"]).Code)
	for _, token := range []string{"", "wrong", w.tokens["intake"]} {
		away := w.browse("/conversions/{conversion}", token)
		require.Equal(t, 303, away.Code)
		require.Equal(t, "/login?next="+url.QueryEscape(w.fill("/conversions/{conversion}")), away.Header().Get("Location"))
	}
}

func TestSignIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	in := w.signIn(w.tokens["viewer"], "/conversions/x")
	require.Equal(t, 303, in.Code)
	require.Equal(t, "/conversions/x", in.Header().Get("Location"))
	cookie := in.Result().Cookies()[0]
	require.True(t, cookie.HttpOnly && cookie.Secure)
	require.Equal(t, http.SameSiteLaxMode, cookie.SameSite)
	require.Equal(t, "__Host-ringback_session", cookie.Name)

	policy := w.browse("/login", "").Header().Get("Referrer-Policy")
	require.Equal(t, "same-origin", policy, "with a stricter one our own form comes without its origin, and is refused")
	require.Equal(t, 401, w.signIn("wrong", "/").Code)
	require.Equal(t, 403, w.signIn(w.tokens["intake"], "/").Code)
	for _, next := range []string{"https://evil.example.com", "//evil.example.com", `/\evil.example.com`, "javascript:alert(1)", "/\t/evil.example.com", ""} {
		require.Equal(t, "/", w.signIn(adminToken, next).Header().Get("Location"), next)
	}
	require.Equal(t, 303, w.browse("/", "").Code, "there is something to go on to")
}

// The cookie is no key: it holds neither the token nor anything that outlives the session.
func TestG8_SigningOutEndsTheSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, token := range map[string]string{"a viewer": w.tokens["viewer"], "the operator": adminToken} {
		page := w.pageRequest("/conversions/{conversion}", token)
		cookie := page.Cookies()[0]
		require.NotContains(t, cookie.Value, token, name)
		require.Equal(t, 200, w.serve(page).Code, name)

		stolen := httptest.NewRequest(http.MethodGet, w.fill("/conversions/{conversion}"), nil)
		stolen.AddCookie(cookie)
		require.Equal(t, 200, w.serve(stolen).Code, name)
		out := httptest.NewRequest(http.MethodPost, "/logout", nil)
		out.AddCookie(cookie)
		require.Negative(t, w.serve(out).Result().Cookies()[0].MaxAge, name)
		require.Equal(t, 303, w.serve(stolen).Code, "%s: the old cookie opens nothing", name)
	}
}

func TestG9_SessionEndsWithItsToken(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created := w.must("POST", "/tokens", `{"name":"for a person","role":"viewer"}`)
	page := w.pageRequest("/conversions/{conversion}", created["token"].(string))
	require.Equal(t, 200, w.serve(page).Code)
	require.Equal(t, 204, w.do("DELETE", "/tokens/"+created["id"].(string), adminToken, "").Code)
	require.Equal(t, 303, w.serve(page).Code)

	operator := w.pageRequest("/conversions/{conversion}", adminToken)
	w.as(func(o *web.Options) { o.AdminToken = adminToken + "-new" })
	require.Equal(t, 303, w.serve(operator).Code, "a new operator's token ends the operator's sessions")
}

// A session id that somebody else put into the browser is not the one that is signed in.
func TestG9_SigningInBeginsANewSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.signIn(w.tokens["viewer"], "/").Result().Cookies()[0]
	form := url.Values{"token": {adminToken}, "next": {"/"}}
	r := httptest.NewRequest(http.MethodPost, "/login", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(first)
	second := w.serve(r).Result().Cookies()[0]
	require.NotEqual(t, first.Value, second.Value)
	old := httptest.NewRequest(http.MethodGet, w.fill("/conversions/{conversion}"), nil)
	old.AddCookie(first)
	require.Equal(t, 303, w.serve(old).Code)
}

// Sessions end by the clock of this service, whatever the browser does with the cookie.
func TestSessionEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.pageRequest("/conversions/{conversion}", adminToken)
	require.Equal(t, 200, w.serve(page).Code)
	w.clock.Advance(time.Until(w.clock.Now()).Abs() + 13*time.Hour)
	require.Equal(t, 303, w.serve(page).Code)
}

// The operator's token opens every account, so a browser is trusted with it for less time.
func TestG8_TheOperatorsSessionEndsAfterAnHour(t *testing.T) {
	t.Parallel()
	for _, role := range []string{"operator", "viewer"} {
		w, isOperator := newWorld(t), role == "operator"
		token := w.tokens["viewer"]
		if isOperator {
			token = adminToken
		}
		page := w.pageRequest("/conversions/{conversion}", token)
		require.Equal(t, isOperator, strings.Contains(w.log.String(), "operator.signed_in"))
		require.Equal(t, 200, w.serve(page).Code)
		w.clock.Advance(time.Until(w.clock.Now()).Abs() + 61*time.Minute)
		require.Equal(t, !isOperator, w.serve(page).Code == 200, role)
	}
}

func TestBrowsersAreToldToUseHTTPS(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, "max-age=31536000", w.browse("/login", "").Header().Get("Strict-Transport-Security"))
	w.as(func(o *web.Options) { o.PublicURL = "http://localhost:8080" })
	require.Empty(t, w.browse("/login", "").Header().Get("Strict-Transport-Security"))
}

func TestOtherSitesSignNobodyInOrOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tests := map[string]struct {
		header, value string
		refused       bool
	}{
		"a page of another site":         {"Sec-Fetch-Site", "cross-site", true},
		"a page of a neighbouring host":  {"Sec-Fetch-Site", "same-site", true},
		"another origin, an old browser": {"Origin", "https://other.example.com", true},
		"an origin that is withheld":     {"Origin", "null", true},
		"our own page":                   {"Sec-Fetch-Site", "same-origin", false},
		"our own page, an old browser":   {"Origin", "https://ringback.example.com", false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, path := range []string{"/login", "/logout"} {
				form := strings.NewReader(url.Values{"token": {w.tokens["viewer"]}}.Encode())
				r := httptest.NewRequest(http.MethodPost, "https://ringback.example.com"+path, form)
				r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				r.Header.Set(test.header, test.value)
				answer := w.serve(r)
				require.Equal(t, test.refused, answer.Code == http.StatusForbidden, "%s: %d", path, answer.Code)
				require.Equal(t, test.refused, len(answer.Result().Cookies()) == 0, path)
			}
		})
	}
}

func TestG8_ATokenInTheURLSignsNobodyIn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Empty(t, w.browse("/login?token="+adminToken+"&next=/conversions/x", "").Result().Cookies())
	require.NotContains(t, w.log.String(), adminToken)
}
