package web_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// computeJourneys computes all that has changed, as workers do.
func (w *world) computeJourneys() {
	w.t.Helper()
	for more := true; more; {
		var err error
		more, err = w.store.WorkJourneys(w.t.Context())
		require.NoError(w.t, err)
	}
	for more := true; more; {
		progress, err := w.store.Rebuild(w.t.Context(), w.names["site"])
		require.NoError(w.t, err)
		more = progress.More
	}
}

// uploads sends a CSV file.
func (w *world) uploads(method, path, token, file string) *httptest.ResponseRecorder {
	r := w.request(method, path, token, file)
	r.Header.Set("Content-Type", "text/csv")
	return w.serve(r)
}

// wrongFields returns the fields that an answer names.
func wrongFields(t *testing.T, answer *httptest.ResponseRecorder) (fields []string) {
	t.Helper()
	require.Equal(t, http.StatusUnprocessableEntity, answer.Code, answer.Body)
	for _, e := range items(decode(t, answer)["errors"]) {
		field, _ := e.(object)["field"].(string)
		fields = append(fields, field)
	}
	return fields
}

func TestChoicesOfAttributionAreComputedAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.computeJourneys()
	before := w.must("GET", "/sites/{site}/attribution", "")
	require.Equal(t, "up_to_date", before["computation"].(object)["state"])
	require.Equal(t, "30", before["options"].(object)["window_minutes"])
	require.Len(t, before["models"], 5)
	for _, f := range items(before["fields"]) {
		require.NotEmpty(t, f.(object)["description"])
	}
	same := w.must("PUT", "/sites/{site}/attribution", `{"options":{"window_minutes":"30"}}`)
	require.Equal(t, "up_to_date", same["computation"].(object)["state"], "without a difference nothing is computed")

	answer := w.do("PUT", "/sites/{site}/attribution", w.tokens["editor"], `{"options":{"window_minutes":"60"},"custom_model":{"ft":6000,"lc":4000},
		"exclusions":{"suppressed":[[{"field":"type","operator":"equals","value":"Call"}]]}}`)
	require.Equal(t, http.StatusOK, answer.Code, answer.Body)
	_, err := w.store.WorkJourneys(t.Context())
	require.NoError(t, err)
	changed := w.must("GET", "/sites/{site}/attribution", "")
	computation := changed["computation"].(object)
	require.Equal(t, "computing", computation["state"])
	require.Equal(t, w.names["token-editor"], computation["changed_by"])
	require.Positive(t, computation["total"])
	require.Len(t, changed["models"], 6)
	require.Equal(t, "60", changed["options"].(object)["window_minutes"])

	w.computeJourneys()
	after := w.must("GET", "/sites/{site}/attribution", "")
	require.Equal(t, "up_to_date", after["computation"].(object)["state"])
	require.Equal(t, changed["exclusions"], after["exclusions"])
	require.Equal(t, changed["custom_model"], after["custom_model"])

	refused := w.do("PUT", "/sites/{site}/attribution", w.tokens["editor"], `{"options":{"window_minutes":"soon","pages":"1"},"custom_model":{"ft":1}}`)
	require.ElementsMatch(t, []string{"options.window_minutes", "options.pages", "custom_model.weights"}, wrongFields(t, refused))
	require.Equal(t, after, w.must("GET", "/sites/{site}/attribution", ""))
}

func TestChannelSheetIsExchangedAsCSVAndJSON(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	file := w.do("GET", "/sites/{site}/attribution/channels.csv", w.tokens["viewer"], "")
	require.Equal(t, http.StatusOK, file.Code)
	require.True(t, strings.HasPrefix(file.Body.String(), "Channel,Subchannel,Campaign,Medium,Source,Landing Page,Referring Website,"), file.Body)
	require.Equal(t, "text/csv; charset=utf-8", file.Header().Get("Content-Type"))

	own := "Channel,Subchannel,Campaign,Medium,Source,Landing Page,Referring Website\nCalls,,,Call,,,\nOther,,,*,,,\n"
	answer := w.uploads("PUT", "/sites/{site}/attribution/channels.csv", w.tokens["editor"], own)
	require.Equal(t, http.StatusOK, answer.Code, answer.Body)
	require.Len(t, decode(t, answer)["rules"], 2)
	sheet := w.must("GET", "/sites/{site}/attribution/channels", "")
	require.Equal(t, object{"channel": "Calls", "medium": "Call"}, items(sheet["rules"])[0])
	require.NotEmpty(t, sheet["built_ins"])
	require.Equal(t, "computing", w.must("GET", "/sites/{site}/attribution", "")["computation"].(object)["state"])

	for name, c := range map[string]struct{ file, field string }{
		"another column":  {"Channel,Subchannel,Campaign,Kind,Source,Landing Page,Referring Website\n", "line 1, column 4"},
		"a comma":         {own + "A,,,\"cpc,ppc\",,,\n", "line 4, column Medium"},
		"no channel":      {own + ",,,cpc,,,\n", "line 4, column Channel"},
		"an unknown name": {own + "A,,,,,,[Nowhere]\n", "line 4, column Referring Website"},
		"an open quote":   {own + "A,,,\"cpc\n", "line 4"},
		"nothing":         {" ", "line 1"},
	} {
		t.Run(name, func(t *testing.T) {
			answer := w.uploads("PUT", "/sites/{site}/attribution/channels.csv", w.tokens["editor"], c.file)
			require.Contains(t, strings.Join(wrongFields(t, answer), "\n"), c.field)
		})
	}
	refused := w.do("PUT", "/sites/{site}/attribution/channels", w.tokens["editor"], `{"rules":[{"channel":"A","medium":"cpc,ppc"}]}`)
	require.Equal(t, []string{"rules[0].medium"}, wrongFields(t, refused))
	require.Equal(t, sheet, w.must("GET", "/sites/{site}/attribution/channels", ""), "the sheet stays as it was")
	w.must("PUT", "/sites/{site}/attribution/channels", `{"rules":[{"channel":"A","medium":"cpc"}]}`)
	require.Len(t, w.must("GET", "/sites/{site}/attribution/channels", "")["rules"], 1)
}

func TestCurrencyRatesThatLeadNowhereAreRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, object{"corporate_currency": "", "rates": []any{}}, w.must("GET", "/sites/{site}/attribution/rates", ""))
	set := w.must("PUT", "/sites/{site}/attribution/rates", `{"corporate_currency":"USD","rates":[{"currency":"EUR","units":"0.92"},{"currency":"GBP","per":"EUR","units":"0.85"}]}`)
	require.NotEmpty(t, set["updated_at"])
	for body, field := range map[string]string{
		`{"corporate_currency":"USD","rates":[{"currency":"EUR","per":"GBP","units":"1"},{"currency":"GBP","per":"EUR","units":"1"}]}`: "rates[0].per",
		`{"corporate_currency":"usd","rates":[]}`:                                  "corporate_currency",
		`{"corporate_currency":"USD","rates":[{"currency":"EUR","units":"0"}]}`:    "rates[0].units",
		`{"corporate_currency":"USD","rates":[{"currency":"EURO","units":"0.9"}]}`: "rates[0].currency",
	} {
		require.Contains(t, strings.Join(wrongFields(t, w.do("PUT", "/sites/{site}/attribution/rates", w.tokens["editor"], body)), " "), field, body)
	}
	require.Equal(t, set, w.must("GET", "/sites/{site}/attribution/rates", ""))
}

// TestChangesOfAttributionAreInTheAuditTrail changes choices, the channel sheet and rates.
func TestChangesOfAttributionAreInTheAuditTrail(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for path, body := range map[string]string{
		"/attribution": `{"options":{"window_minutes":"45"}}`, "/attribution/channels": `{"rules":[{"channel":"A","medium":"cpc"}]}`,
		"/attribution/rates": `{"corporate_currency":"USD","rates":[{"currency":"EUR","units":"0.92"}]}`,
	} {
		for range 2 { // the second time nothing changes
			answer := w.do("PUT", "/sites/{site}"+path, w.tokens["editor"], body)
			require.Equal(t, http.StatusOK, answer.Code, answer.Body)
		}
	}
	changed := map[string]object{}
	for entity, entries := range map[string]int{"attribution": 2, "currency_rates": 1} {
		found := items(w.must("GET", "/audit?entity="+entity+"&site_id={site}", "")["items"])
		require.Len(t, found, entries, entity)
		for _, item := range found {
			entry := item.(object)
			require.Equal(t, w.names["token-editor"], entry["actor"])
			require.Equal(t, "updated", entry["action"])
			for name, change := range entry["changes"].(object) {
				changed[name] = change.(object)
			}
		}
	}
	require.Equal(t, "45", changed["options"]["to"].(object)["window_minutes"])
	require.InDelta(t, 1, changed["channel_rules"]["to"], 0)
	require.Equal(t, "USD", changed["corporate_currency"]["to"])
	require.Len(t, changed["rates"]["to"], 1)
}
