package web_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestKeysLeadToWhatThePagesShow has the links that keys open, and the entries of the palette.
func TestKeysLeadToWhatThePagesShow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	last := w.browse("/sites/{site}/reports/sources?from=2026-01-01&to=2026-01-10&by=source", w.tokens["viewer"]).Body.String()
	require.Contains(t, last, w.fill(`<a href="/sites/{site}/reports/sources?by=source&amp;from=2025-12-22&amp;to=2025-12-31" rel="prev" data-key="["`))
	require.Contains(t, last, w.fill(`<a href="/sites/{site}/reports/sources?by=source&amp;from=2026-01-11&amp;to=2026-01-20" rel="next" data-key="]"`))
	require.NotContains(t, w.browse("/sites/{site}/overview", w.tokens["viewer"]).Body.String(), `data-key="]"`, "it has not begun")

	filtered := w.browse("/sites/{site}/calls?kind=lead", w.tokens["viewer"]).Body.String()
	require.Contains(t, filtered, w.fill(`<a href="/sites/{site}/calls" data-key="Escape">`))
	require.NotContains(t, w.browse("/sites/{site}/calls", w.tokens["viewer"]).Body.String(), `data-key="Escape"`)

	for _, address := range []string{"/sites/{site}/reports/hours", "/sites/{site}/numbers", "/alerts", "/me"} {
		require.Contains(t, filtered, w.fill(`data-address="`+address+`"`))
	}
	require.NotContains(t, filtered, `data-address="/people"`, "only admins may open it")
	require.Contains(t, w.browse("/people", adminToken).Body.String(), w.fill(`data-address="/sites/{site}/overview"`))
	require.NotContains(t, w.browse("/login", "").Body.String(), "palette")
}

func TestASecretOfAlertsCanBeRemoved(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NotContains(t, w.browse("/alerts", adminToken).Body.String(), "data-clear")
	w.must("PATCH", "/alert-settings", `{"webhook_secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}`)
	require.Contains(t, w.browse("/alerts", adminToken).Body.String(), `name="webhook_secret" data-clear`)
	w.must("PATCH", "/alert-settings", `{"webhook_secret":""}`)
	require.NotContains(t, w.browse("/alerts", adminToken).Body.String(), "data-clear")
}

// TestTheFormOfADestinationSpeaksTheReadersLanguage has a field of each kind.
func TestTheFormOfADestinationSpeaksTheReadersLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for language, wants := range map[string][]string{
		"en":    {"Server of your region", "The PKEY that you get"},
		"ru":    {"Сервер вашего региона", "PKEY, который вы получаете"},
		"pt-BR": {"Servidor da sua região", "A PKEY que você recebe"},
	} {
		body := w.browse("/sites/{site}/integrations/new?type=rtbhouse&language="+language, adminToken).Body.String()
		for _, want := range wants {
			require.Contains(t, body, want)
		}
	}
	w.names["hook"] = w.must("POST", "/sites/{site}/integrations", `{"type":"webhook","name":"Hook","options":{"url":"https://hooks.example.com/in"},`+
		`"credentials":{"signing_secret":"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw","headers":"X-Sample: 1"}}`)["id"].(string)
	hook := w.browse("/sites/{site}/integrations/{hook}", adminToken).Body.String()
	require.Contains(t, hook, `<textarea data-path="credentials.signing_secret"`, "several secrets have several lines")
	require.Contains(t, hook, `data-remove-credential="headers"`)
	require.NotContains(t, hook, `data-remove-credential="signing_secret"`, "it is required")
	w.must("PATCH", "/sites/{site}/integrations/{hook}", `{"credentials":{"headers":null}}`)
	require.NotContains(t, w.browse("/sites/{site}/integrations/{hook}", adminToken).Body.String(), "data-remove-credential")
}

// TestNumbersAndSettingsAreChangedOnTheirPages has the forms that an editor gets, and a viewer
// does not.
func TestNumbersAndSettingsAreChangedOnTheirPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.names["pool"] = w.must("POST", "/sites/{site}/pools", `{"name":"Web site"}`)["id"].(string)
	for page, forms := range map[string][]string{
		"numbers": {"/api/v1/sites/{site}/pools", "/api/v1/sites/{site}/pools/{pool}/numbers", "/api/v1/sites/{site}/numbers"},
		"script":  {"/api/v1/sites/{site}/script", "/api/v1/sites/{site}"},
	} {
		body, seen := w.browse("/sites/{site}/"+page, adminToken).Body.String(), w.browse("/sites/{site}/"+page, w.tokens["viewer"]).Body.String()
		for _, form := range forms {
			require.Contains(t, body, w.fill(`data-send="`+form+`"`))
			require.NotContains(t, seen, w.fill(`data-send="`+form+`"`))
		}
		require.NotContains(t, seen, "data-action=")
	}
	require.Contains(t, w.browse("/sites/{site}/numbers", adminToken).Body.String(), w.fill(`data-action="/api/v1/sites/{site}/pools/{pool}" data-method="PATCH" data-body="{&#34;enabled&#34;:false}"`))
}
