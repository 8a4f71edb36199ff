package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// inBrowser is a request of a script on a page of this service, in a browser that has
// signed in and got these cookies.
func (w *world) inBrowser(method, path, body string, cookies []*http.Cookie) *http.Request {
	r := w.request(method, path, "", body)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for _, cookie := range cookies {
		r.AddCookie(cookie)
	}
	return r
}

// TestTheAPITakesTheSessionOfABrowser checks that the principal of a session may do by the
// API what its token may, and no more.
func TestTheAPITakesTheSessionOfABrowser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	send := func(token, method, path, body string) *httptest.ResponseRecorder {
		return w.serve(w.inBrowser(method, path, body, w.signIn(token, "/").Result().Cookies()))
	}
	require.Equal(t, 200, send(w.tokens["viewer"], "GET", "/sites/{site}", "").Code)
	require.Equal(t, 403, send(w.tokens["viewer"], "PATCH", "/sites/{site}", `{"name":"Forged"}`).Code, "a viewer's change")
	require.Equal(t, 200, send(w.tokens["editor"], "PATCH", "/sites/{site}", `{"name":"Changed"}`).Code)
	require.Equal(t, 404, send(w.tokens["stranger"], "GET", "/sites/{site}", "").Code)
	require.Equal(t, 200, send(adminToken, "GET", "/accounts", "").Code)
	require.Contains(t, w.do("GET", "/audit?entity=site", adminToken, "").Body.String(), `"actor":"`+w.names["token-editor"]+`"`)

	operator := w.inBrowser("GET", "/sites/{site}", "", w.signIn(adminToken, "/").Result().Cookies())
	operator.Header.Set("Ringback-Account", w.names["account"])
	require.Equal(t, 404, w.serve(operator).Code, "the operator acts in another account")

	require.Equal(t, 401, w.serve(w.inBrowser("GET", "/sites", "", nil)).Code)
	wrong := []*http.Cookie{{Name: "__Host-ringback_session", Value: "nothing"}}
	require.Equal(t, 401, w.serve(w.inBrowser("GET", "/sites", "", wrong)).Code)
	withToken := w.inBrowser("GET", "/sites", "", w.signIn(adminToken, "/").Result().Cookies())
	withToken.Header.Set("Authorization", "Bearer wrong")
	require.Equal(t, 401, w.serve(withToken).Code, "a token that is given is the one that counts")
}

func TestASessionThatEndedOpensNoOperation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookies := w.signIn(w.tokens["viewer"], "/").Result().Cookies()
	require.Equal(t, 200, w.serve(w.inBrowser("GET", "/sites", "", cookies)).Code)
	out := httptest.NewRequest(http.MethodPost, "/logout", nil)
	out.AddCookie(cookies[0])
	w.serve(out)
	require.Equal(t, 401, w.serve(w.inBrowser("GET", "/sites", "", cookies)).Code)
}

// TestOtherSitesChangeNothingByASession checks that a page of another site cannot make a
// signed-in browser change something, in case the browser sends the cookie along.
func TestOtherSitesChangeNothingByASession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookies := w.signIn(w.tokens["admin"], "/").Result().Cookies()
	for name, test := range map[string]struct {
		header, value string
		status        int
	}{
		"a page of another site":         {"Sec-Fetch-Site", "cross-site", 403},
		"a page of a neighbouring host":  {"Sec-Fetch-Site", "same-site", 403},
		"another origin, an old browser": {"Origin", "https://other.example.com", 403},
		"our own page":                   {"Sec-Fetch-Site", "same-origin", 200},
		"our own page, an old browser":   {"Origin", "https://ringback.example.com", 200},
	} {
		r := w.request("PATCH", "/sites/{site}", "", `{"name":"Changed"}`)
		r.Host = "ringback.example.com"
		r.AddCookie(cookies[0])
		r.Header.Set(test.header, test.value)
		answer := w.serve(r)
		require.Equal(t, test.status, answer.Code, name)
		require.Equal(t, test.status == 403, strings.Contains(answer.Body.String(), "form_of_other_site"), name)
	}
	byToken := w.request("PATCH", "/sites/{site}", w.tokens["admin"], `{}`)
	byToken.Header.Set("Sec-Fetch-Site", "cross-site")
	require.Equal(t, 200, w.serve(byToken).Code, "a request with a token comes from no stranger's page")
}
