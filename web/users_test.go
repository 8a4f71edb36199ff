package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/models/audit"
	"ringback/models/users"
	"ringback/web"
)

func TestTheOperatorMakesTheFirstAdmin(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookies := w.signInAs(" Admin@Example.com", samplePassword)
	require.Equal(t, adminEmail, decode(t, w.byBrowser(cookies, "GET", "/me", ""))["email"])
	form := url.Values{"token": {adminToken}, "email": {"other@example.com"}, "name": {"Other"}, "password": {samplePassword}}
	require.Equal(t, 409, w.submit("/setup", form).Code, "there is one already")
	for _, token := range []string{"", "wrong", w.tokens["admin"]} {
		form.Set("token", token)
		require.Contains(t, []int{401, 403}, w.submit("/setup", form).Code)
	}
	require.Equal(t, 200, w.browse("/setup", "").Code)
}

func TestAnInvitedPersonJoins(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made := w.must("POST", "/invitations", `{"email":"New@Example.com","role":"editor"}`)
	path := pathOf(made["url"].(string))
	require.Equal(t, "2026-02-03T12:17:00Z", made["ends_at"])
	for range 2 { // a program that checks mails opens the link too
		page := w.browse(path, "")
		require.Equal(t, 200, page.Code)
		require.Contains(t, page.Body.String(), "new@example.com")
	}
	short := w.submit(path, url.Values{"name": {"New"}, "password": {"too short"}})
	require.Equal(t, 422, short.Code)
	require.Contains(t, short.Body.String(), "at least 10 characters")
	require.Equal(t, 422, w.submit(path, url.Values{"name": {" "}, "password": {samplePassword}}).Code)

	in := w.submit(path, url.Values{"name": {"New"}, "password": {samplePassword}})
	require.Equal(t, 303, in.Code)
	require.Equal(t, 200, w.byBrowser(in.Result().Cookies(), "PATCH", "/sites/{site}", `{"name":"Changed"}`).Code)
	require.Equal(t, 403, w.byBrowser(in.Result().Cookies(), "GET", "/users", "").Code)
	require.Equal(t, 404, w.browse(path, "").Code, "it is used")
	require.Equal(t, 404, w.submit(path, url.Values{"name": {"New"}, "password": {samplePassword}}).Code)
	audit := w.do("GET", "/audit", adminToken, "").Body.String()
	require.Contains(t, audit, `"actor":"`+w.userID("new@example.com")+`","action":"updated"`)
	require.Contains(t, audit, `"actor_name":"New"`)
	require.NotContains(t, w.log.String(), path[len("/join/"):])
}

// A person who is a user already proves it by the password; the link alone does not.
func TestALinkOpensNoUserWhoExists(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	invite := w.request("POST", "/invitations", w.tokens["stranger"], `{"email":"`+adminEmail+`","role":"viewer"}`)
	path := pathOf(decode(t, w.serve(invite))["url"].(string))
	require.Equal(t, 401, w.submit(path, url.Values{"name": {"Thief"}, "password": {"another password"}}).Code)
	require.Equal(t, 303, w.submit(path, url.Values{"password": {samplePassword}}).Code)
	require.Equal(t, 409, w.do("POST", "/users/{user}/reset", w.tokens["stranger"], "").Code, "the link would open the other account")
	mine := w.signInAs(adminEmail, samplePassword)
	require.Equal(t, 204, w.byBrowser(mine, "PUT", "/me/account", `{"account_id":"{account}"}`).Code)
	require.Equal(t, 404, w.byBrowser(mine, "GET", "/sites/{site}", "").Code)
	other := w.inBrowser("GET", "/sites/{site}", "", mine)
	other.Header.Set("Ringback-Account", "acc_default")
	require.Equal(t, 200, w.serve(other).Code)
	other.Header.Set("Ringback-Account", "acc_unknown")
	require.Equal(t, 403, w.serve(other).Code)
}

func TestAWrongPasswordAndAnUnknownAddressAreTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	wrong := w.submit("/login", url.Values{"email": {adminEmail}, "password": {"another password"}})
	unknown := w.submit("/login", url.Values{"email": {"admin@example.org"}, "password": {"another password"}})
	require.Equal(t, 401, wrong.Code)
	require.Equal(t, wrong.Code, unknown.Code)
	require.Contains(t, wrong.Body.String(), "the e-mail address or the password is wrong")
	require.Len(t, wrong.Body.String(), unknown.Body.Len())
	require.Empty(t, wrong.Result().Cookies())
}

// TestG6_FailedSignInsAreLimitedByUser checks the limit of one e-mail address, from however
// many addresses it is tried. The limit is the same if there is no such user.
func TestG6_FailedSignInsAreLimitedByUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, email := range []string{adminEmail, "nobody@example.com"} {
		form := url.Values{"email": {email}, "password": {"another password"}}
		for range 20 {
			require.Equal(t, 401, w.submit("/login", form).Code)
		}
		require.Equal(t, 429, w.submit("/login", form).Code)
		form.Set("password", samplePassword)
		require.Equal(t, 429, w.submit("/login", form).Code)
	}
	w.clock.Advance(time.Minute)
	w.signInAs(adminEmail, samplePassword)
}

func TestG6_FailedSignInsAreLimitedByAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.as(func(o *web.Options) { o.FailedTokens = 3 })
	for i := range 4 {
		answer := w.submit("/login", url.Values{"email": {string(rune('a'+i)) + "@example.com"}, "password": {"another password"}})
		require.Equal(t, i == 3, answer.Code == 429, "%d", answer.Code)
	}
}

func TestANewPasswordSignsOutEverywhereElse(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, other := w.signInAs(adminEmail, samplePassword), w.signInAs(adminEmail, samplePassword)
	const next = "quite another password"
	require.Equal(t, 422, w.byBrowser(mine, "POST", "/me/password", `{"current_password":"wrong","new_password":"`+next+`"}`).Code)
	short := w.byBrowser(mine, "POST", "/me/password", `{"current_password":"`+samplePassword+`","new_password":"short"}`)
	require.Contains(t, short.Body.String(), `"field":"new_password"`)
	require.Equal(t, 200, w.byBrowser(other, "GET", "/me", "").Code)
	require.Equal(t, 204, w.byBrowser(mine, "POST", "/me/password", `{"current_password":"`+samplePassword+`","new_password":"`+next+`"}`).Code)
	require.Equal(t, 401, w.byBrowser(other, "GET", "/me", "").Code)
	require.Equal(t, 200, w.byBrowser(mine, "GET", "/me", "").Code)

	link := w.must("POST", "/users/{user}/reset", "")
	path := pathOf(link["url"].(string))
	require.Equal(t, 200, w.browse(path, "").Code)
	in := w.submit(path, url.Values{"password": {samplePassword}})
	require.Equal(t, 303, in.Code)
	require.Equal(t, 401, w.byBrowser(mine, "GET", "/me", "").Code)
	require.Equal(t, 404, w.submit(path, url.Values{"password": {next}}).Code)
	w.signInAs(adminEmail, samplePassword)
}

// A cookie that was stolen is of no use once its session is ended.
func TestASessionIsListedAndRevoked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, stolen := w.signInAs(adminEmail, samplePassword), w.signInAs(adminEmail, samplePassword)
	list := decode(t, w.byBrowser(mine, "GET", "/me/sessions", ""))["items"].([]any)
	require.Len(t, list, 3, "the first one was made at the set-up")
	var thief object
	for _, item := range list[:2] {
		session := item.(object)
		require.Equal(t, "Firefox, Linux", session["browser"])
		require.Equal(t, "192.0.2.1", session["address"])
		if session["current"] == false {
			thief = session
		}
	}
	require.Equal(t, 200, w.byBrowser(stolen, "GET", "/sites", "").Code)
	require.Equal(t, 204, w.byBrowser(mine, "DELETE", "/me/sessions/"+thief["id"].(string), "").Code)
	require.Equal(t, 401, w.byBrowser(stolen, "GET", "/sites", "").Code)
	page := httptest.NewRequest(http.MethodGet, w.fill("/conversions/{conversion}"), nil)
	page.AddCookie(stolen[0])
	require.Equal(t, 303, w.serve(page).Code)

	another := w.signInAs(adminEmail, samplePassword)
	require.Equal(t, 204, w.byBrowser(mine, "DELETE", "/me/sessions", "").Code)
	require.Equal(t, 401, w.byBrowser(another, "GET", "/sites", "").Code)
	require.Equal(t, 200, w.byBrowser(mine, "GET", "/sites", "").Code)

	w.submit("/logout", nil, mine...)
	require.Equal(t, 401, w.byBrowser(mine, "GET", "/sites", "").Code)
}

func TestAUserWhoIsRemovedIsSignedOutAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookies := w.join("editor@example.com", `"role":"editor"`)
	w.names["editor"] = w.userID("editor@example.com")
	require.Equal(t, 200, w.byBrowser(cookies, "PATCH", "/sites/{site}", `{}`).Code)
	require.Equal(t, 200, w.do("PATCH", "/users/{editor}", adminToken, `{"role":"viewer"}`).Code)
	require.Equal(t, 403, w.byBrowser(cookies, "PATCH", "/sites/{site}", `{}`).Code)
	require.Equal(t, 204, w.do("DELETE", "/users/{editor}", adminToken, "").Code)
	require.Equal(t, 401, w.byBrowser(cookies, "GET", "/sites/{site}", "").Code)
	require.Equal(t, 403, w.submit("/login", url.Values{"email": {"editor@example.com"}, "password": {samplePassword}}).Code)
	require.Equal(t, 409, w.do("DELETE", "/users/{user}", adminToken, "").Code, "the last admin stays")
}

// TestG9_ARoleAtOneSiteOpensNoOther checks a user who may edit one site and does not see
// the others of the account.
func TestG9_ARoleAtOneSiteOpensNoOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.names["second"] = w.must("POST", "/sites", `{"name":"Second Shop"}`)["id"].(string)
	of := func(site string) []*http.Cookie {
		return w.join(site+"@example.com", `"sites":{"{`+site+`}":"editor"}`)
	}
	first, second := of("site"), of("second")
	for path, found := range map[string]int{
		"/sites/{site}": 200, "/sites/{site}/conversions": 200, "/conversions/{conversion}": 200, "/deliveries/{delivery}": 200, "/destinations": 200,
	} {
		require.Equal(t, found, w.byBrowser(first, "GET", path, "").Code, path)
	}
	require.Equal(t, 200, w.byBrowser(first, "PATCH", "/sites/{site}", `{}`).Code)
	require.Equal(t, 403, w.byBrowser(first, "DELETE", "/sites/{site}", "").Code)
	require.NotContains(t, w.byBrowser(first, "GET", "/sites", "").Body.String(), w.names["second"])
	require.NotContains(t, []int{403, 404}, w.byBrowser(first, "POST", "/deliveries/{delivery}/resend", "").Code)
	for _, path := range []string{"/sites/{site}", "/sites/{site}/conversions", "/conversions/{conversion}", "/deliveries/{delivery}"} {
		require.Equal(t, 404, w.byBrowser(second, "GET", path, "").Code, path)
	}
	require.Equal(t, 404, w.byBrowser(second, "POST", "/deliveries/{delivery}/resend", "").Code)
	require.Equal(t, 404, w.byBrowser(second, "PATCH", "/sites/{site}", `{}`).Code)
	for _, path := range []string{"/users", "/tokens", "/audit", "/invitations"} {
		require.Equal(t, 403, w.byBrowser(first, "GET", path, "").Code, path)
	}
	require.Equal(t, 403, w.byBrowser(first, "POST", "/sites", `{"name":"A"}`).Code)
	page := httptest.NewRequest(http.MethodGet, w.fill("/conversions/{conversion}"), nil)
	page.AddCookie(second[0])
	require.Equal(t, 404, w.serve(page).Code)
}

func TestG9_UsersOfAnotherAccountAreUnknown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	cookies := w.signInAs(adminEmail, samplePassword)
	list := decode(t, w.byBrowser(cookies, "GET", "/me/sessions", ""))["items"].([]any)
	other := w.join("viewer@example.com", `"role":"viewer"`)
	require.Equal(t, 404, w.byBrowser(other, "DELETE", "/me/sessions/"+list[0].(object)["id"].(string), "").Code)
	require.Equal(t, 403, w.byBrowser(other, "PATCH", "/sites/{site}", `{"name":"Forged"}`).Code, "a viewer's forged change")
	require.Equal(t, 403, w.byBrowser(other, "PATCH", "/users/"+w.userID("viewer@example.com"), `{"role":"admin"}`).Code)
	require.Equal(t, 404, w.byBrowser(other, "PUT", "/me/account", `{"account_id":"{account}"}`).Code)
	foreign := decode(t, w.do("POST", "/sites", w.tokens["stranger"], `{"name":"Other Shop"}`))["id"].(string)
	require.Equal(t, 404, w.do("POST", "/invitations", adminToken, `{"email":"x@example.com","sites":{"`+foreign+`":"viewer"}}`).Code)
}

func TestPeopleSignInFromOurPagesAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	join := pathOf(w.must("POST", "/invitations", `{"email":"new@example.com","role":"viewer"}`)["url"].(string))
	reset := pathOf(w.must("POST", "/users/{user}/reset", "")["url"].(string))
	for _, path := range []string{"/login", "/setup", join, reset} {
		r := formRequest(path, url.Values{"token": {adminToken}, "email": {adminEmail}, "name": {"New"}, "password": {samplePassword}})
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		answer := w.serve(r)
		require.Equal(t, 403, answer.Code, path)
		require.Empty(t, answer.Result().Cookies(), path)
	}
}

func TestSigningInLeadsToNoOtherSiteAndBeginsANewSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	prepared := w.join("attacker@example.com", `"role":"viewer"`)
	for next, want := range map[string]string{
		"/sites": "/sites", "https://evil.example.com": "/", "//evil.example.com": "/", `/\evil.example.com`: "/", "/\t/evil.example.com": "/", "javascript:alert(1)": "/",
	} {
		in := w.submit("/login", url.Values{"email": {adminEmail}, "password": {samplePassword}, "next": {next}}, prepared...)
		require.Equal(t, want, in.Header().Get("Location"))
		require.NotEqual(t, prepared[0].Value, in.Result().Cookies()[0].Value)
		require.Equal(t, 401, w.byBrowser(prepared, "GET", "/me", "").Code, "the cookie of before")
	}
}

// TestG8_ALinkSignsInOnce checks a link that signs in, as the development service prints one.
func TestG8_ALinkSignsInOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	secret, hash := users.NewSecret()
	link := users.Link{Purpose: users.SignIn, SecretHash: hash, Email: adminEmail}
	require.NoError(t, w.store.CreateLink(t.Context(), audit.Actor{AccountID: "acc_default", TokenID: audit.ByOperator}, &link))
	in := w.browse("/sign-in/"+secret+"?next=/sites/x", "")
	require.Equal(t, 303, in.Code)
	require.Equal(t, "/sites/x", in.Header().Get("Location"))
	require.Equal(t, adminEmail, decode(t, w.byBrowser(in.Result().Cookies(), "GET", "/me", ""))["email"])
	again := w.browse("/sign-in/"+secret+"?next=//evil.example.com", "")
	require.Equal(t, 404, again.Code)
	require.Empty(t, again.Result().Cookies())
	require.Equal(t, "/", w.browse("/sign-in/"+secret+"?next=//evil.example.com", adminToken).Header().Get("Location"), "who is signed in goes on")
	require.NotContains(t, w.log.String(), secret)
	require.Contains(t, w.do("GET", "/audit?entity=sign_in", adminToken, "").Body.String(), `"action":"created"`)
}
