package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"

	"github.com/stretchr/testify/require"
)

const (
	samplePassword = "a sample password"
	adminEmail     = "admin@example.com"
)

// addUser makes the first admin of the operator's account, and an invitation.
func (w *world) addUser() {
	w.t.Helper()
	require.Equal(w.t, 303, w.submit("/setup", url.Values{
		"token": {adminToken}, "email": {adminEmail}, "name": {"Sample Admin"}, "password": {samplePassword},
	}).Code)
	w.names["user"] = w.userID(adminEmail)
	w.names["invitation"] = w.must("POST", "/invitations", `{"email":"invited@example.com","role":"viewer"}`)["id"].(string)
}

// userID returns the id of a user of the operator's account.
func (w *world) userID(email string) string {
	w.t.Helper()
	for _, item := range decode(w.t, w.do("GET", "/users", adminToken, ""))["items"].([]any) {
		if user := item.(object); user["email"] == email {
			return user["id"].(string)
		}
	}
	require.Fail(w.t, "no such user", email)
	return ""
}

// submit sends a form of a page, from a page of this service.
func (w *world) submit(path string, form url.Values, cookies ...*http.Cookie) *httptest.ResponseRecorder {
	return w.serve(formRequest(path, form, cookies...))
}

func formRequest(path string, form url.Values, cookies ...*http.Cookie) *http.Request {
	r := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
	for _, cookie := range cookies {
		r.AddCookie(cookie)
	}
	return r
}

// signInAs signs a user in, and returns the cookies of the browser.
func (w *world) signInAs(email, password string) []*http.Cookie {
	w.t.Helper()
	answer := w.submit("/login", url.Values{"email": {email}, "password": {password}})
	require.Equal(w.t, 303, answer.Code, answer.Body)
	return answer.Result().Cookies()
}

// join makes a user who may do this in the operator's account, and returns the cookies of
// the user's browser.
func (w *world) join(email, grant string) []*http.Cookie {
	w.t.Helper()
	link := w.must("POST", "/invitations", w.fill(`{"email":"`+email+`",`+grant+`}`))["url"].(string)
	answer := w.submit(pathOf(link), url.Values{"name": {"Sample"}, "password": {samplePassword}})
	require.Equal(w.t, 303, answer.Code, answer.Body)
	return answer.Result().Cookies()
}

// pathOf returns the path of a link to this service.
func pathOf(link string) string { return strings.TrimPrefix(link, "https://ringback.example.com") }

// byBrowser sends a request of the API with the cookies of a browser.
func (w *world) byBrowser(cookies []*http.Cookie, method, path, body string) *httptest.ResponseRecorder {
	return w.serve(w.inBrowser(method, path, body, cookies))
}
