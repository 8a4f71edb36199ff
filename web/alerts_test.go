package web_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/internal/watch"
	"ringback/models/alerting"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/models/notices"
)

// failFor opens the breaker of the world's integration, and lets time pass.
func (w *world) failFor(d time.Duration) {
	w.t.Helper()
	_, err := w.store.UpdateBreaker(w.t.Context(), w.names["integration"], func(b *integrations.Breaker) {
		until := w.clock.Now().Add(time.Minute)
		b.State, b.OpenUntil, b.Reason = delivery.BreakerOpen, &until, delivery.Reason{Code: delivery.ReasonKeepsFailing}
	})
	require.NoError(w.t, err)
	w.clock.Advance(d)
	_, err = w.store.WatchAlerts(w.t.Context(), watch.Words{PublicURL: "https://ringback.example.com"})
	require.NoError(w.t, err)
}

func TestAlertIsListedSentAndMuted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PATCH", "/alert-settings", `{"emails":["owner@example.com"],"language":"ru"}`)
	w.failFor(31 * time.Minute)
	items := w.must("GET", "/alerts?open=true", "")["items"].([]any)
	require.Len(t, items, 2, "the delivery of the world has failed, too")
	alert := items[1].(object)
	require.Equal(t, "breaker_open", alert["kind"])
	require.Equal(t, w.names["integration"], alert["subject"])
	require.Contains(t, alert["explanation"], "the destination has been failing since")
	require.Equal(t, items, w.must("GET", "/sites/{site}/alerts", "")["items"])
	due, err := w.store.DueNotices(t.Context(), []notices.Channel{notices.Mail}, 10, time.Minute)
	require.NoError(t, err)
	require.Len(t, due, 1)
	_, subject, text := due[0].MailContent()
	require.Equal(t, "Ringback: 2 оповещения", subject)
	require.Contains(t, text, "получатель не отвечает")
	require.Contains(t, text, "https://ringback.example.com/")

	w.names["alert"] = alert["id"].(string)
	muted := w.must("POST", "/alerts/{alert}/mute?for_minutes=60", "")
	require.NotEmpty(t, muted["muted_until"])
	require.Equal(t, http.StatusNotFound, w.do("POST", "/alerts/{alert}/mute?for_minutes=60", w.tokens["stranger"], "").Code)
	require.NotContains(t, w.must("DELETE", "/alerts/{alert}/mute", ""), "muted_until")
}

func TestAlertSettingsAreCheckedAndKeepTheirSecret(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for body, says := range map[string]string{
		`{"emails":["owner"]}`:                                                          "emails.0",
		`{"emails":["owner@example.com\r\nBcc: x@y.z"]}`:                                "emails.0",
		`{"webhook_url":"ftp://hooks.example.com"}`:                                     "webhook_url",
		`{"webhook_url":"https://hooks.example.com"}`:                                   "webhook_secret",
		`{"webhook_url":"https://hooks.example.com","webhook_secret":"whsec_c2hvcnQ="}`: "webhook_secret",
		`{"muted_kinds":["rain"]}`:                                                      "muted_kinds.0",
	} {
		answer := w.do("PATCH", "/alert-settings", adminToken, body)
		require.Equal(t, http.StatusUnprocessableEntity, answer.Code, body)
		require.Contains(t, answer.Body.String(), says)
	}
	const secret = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIz"
	changed := w.must("PATCH", "/alert-settings", `{"webhook_url":"https://hooks.example.com","webhook_secret":"`+secret+`"}`)
	require.Equal(t, true, changed["webhook_secret_set"])
	changed = w.must("PATCH", "/alert-settings", `{"muted_kinds":["quota_near"]}`)
	require.Equal(t, object{
		"emails": []any{}, "sends_emails": false, "webhook_url": "https://hooks.example.com", "webhook_secret_set": true, "language": "en", "muted_kinds": []any{"quota_near"},
	}, changed)
	stored, err := w.store.AlertSettings(t.Context(), "acc_default")
	require.NoError(t, err)
	require.Equal(t, secret, stored.Credentials[alerting.SigningSecret])
	require.NotContains(t, w.do("GET", "/audit", adminToken, "").Body.String(), secret)
}

func TestOpenBreakerSaysSinceWhenAndHowManyWait(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	since := w.clock.Now()
	site, err := w.store.Site(t.Context(), "acc_default", w.names["site"])
	require.NoError(t, err)
	integration, err := w.store.Integration(t.Context(), "acc_default", site.ID, w.names["integration"])
	require.NoError(t, err)
	modeltest.Delivery(t, w.store, site, integration)
	w.failFor(31 * time.Minute)
	w.failFor(time.Minute)
	breaker := w.must("GET", "/sites/{site}/integrations/{integration}", "")["breaker"].(object)
	require.Equal(t, "open", breaker["state"])
	at, err := time.Parse(time.RFC3339, breaker["open_since"].(string))
	require.NoError(t, err)
	require.WithinDuration(t, since, at, time.Second)
	require.EqualValues(t, 1, breaker["waiting"])
	page := w.browse("/sites/{site}/integrations", w.tokens["viewer"]).Body.String()
	require.Contains(t, page, "Failing since ")
	require.Contains(t, page, "1 delivery waits.")
}
