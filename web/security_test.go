package web_test

import (
	"context"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/models/deliveries"
)

// TestNoPageIsShownInAFrame checks the header against clickjacking, on errors too.
func TestNoPageIsShownInAFrame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range w.allPages() {
		for _, token := range []string{adminToken, ""} {
			answer := w.browse(path, token)
			require.Equal(t, "DENY", answer.Header().Get("X-Frame-Options"), path)
			if strings.HasPrefix(answer.Header().Get("Content-Type"), "text/html") {
				require.Contains(t, answer.Header().Get("Content-Security-Policy"), "frame-ancestors 'none'", path)
				require.Contains(t, answer.Header().Get("Content-Security-Policy"), "script-src 'self'", path)
			}
		}
	}
}

// attack is what somebody outside may send as a name, a campaign, a tag or an answer.
const attack = `"><script>alert(1)</script><img src=x onerror=alert(1)>`

// TestNoPageRunsWhatCameFromOutside stores a script wherever texts come from outside, and opens
// every page that shows them.
func TestNoPageRunsWhatCameFromOutside(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	text := strings.ReplaceAll(attack, `"`, `\"`)
	call := w.must("POST", "/sites/{site}/calls/attack/events", `{"type":"ended","outcome":"answered","talk_seconds":60,"caller":"+12025550123","caller_name":"`+text+`","tags":["`+text+`"],
		"traffic":{"source":"`+text+`","medium":"cpc","campaign":"`+text+`"}}`)["conversion_id"].(string)
	w.must("POST", "/sites/{site}/leads", `{"external_id":"attack","name":"`+text+`","email":"attack@example.com","form":"`+text+`"}`)
	w.must("PATCH", "/sites/{site}", `{"name":"`+text+`"}`)
	w.must("POST", "/tokens", `{"name":"`+text+`","role":"viewer"}`)
	mine := w.signInAs(adminEmail, samplePassword)
	require.Equal(t, 200, w.byBrowser(mine, "PATCH", "/me", `{"name":"`+text+`"}`).Code)
	require.Equal(t, 201, w.byBrowser(mine, "POST", "/sites/{site}/views", `{"list":"calls","name":"`+text[:50]+`","query":"tag=x"}`).Code)
	w.answerWith(attack)
	pages := append(w.allPages(), "/conversions/"+call, "/conversions/{answered}", "/sites/{site}/calls?"+url.Values{"tag": {attack}, "campaign": {attack}}.Encode(),
		"/sites/{site}/calls?"+url.Values{"search": {attack}}.Encode(), "/sites/{site}/reports/sources?by=campaign&period=today", "/login?"+url.Values{"next": {"/" + attack}}.Encode())
	shown := 0
	for _, path := range pages {
		body := w.see(mine, path).Body.String()
		if strings.HasSuffix(path, ".csv") {
			continue
		}
		require.NotContains(t, body, "<script>alert", path)
		require.NotContains(t, body, "<img src=x", path)
		if strings.Contains(body, "&lt;script&gt;alert(1)") {
			shown++
		}
	}
	require.Greater(t, shown, 10, "the pages show what was stored")
}

// answerWith stores a delivery whose destination answered with a text, in {answered}.
func (w *world) answerWith(text string) {
	ctx := context.Background()
	id := w.plan("answered")
	w.names["answered"] = decode(w.t, w.do("GET", "/deliveries/"+id, adminToken, ""))["conversion_id"].(string)
	begun, err := w.store.BeginAttempt(ctx, id, time.Minute)
	require.NoError(w.t, err)
	require.NoError(w.t, w.store.EndAttempt(ctx, deliveries.AttemptEnd{
		Attempt: deliveries.Attempt{
			DeliveryID: id, Number: begun.Number, StartedAt: start, Class: delivery.ClassRefused,
			Response: delivery.Message{Status: 400, Body: text}, Reason: delivery.AnsweredWithError(400, "E1", text),
		}, State: deliveries.Failed, Reason: delivery.AnsweredWithError(400, "E1", text),
	}))
}

// TestG9_NoPageShowsAnotherAccount opens every page with the ids of another account.
func TestG9_NoPageShowsAnotherAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range w.allPages() {
		answer := w.browse(path, w.tokens["stranger"])
		if strings.Contains(path, "{") && path != "/sites/{site}/reports" { // which leads on, to a page that does not exist
			require.Equal(t, 404, answer.Code, path)
		}
		for _, secret := range []string{adminEmail, "Example Shop", "2025550123", w.fill("{integration}"), w.fill("{token-viewer}")} {
			shown := strings.ReplaceAll(answer.Body.String(), w.fill(path), "") // pages lead back to where their reader is
			require.NotContains(t, shown, secret, path)
		}
	}
}

// TestAViewersForgedChangesAreRefused sends every change that a viewer may not make, from a
// browser that is signed in as one.
func TestAViewersForgedChangesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	viewer := w.join("viewer@example.com", `"role":"viewer"`)
	refused := 0
	for operation, least := range leastRole {
		method, path, _ := strings.Cut(operation, " ")
		if method == "GET" || slices.Contains([]string{"viewer", "intake"}, least.role) {
			continue
		}
		answer := w.byBrowser(viewer, method, w.concrete(path), least.body)
		require.Equal(t, 403, answer.Code, "%s: %s", operation, answer.Body)
		refused++
	}
	require.Greater(t, refused, 30)
}

// TestFormsOfOtherSitesAreRefused posts each form of the pages from a page of another site.
func TestFormsOfOtherSitesAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine := w.signInAs(adminEmail, samplePassword)
	for _, path := range []string{"/login", "/logout", "/setup", "/join/x", "/reset/x", "/forgot", "/preferences"} {
		r := formRequest(path, url.Values{"email": {adminEmail}, "password": {samplePassword}, "theme": {"dark"}}, mine...)
		r.Header.Set("Sec-Fetch-Site", "cross-site")
		answer := httptest.NewRecorder()
		w.handler.ServeHTTP(answer, r)
		require.Equal(t, 403, answer.Code, path)
		require.Empty(t, answer.Result().Cookies(), path)
	}
	require.Equal(t, 200, w.byBrowser(mine, "GET", "/me", "").Code, "nobody was signed out")
}
