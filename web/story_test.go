package web_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/journeys"
	"ringback/models/visitors"
	"ringback/visitorid"
	"ringback/visits"
)

// The browsers of two people, as Marketo Measure's script names them.
const (
	annsBrowser = "08c1063cb0a64349ad0d2d862f5cc700"
	bensBrowser = "18c1063cb0a64349ad0d2d862f5cc701"
	adPage      = "https://www.example.com/?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=Cj0-example-1"
	searchPage  = "https://www.example.com/?utm_source=google&utm_medium=organic"
)

// browses reports a page view of a browser at a time of the day of the story.
func (w *world) browses(visitor, browser, at, url string) string {
	w.t.Helper()
	site := w.must("GET", "/sites/{site}", "")
	plan, err := w.store.SitePlan(w.t.Context(), site["script_key"].(string))
	require.NoError(w.t, err)
	when, err := time.Parse(time.RFC3339, at)
	require.NoError(w.t, err)
	seen, err := w.store.RecordActivity(w.t.Context(), plan, models.Activity{Activity: visitors.Activity{
		VisitorID: visitor, HitID: "hit-" + visitor + when.Format("02T150405"), Storage: "cookie", Script: "1a2b3c4d",
		VisitorIDs: map[string]string{visitorid.MarketoMeasure: browser}, Hit: visits.Hit{At: when, Kind: visits.Navigate, URL: url},
	}})
	require.NoError(w.t, err)
	return seen.SessionID
}

// calls reports a call from a browser.
func (w *world) calls(name, caller, browser, at string) {
	w.t.Helper()
	ids := ""
	if browser != "" {
		ids = `,"visitor_ids":{"bizible":"` + browser + `"}`
	}
	call := w.must("POST", "/sites/{site}/calls/"+name+"/events", `{"type":"started","at":"`+at+`","caller":"`+caller+`"`+ids+`}`)
	w.names[name] = call["conversion_id"].(string)
}

// reads stores a Task as it is read of the CRM.
func (w *world) reads(task journeys.Task, at string) {
	w.t.Helper()
	account, err := w.store.DefaultAccount(w.t.Context())
	require.NoError(w.t, err)
	when, err := time.Parse(time.RFC3339, at)
	require.NoError(w.t, err)
	task.At, task.ModifiedAt = &when, &when
	_, err = w.store.PutTasks(w.t.Context(), account.ID, w.names["site"], []journeys.Task{task})
	require.NoError(w.t, err)
}

// tellStory reports the seed's story. Ann finds the site on Friday; on Saturday she clicks
// an ad at 12:17, looks at pages and calls at 12:25. Later she sends a form and buys. Ben
// sends a form, clicks an ad at 12:17 and calls at 13:05, too late for it.
func (w *world) tellStory() {
	w.t.Helper()
	w.clock.Advance(10 * 24 * time.Hour)
	w.names["ann"] = w.must("POST", "/sites/{site}/people", `{"external_id":"ann","account":"acme-2","phone":"+12025550171","email":"ann@example.com","added_at":"2026-01-31T12:26:00Z"}`)["id"].(string)
	w.names["ben"] = w.must("POST", "/sites/{site}/people", `{"external_id":"ben","phone":"+12025550172","email":"ben@example.com","added_at":"2026-01-30T09:01:00Z"}`)["id"].(string)
	w.browses("visitor-ann-0000000001", annsBrowser, "2026-01-30T10:00:00Z", searchPage)
	w.names["ad"] = w.browses("visitor-ann-0000000001", annsBrowser, "2026-01-31T12:17:00Z", adPage)
	w.browses("visitor-ann-0000000001", annsBrowser, "2026-01-31T12:20:00Z", "https://www.example.com/prices")
	w.calls("merged", "+12025550171", annsBrowser, "2026-01-31T12:25:00Z")
	w.reads(journeys.Task{ExternalID: "00T1", ConversionID: w.names["merged"], Person: "ann", Type: "Call", BizibleID: annsBrowser}, "2026-01-31T12:25:00Z")
	w.names["later"] = w.browses("visitor-ann-0000000001", annsBrowser, "2026-02-02T09:00:00Z", "https://www.example.com/contact")
	w.must("POST", "/sites/{site}/leads", `{"external_id":"form-ann","at":"2026-02-02T09:02:00Z","email":"ann@example.com","session_id":"{later}"}`)
	w.names["won"] = w.must("POST", "/sites/{site}/opportunities", `{"external_id":"won","account":"acme-2","opened_at":"2026-02-03T09:00:00Z","closed_at":"2026-02-08T09:00:00Z",
		"won":true,"amount":100001,"currency":"USD","people":[{"person":"ann","primary":true}]}`)["id"].(string)

	w.names["form"] = w.browses("visitor-ben-0000000001", bensBrowser, "2026-01-30T09:00:00Z", searchPage)
	w.must("POST", "/sites/{site}/leads", `{"external_id":"form-ben","at":"2026-01-30T09:01:00Z","email":"ben@example.com","session_id":"{form}"}`)
	w.browses("visitor-ben-0000000001", bensBrowser, "2026-01-31T12:17:00Z", adPage)
	w.calls("missed", "+12025550172", bensBrowser, "2026-01-31T13:05:00Z")
	w.reads(journeys.Task{ExternalID: "00T2", ConversionID: w.names["missed"], Person: "ben", Type: "Left Message", BizibleID: bensBrowser}, "2026-01-31T13:05:00Z")
	w.computeJourneys()
}

// touchOf returns the touchpoint of a call or lead.
func (w *world) touchOf(conversion string) object {
	w.t.Helper()
	found := items(w.must("GET", "/sites/{site}/touchpoints?conversion_id={"+conversion+"}", "")["items"])
	require.Len(w.t, found, 1)
	return found[0].(object)
}

// TestM4_TheMergedTouchpointOfTheScreenshot compares with the table of
// docs/facts/marketo-measure.md, row by row.
func TestM4_TheMergedTouchpointOfTheScreenshot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PUT", "/sites/{site}/attribution", `{"options":{"medium_of":"session"}}`) // as the screenshot has it
	w.tellStory()
	merging := w.must("GET", "/sites/{site}/conversions/{merged}/merging", "")
	require.Equal(t, "merged", merging["outcome"])
	require.Equal(t, w.names["ad"], merging["session_id"])
	require.EqualValues(t, 300, merging["apart_seconds"])
	touch := w.touchOf("merged")
	for field, want := range map[string]any{
		"kind": "call", "type": "Call", "medium": "cpc", "source": "google", "channel": "Paid Search", "subchannel": "AdWords", "position": "LC, Form",
		"campaign": "spring", "session_id": w.names["ad"], "at": "2026-01-31T12:17:00Z", "person_id": w.names["ann"], "in_crm": true,
		"lead_creation": 10_000.0, "u_shaped": 4_000.0, "first_touch": 0.0,
	} {
		require.Equal(t, want, touch[field], field)
	}
}

// TestM5_TheUnmergedTouchpointOfTheScreenshot does the same for the call that is too late.
func TestM5_TheUnmergedTouchpointOfTheScreenshot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.tellStory()
	merging := w.must("GET", "/sites/{site}/conversions/{missed}/merging", "")
	require.Equal(t, "too_late", merging["outcome"])
	require.EqualValues(t, 48*60, merging["apart_seconds"])
	require.EqualValues(t, 18*60, merging["missed_seconds"])
	touch := w.touchOf("missed")
	for field, want := range map[string]any{
		"kind": "task_call", "type": "Left Message", "medium": "Left Message", "source": "Salesforce Task", "channel": "Other", "position": "PostLC, Form",
		"at": "2026-01-31T13:05:00Z", "person_id": w.names["ben"], "u_shaped": 0.0,
	} {
		require.Equal(t, want, touch[field], field)
	}
	for _, web := range []string{"session_id", "campaign", "landing_page", "subchannel"} {
		require.NotContains(t, touch, web, "no web data")
	}
	english := strings.Join(texts(touch["reasons"]), "\n")
	require.Contains(t, english, "18 minutes")
	russian := items(w.must("GET", "/sites/{site}/touchpoints?conversion_id={missed}&language=ru", "")["items"])[0].(object)
	require.NotEqual(t, touch["reasons"], russian["reasons"])
}

func texts(v any) (all []string) {
	for _, item := range items(v) {
		all = append(all, item.(string))
	}
	return all
}

// TestM8_ALaterFormIsPartOfTheJourneyOfTheRevenue follows Ann's opportunity.
func TestM8_ALaterFormIsPartOfTheJourneyOfTheRevenue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.tellStory()
	journey := w.must("GET", "/sites/{site}/opportunities/{won}/journey", "")
	var positions, channels []string
	ids := map[string]string{}
	for i, item := range items(journey["touchpoints"]) {
		touch := item.(object)
		positions = append(positions, touch["position"].(string))
		channels = append(channels, touch["channel"].(string))
		ids[touch["id"].(string)] = []string{"search", "call", "form"}[i]
	}
	require.Equal(t, []string{"FT", "LC, Form", "PostLC, OC, Closed, Form"}, positions)
	require.Equal(t, []string{"Organic Search", "Paid Search", "Paid Search"}, channels, "the last visit has the channel of the one before")
	amounts := map[string]map[string]int{}
	for _, item := range items(journey["models"]) {
		model := item.(object)
		sum := 0
		amounts[model["model"].(string)] = map[string]int{}
		for _, s := range items(model["shares"]) {
			share := s.(object)
			sum += int(share["amount"].(float64))
			amounts[model["model"].(string)][ids[share["touchpoint_id"].(string)]] = int(share["credit"].(float64))
		}
		require.Equal(t, 100_001, sum, model["model"])
	}
	require.Equal(t, map[string]map[string]int{
		"first_touch":   {"search": 10_000, "call": 0, "form": 0},
		"lead_creation": {"search": 0, "call": 10_000, "form": 0},
		"u_shaped":      {"search": 4_000, "call": 4_000, "form": 2_000},
		"w_shaped":      {"search": 3_334, "call": 3_333, "form": 3_333},
		"full_path":     {"search": 2_500, "call": 2_500, "form": 5_000},
	}, amounts)
}

func TestTouchpointsAreListedByPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.tellStory()
	count := func(query string) int {
		return len(items(w.must("GET", "/sites/{site}/touchpoints?limit=200&"+query, "")["items"]))
	}
	require.Equal(t, 6, count(""))
	for query, want := range map[string]int{
		"person_id={ann}": 3, "kind=call": 1, "kind=task_call": 1, "kind=form": 2, "kind=visit": 2, "type=Call": 1, "channel=Paid%20Search": 3,
		"channel=Paid%20Search&subchannel=AdWords": 3, "campaign=spring": 2, "medium=Left%20Message": 1, "source=Salesforce%20Task": 1, "position=LC": 2,
		"position=FT": 2, "position=C": 0, "position=%25": 0, "session_id={ad}": 1, "day_from=2026-01-31&day_to=2026-01-31": 3, "from=2026-01-31T13:00:00Z": 2,
		"to=2026-01-31T00:00:00Z": 2, "opportunity_id={won}": 3, "model=first_touch": 1, "suppressed=true": 0,
	} {
		require.Equal(t, want, count(query), query)
	}
	for _, path := range []string{"/sites/{site}/touchpoints?", "/sites/{site}/people/{ann}/journey?"} {
		var times []string
		field := map[bool]string{true: "touchpoints", false: "items"}[strings.Contains(path, "journey")]
		for cursor, pages := "", 0; pages == 0 || cursor != ""; pages++ {
			require.Less(t, pages, 10)
			page := w.must("GET", path+"limit=2&cursor="+cursor, "")
			for _, item := range items(page[field]) {
				times = append(times, item.(object)["at"].(string))
			}
			cursor = page["next_cursor"].(string)
		}
		require.Len(t, times, map[bool]int{true: 3, false: 6}[field == "touchpoints"])
		sorted := strings.Join(times, " ")
		if field == "items" {
			require.True(t, strings.HasPrefix(sorted, "2026-02-02"), "the latest first: %s", sorted)
		} else {
			require.True(t, strings.HasPrefix(sorted, "2026-01-30"), "the oldest first: %s", sorted)
		}
	}
	answer := w.do("GET", "/sites/{site}/touchpoints?day_from=yesterday", w.tokens["viewer"], "")
	require.Contains(t, strings.Join(wrongFields(t, answer), " "), "day_from")
	require.Equal(t, 422, w.do("GET", "/sites/{site}/touchpoints?cursor=AAAA", w.tokens["viewer"], "").Code)
}
