package web_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/watch"
	"ringback/models/notices"
)

// alertOf names the alert of a kind {alert}.
func (w *world) alertOf(kind string) {
	w.t.Helper()
	for _, item := range w.must("GET", "/alerts", "")["items"].([]any) {
		if alert := item.(object); alert["kind"] == kind {
			w.names["alert"] = alert["id"].(string)
			return
		}
	}
	require.Fail(w.t, "no such alert", kind)
}

// part returns what a page has between a heading and the next one, empty without the heading.
func part(body, heading string) string {
	_, after, found := strings.Cut(body, `<h2 class="first">`+heading+"</h2>")
	if !found {
		return ""
	}
	before, _, _ := strings.Cut(after, "<h2")
	return before
}

// TestThePageOfAlertsShowsWhatIsOpenMutedAndOver plays an alert that is muted and ends.
func TestThePageOfAlertsShowsWhatIsOpenMutedAndOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	fresh := w.browse("/alerts", adminToken).Body.String()
	require.Contains(t, fresh, "Nothing needs a person now")
	require.Contains(t, fresh, "enter an e-mail address or a webhook below")
	w.failFor(31 * time.Minute)
	w.alertOf("breaker_open")
	open := part(w.browse("/alerts", adminToken).Body.String(), "Open now")
	for _, want := range []string{
		"Destination is failing", "the destination has been failing since", "Example Shop", w.fill(`href="/sites/{site}/integrations/{integration}"`),
		w.fill(`href="/sites/{site}/deliveries?integration_id={integration}&amp;state=failed"`), w.fill(`data-action="/api/v1/alerts/{alert}/mute?for_minutes=1440" data-method="POST"`),
	} {
		require.Contains(t, open, want)
	}
	require.Contains(t, w.browse("/sites/{site}/overview?period=today", adminToken).Body.String(), `<a href="/alerts">2 open alerts</a>`)

	w.must("POST", "/alerts/{alert}/mute?for_minutes=60", "")
	body := w.browse("/alerts", adminToken).Body.String()
	require.NotContains(t, part(body, "Open now"), "Destination is failing")
	require.Contains(t, part(body, "Muted"), "Destination is failing")
	require.Contains(t, part(body, "Muted"), w.fill(`data-action="/api/v1/alerts/{alert}/mute" data-method="DELETE"`))
	require.Contains(t, w.browse("/sites/{site}/overview?period=today", adminToken).Body.String(), `<a href="/alerts">1 open alert</a>`)

	w.must("PATCH", "/sites/{site}/integrations/{integration}", `{"enabled":false}`)
	w.clock.Advance(61 * time.Minute)
	_, err := w.store.WatchAlerts(t.Context(), watch.Words{})
	require.NoError(t, err)
	body = w.browse("/alerts", adminToken).Body.String()
	require.Empty(t, part(body, "Muted"), "the hour is over")
	require.Empty(t, part(body, "Open now"))
	require.Contains(t, part(body, "Ended in the last 90 days"), "the destination answers again")
	require.NotContains(t, part(body, "Ended in the last 90 days"), "data-action")
}

// TestG9_WhoMaySeeAndSetAlerts has the page of somebody who only reads, of one with a role at
// another site, and of another account (G9).
func TestG9_WhoMaySeeAndSetAlerts(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PATCH", "/alert-settings", `{"emails":["owner@example.com","second@example.com"],"language":"ru","muted_kinds":["quota_near"],
		"webhook_url":"https://hooks.example.com","webhook_secret":"whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"}`)
	w.failFor(31 * time.Minute)
	admin := w.browse("/alerts", adminToken).Body.String()
	for _, want := range []string{
		`href="/alerts" aria-current="page"`, `data-send="/api/v1/alert-settings" data-method="PATCH"`, `value="owner@example.com, second@example.com" data-list`,
		`value="https://hooks.example.com" data-empty`, `placeholder="is set"`, `<option value="ru" lang="ru" selected>`, `value="quota_near" data-list checked`,
		"The operator has not set up a mail server",
	} {
		require.Contains(t, admin, want)
	}
	require.NotContains(t, admin, "whsec_MDEy")
	require.NotContains(t, admin, `value="breaker_open" data-list checked`)

	other := w.must("POST", "/sites", `{"name":"Other"}`)["id"].(string)
	for name, body := range map[string]string{
		"viewer":           w.browse("/alerts", w.tokens["viewer"]).Body.String(),
		"role at the site": w.see(w.join("here@example.com", `"sites":{"{site}":"editor"}`), "/alerts").Body.String(),
	} {
		require.Contains(t, part(body, "Open now"), "Destination is failing", name)
		for _, hidden := range []string{"owner@example.com", "data-action", "data-send"} {
			require.NotContains(t, body, hidden, name)
		}
	}
	for name, body := range map[string]string{
		"role at another site": w.see(w.join("there@example.com", `"sites":{"`+other+`":"editor"}`), "/alerts").Body.String(),
		"another account":      w.browse("/alerts", w.tokens["stranger"]).Body.String(),
	} {
		require.Contains(t, body, "Nothing needs a person now", name)
		for _, hidden := range []string{"has been failing since", "owner@example.com", "RTB House"} {
			require.NotContains(t, body, hidden, name)
		}
	}
}

// TestTheLinkInTheEmailIsAPage follows the link as a person who gets the e-mail does.
func TestTheLinkInTheEmailIsAPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PATCH", "/alert-settings", `{"emails":["owner@example.com"]}`)
	w.failFor(31 * time.Minute)
	due, err := w.store.DueNotices(t.Context(), []notices.Channel{notices.Mail}, 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, due, 1)
	_, _, text := due[0].MailContent()
	link := regexp.MustCompile(`https://ringback\.example\.com\S+`).FindString(text)
	require.NotEmpty(t, link, text)
	page := w.browse(pathOf(link), w.tokens["viewer"])
	require.Equal(t, 200, page.Code, link)
	require.Contains(t, page.Body.String(), "the destination has been failing since")
	require.Equal(t, 303, w.browse(pathOf(link), "").Code, "others sign in first")
}
