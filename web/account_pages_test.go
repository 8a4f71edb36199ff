package web_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/models/deliveries"
)

// see opens a page with the cookies of a browser.
func (w *world) see(cookies []*http.Cookie, path string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodGet, w.fill(path), nil)
	for _, cookie := range cookies {
		r.AddCookie(cookie)
	}
	return w.serve(r)
}

func TestPagesOfTheAccountInEveryLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine := w.signInAs(adminEmail, samplePassword)
	for _, path := range w.accountPages() {
		for _, language := range []string{"en", "ru", "pt-BR"} {
			page := w.see(mine, path+"?language="+language)
			require.Equal(t, 200, page.Code, path)
			require.Contains(t, page.Body.String(), `<html lang="`+language+`"`)
		}
		require.Equal(t, 303, w.browse(path, "").Code, path)
	}
	require.Contains(t, w.browse("/me", w.tokens["viewer"]).Body.String(), "You signed in with a token")
}

func TestOnlyAdminsSeePeopleAndKeys(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	editor := w.join("editor@example.com", `"role":"editor"`)
	for _, path := range []string{"/people", "/keys"} {
		require.Equal(t, 403, w.see(editor, path).Code, path)
		require.NotContains(t, w.see(editor, "/me").Body.String(), `href="`+path+`"`)
		require.Contains(t, w.browse(path, adminToken).Body.String(), `href="`+path+`" aria-current="page"`)
	}
}

func TestG9_PagesOfTheAccountShowOneAccountOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	people := w.browse("/people", w.tokens["stranger"]).Body.String()
	require.NotContains(t, people, adminEmail)
	require.NotContains(t, people, w.fill("{site}"))
	keys := w.browse("/keys", w.tokens["stranger"]).Body.String()
	require.NotContains(t, keys, w.fill("{token-viewer}"))
	require.Contains(t, w.browse("/keys", adminToken).Body.String(), w.fill("{token-viewer}"))
}

func TestThePageOfTheOwnUserListsSessions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, other := w.signInAs(adminEmail, samplePassword), w.signInAs(adminEmail, samplePassword)
	page := w.see(mine, "/me").Body.String()
	require.Contains(t, page, "Firefox, Linux")
	require.Contains(t, page, "192.0.2.1")
	require.Contains(t, page, "this browser")
	require.Contains(t, page, `data-action="/api/v1/me/sessions/sgn_`)
	require.Equal(t, 204, w.byBrowser(mine, "DELETE", "/me/sessions", "").Code)
	require.Equal(t, 303, w.see(other, "/me").Code)
	require.NotContains(t, w.see(mine, "/me").Body.String(), `data-action="/api/v1/me/sessions/sgn_`)
}

func TestFailedSignInsAreInTheAuditTrail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, email := range []string{adminEmail, "nobody@example.com"} {
		require.Equal(t, 401, w.submit("/login", url.Values{"email": {email}, "password": {"another password"}}).Code)
	}
	trail := w.do("GET", "/audit?entity=user", adminToken, "").Body.String()
	require.Contains(t, trail, w.fill(`"action":"sign_in_failed","entity":"user","entity_id":"{user}"`))
	require.Contains(t, trail, `"address":{"to":"192.0.2.1"}`)
	require.NotContains(t, trail, "nobody@example.com")
	page := w.browse("/people", adminToken).Body.String()
	require.Contains(t, page, "failed to sign in")
}

func TestSwitchingTheAccountIsInItsAuditTrail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	invite := w.request("POST", "/invitations", w.tokens["stranger"], `{"email":"`+adminEmail+`","role":"viewer"}`)
	path := pathOf(decode(t, w.serve(invite))["url"].(string))
	require.Equal(t, 303, w.submit(path, url.Values{"password": {samplePassword}}).Code)
	mine := w.signInAs(adminEmail, samplePassword)
	require.Contains(t, w.see(mine, "/me").Body.String(), "Another")
	require.NotContains(t, w.do("GET", "/audit", w.tokens["stranger"], "").Body.String(), `"action":"entered"`)
	to := "{account}"
	if decode(t, w.byBrowser(mine, "GET", "/me", ""))["account_id"] == w.fill(to) {
		to = "acc_default"
	}
	require.Equal(t, 204, w.byBrowser(mine, "PUT", "/me/account", `{"account_id":"`+to+`"}`).Code)
	require.Equal(t, 204, w.byBrowser(mine, "PUT", "/me/account", `{"account_id":"{account}"}`).Code)
	require.Contains(t, w.do("GET", "/audit", w.tokens["stranger"], "").Body.String(), w.fill(`"action":"entered"`))
}

func TestATokenHasWhenItWasLastUsed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	used := func() any {
		for _, item := range decode(t, w.do("GET", "/tokens", adminToken, ""))["items"].([]any) {
			if token := item.(object); token["id"] == w.names["token-viewer"] {
				return token["last_used_at"]
			}
		}
		return "no such token"
	}
	require.Nil(t, used())
	require.Equal(t, 401, w.do("GET", "/sites", w.tokens["viewer"]+"x", "").Code)
	require.Nil(t, used(), "a wrong secret is no use")
	w.clock.Advance(11 * time.Second) // what is held of tokens is read again
	require.Equal(t, 200, w.do("GET", "/sites", w.tokens["viewer"], "").Code)
	require.Equal(t, "2026-01-31T12:17:11Z", used())
	w.clock.Advance(time.Minute)
	require.Equal(t, 200, w.do("GET", "/sites", w.tokens["viewer"], "").Code)
	require.Equal(t, "2026-01-31T12:17:11Z", used(), "some minutes exact")
	w.clock.Advance(5 * time.Minute)
	require.Equal(t, 200, w.do("GET", "/sites", w.tokens["viewer"], "").Code)
	require.Equal(t, "2026-01-31T12:23:11Z", used())
}

// The first steps lead on until something was delivered, and then to what has happened.
func TestFirstStepsLeadToTheFirstDelivery(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.must("POST", "/sites", `{"name":"Newer","domains":["shop.example.com"]}`)["id"].(string)
	overview := w.browse("/sites/"+site+"/overview", adminToken).Body.String()
	require.Contains(t, overview, `href="/sites/`+site+`/start"`)
	page := w.browse("/sites/"+site+"/start", adminToken).Body.String()
	require.Contains(t, page, "1 / 6 done")
	require.Contains(t, page, `data-until="/api/v1/sites/`+site+`/script" data-field="last_seen_at"`)
	require.Contains(t, page, `href="https://shop.example.com/"`)
	require.NotContains(t, page, "/test\"", "there is no integration to test")

	page = w.browse("/sites/{site}/start", adminToken).Body.String()
	require.Contains(t, page, w.fill(`data-action="/api/v1/sites/{site}/integrations/{integration}/test"`))
	require.NotContains(t, w.browse("/sites/{site}/start", w.tokens["viewer"]).Body.String(), "data-action")
	require.Contains(t, page, `data-field="items"`)
	w.deliverWell("call-well")
	page = w.browse("/sites/{site}/start", adminToken).Body.String()
	require.Contains(t, page, "Look around")
	require.NotContains(t, w.browse("/sites/{site}/overview", adminToken).Body.String(), w.fill("/sites/{site}/start"))
}

func TestAnAccountWithoutASiteMakesOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Contains(t, w.browse("/", w.tokens["stranger"]).Body.String(), `data-send="/api/v1/sites"`)
}

// deliverWell makes a decided call whose delivery succeeds, as workers would.
func (w *world) deliverWell(externalID string) {
	ctx := context.Background()
	id := w.plan(externalID)
	begun, err := w.store.BeginAttempt(ctx, id, time.Minute)
	require.NoError(w.t, err)
	require.NoError(w.t, w.store.EndAttempt(ctx, deliveries.AttemptEnd{
		Attempt: deliveries.Attempt{DeliveryID: id, Number: begun.Number, StartedAt: start, Class: delivery.ClassDelivered}, State: deliveries.Delivered,
	}))
}
