package web_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestVisitsAreListedWithWhatCameOfThem checks the list of visits: its columns, its links to
// calls, and its filters, which are those of the API.
func TestVisitsAreListedWithWhatCameOfThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PATCH", "/sites/{site}", `{"time_zone":"America/Sao_Paulo"}`)
	w.names["direct"] = w.visit("visitor_0000000000000002", "https://www.example.com/offer").SessionID
	call := w.must("POST", "/sites/{site}/calls/visited/events", `{"type":"started","caller":"+12025550123","session_id":"{session}"}`)["conversion_id"].(string)
	viewer := w.tokens["viewer"]
	page := w.browse("/sites/{site}/visits", viewer).Body.String()
	for _, want := range []string{
		`href="/sites/{site}/visits/{session}"`, `href="/sites/{site}/visits/{direct}"`, "09:17:00", "newsletter / email", "https://www.example.com/offer", "desktop",
		"1 page view", `href="/conversions/` + call + `">1 call`, `data-key="gv"`,
	} {
		require.Contains(t, page, w.fill(want))
	}
	for query, selected := range map[string]string{
		"source=newsletter": "{session}", "channel=email&medium=email": "{session}", "visitor=visitor_0000000000000001": "{session}",
		"source=(not+set)": "{direct}", "day_from=2026-01-31&day_to=2026-01-31&channel=direct": "{direct}",
		"day_from=2026-01-30&day_to=2026-01-30": "", "campaign=spring": "",
	} {
		page := w.browse("/sites/{site}/visits?"+query, viewer).Body.String()
		for _, session := range []string{"{session}", "{direct}"} {
			require.Equal(t, session == selected, strings.Contains(page, w.fill(`href="/sites/{site}/visits/`+session+`"`)), "%s: %s", query, session)
		}
		require.Contains(t, page, "Clear", query)
	}
	refused := w.browse("/sites/{site}/visits?day_from=2026-01-31&day_to=yesterday", viewer)
	require.Equal(t, 422, refused.Code)
	require.Contains(t, refused.Body.String(), "day_to")
	for _, lead := range []string{"one", "two"} {
		w.must("POST", "/sites/{site}/leads", `{"external_id":"`+lead+`","email":"visited@example.com","session_id":"{session}"}`)
	}
	require.Contains(t, w.browse("/sites/{site}/visits", viewer).Body.String(), w.fill(`href="/sites/{site}/calls?session_id={session}&amp;kind=lead">2 leads`))
}

// TestAVisitHasAPageOfItsOwn checks the page of a visit, and that it and the calls that belong
// to it lead to each other.
func TestAVisitHasAPageOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	viewer := w.tokens["viewer"]
	call := w.must("POST", "/sites/{site}/calls/visited/events", `{"type":"started","caller":"+12025550123","session_id":"{session}"}`)["conversion_id"].(string)
	page := w.browse("/sites/{site}/visits/{session}", viewer).Body.String()
	for _, want := range []string{
		"newsletter / email", "Pages of the visit", "https://www.example.com/?utm_source=newsletter", `href="/conversions/` + call + `"`,
		`href="/sites/{site}/visits?visitor=visitor_0000000000000001"`,
	} {
		require.Contains(t, page, w.fill(want))
	}
	require.Contains(t, w.browse("/conversions/"+call, viewer).Body.String(), w.fill(`href="/sites/{site}/visits/{session}"`))
	require.Contains(t, w.browse("/sites/{site}/calls?session_id={session}", viewer).Body.String(), call)
	w.names["quiet"] = w.visit("visitor_0000000000000003", "https://www.example.com/").SessionID
	require.Contains(t, w.browse("/sites/{site}/visits/{quiet}", viewer).Body.String(), "No call or lead belongs to this visit.")
	require.NotContains(t, w.browse("/sites/{site}/calls?session_id={quiet}", viewer).Body.String(), call)
	require.Equal(t, 404, w.browse("/sites/{site}/visits/ses_unknown", viewer).Code)
	require.Equal(t, 404, w.browse("/sites/{other}/visits/{session}", viewer).Code)
}

// TestNoVisitsLeadToTheScript checks what somebody reads who has no visits yet.
func TestNoVisitsLeadToTheScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	site := w.must("POST", "/sites", `{"name":"New"}`)["id"].(string)
	page := w.browse("/sites/"+site+"/visits?language=ru", adminToken).Body.String()
	require.Contains(t, page, "Визитов пока нет")
	require.Contains(t, page, `class="button" href="/sites/`+site+`/script"`)
}
