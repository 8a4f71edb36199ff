package web_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/models/modeltest"
)

// download returns the lines of a file that a page offers.
func (w *world) download(path, token string) [][]string {
	w.t.Helper()
	answer := w.browse(path, token)
	require.Equal(w.t, 200, answer.Code, answer.Body)
	require.Equal(w.t, "text/csv; charset=utf-8", answer.Header().Get("Content-Type"))
	text, marked := strings.CutPrefix(answer.Body.String(), "\ufeff")
	require.True(w.t, marked, "spreadsheets need the mark")
	require.NotContains(w.t, strings.ReplaceAll(text, "\r\n", ""), "\n", "every line ends with CRLF")
	r := csv.NewReader(strings.NewReader(text))
	if strings.Contains(path, "language=ru") {
		r.Comma = ';'
	}
	lines, err := r.ReadAll()
	require.NoError(w.t, err)
	return lines
}

// A file has all calls and leads that the filter shows, also beyond the longest page.
func TestAFileHasExactlyWhatTheFilterShows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 205 {
		w.must("POST", "/sites/{site}/leads", fmt.Sprintf(`{"external_id":"many-%d","email":"many@example.com","tags":["bulk"]}`, n))
	}
	w.must("POST", "/sites/{site}/leads", `{"external_id":"formula","email":"f@example.com","name":"=1+1","traffic":{"source":"@sum","campaign":"a;-1"}}`)
	lines := w.download("/sites/{site}/calls.csv?tag=bulk", w.tokens["viewer"])
	require.Len(t, lines, 206)
	require.Equal(t, []string{"id", "external id", "kind", "at"}, lines[0][:4])
	require.Equal(t, "many-204", lines[1][1])
	require.Equal(t, "many-0", lines[205][1])
	require.Equal(t, "2026-01-31T12:17:00Z", lines[1][3])

	line := strings.Join(w.download("/sites/{site}/calls.csv?search=formula", w.tokens["viewer"])[1], "|")
	for _, want := range []string{"|'=1+1|", "|'@sum|", "|a;'-1|"} {
		require.Contains(t, line, want)
	}
	require.Equal(t, "внешний ID", w.download("/sites/{site}/calls.csv?search=formula&language=ru", w.tokens["viewer"])[0][1])
	deliveries := w.download("/sites/{site}/deliveries.csv?state=failed", w.tokens["viewer"])
	require.Len(t, deliveries, 2)
	require.Equal(t, w.fill("{delivery}"), deliveries[1][0])
	require.Len(t, w.download("/sites/{site}/deliveries.csv?state=delivered", w.tokens["viewer"]), 1)

	trail := w.do("GET", "/audit?site_id={site}", adminToken, "").Body.String()
	require.Contains(t, trail, `"action":"downloaded"`)
	require.Contains(t, trail, `"calls":{"to":"tag=bulk"}`)
	require.Equal(t, 422, w.browse("/sites/{site}/calls.csv?day_from=soon", w.tokens["viewer"]).Code)
}

// A person who is erased stays in no audit trail.
func TestATrailOfDownloadsNamesNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, filter := range []string{"kind=lead&person=%2B12025550188", "kind=lead&search=%2B12025550188", "kind=lead&search=Sample+Person"} {
		w.download("/sites/{site}/calls.csv?"+filter, w.tokens["viewer"])
	}
	trail := w.do("GET", "/audit?site_id={site}", adminToken, "").Body.String()
	require.Equal(t, 3, strings.Count(trail, `"calls":{"to":"kind=lead"}`))
	require.NotContains(t, trail, "12025550188")
	require.NotContains(t, trail, "Sample")
}

func TestG9_FilesShowOneAccountOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range []string{"/sites/{site}/calls.csv", "/sites/{site}/deliveries.csv"} {
		require.Equal(t, 404, w.browse(path, w.tokens["stranger"]).Code)
		require.Equal(t, 303, w.browse(path, "").Code)
		require.Equal(t, 303, w.browse(path, w.tokens["intake"]).Code)
	}
}

func TestAUserKeepsViews(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine, other := w.signInAs(adminEmail, samplePassword), w.join("other@example.com", `"role":"viewer"`)
	save := func(cookies []*http.Cookie, name, query string) (int, object) {
		answer := w.byBrowser(cookies, "POST", "/sites/{site}/views", `{"list":"calls","name":"`+name+`","query":"`+query+`"}`)
		return answer.Code, decode(t, answer)
	}
	_, made := save(mine, "Chat leads", "kind=lead&tag=chat&search=%2B12025550123")
	require.Equal(t, "kind=lead&tag=chat", made["query"], "whom somebody looked for is not kept")
	page := w.see(mine, "/sites/{site}/calls?kind=lead&tag=chat").Body.String()
	require.Contains(t, page, w.fill(`href="/sites/{site}/calls?kind=lead&amp;tag=chat" aria-current="page">Chat leads`))
	require.Contains(t, page, "Delete this view")
	require.Contains(t, w.see(mine, "/sites/{site}/calls?tag=sales").Body.String(), "Save this view")
	require.NotContains(t, w.see(mine, "/sites/{site}/calls?person=%2B12025550123").Body.String(), "Save this view", "nothing of it would be kept")
	require.NotContains(t, w.see(other, "/sites/{site}/calls").Body.String(), "Chat leads")
	require.NotContains(t, w.see(mine, "/sites/{site}/deliveries").Body.String(), "Chat leads")
	require.NotContains(t, w.browse("/sites/{site}/calls?tag=sales", adminToken).Body.String(), "Save this view", "a token keeps none")

	id := made["id"].(string)
	require.Equal(t, 404, w.byBrowser(other, "DELETE", "/sites/{site}/views/"+id, "").Code)
	_, again := save(mine, "Chat leads", "kind=call")
	require.NotEqual(t, id, again["id"])
	require.Equal(t, 404, w.byBrowser(mine, "DELETE", "/sites/{site}/views/"+id, "").Code, "it was replaced")
	require.Equal(t, 204, w.byBrowser(mine, "DELETE", "/sites/{site}/views/"+again["id"].(string), "").Code)
	for n := range 50 {
		code, _ := save(mine, fmt.Sprint("View ", n), "kind=call")
		require.Equal(t, 201, code)
	}
	code, _ := save(mine, "One more", "kind=call")
	require.Equal(t, 409, code)
	code, _ = save(mine, "View 7", "kind=lead")
	require.Equal(t, 201, code, "it replaces one")
	code, _ = save(mine, "  ", "kind=lead")
	require.Equal(t, 422, code)
	code, _ = save(mine, "Bad", "%zz")
	require.Equal(t, 422, code)
}

func TestReadyViewsOfCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.browse("/sites/{site}/calls", w.tokens["viewer"]).Body.String()
	for _, view := range []string{
		"counted_in=missed&amp;day_from=2026-01-31&amp;day_to=2026-01-31", "counted_in=failed", "day_from=2026-01-02&amp;day_to=2026-01-31&amp;only=sent_nowhere",
		"only=without_visit", "only=late_tags",
	} {
		require.Contains(t, page, w.fill(`href="/sites/{site}/calls?`+view+`"`))
	}
	require.Contains(t, page, w.fill(`data-news="/api/v1/sites/{site}/conversions?limit=200"`))
	require.NotContains(t, w.browse("/sites/{site}/calls?cursor=", w.tokens["viewer"]).Body.String(), "data-news=\"\"")
	for _, view := range []string{"only=sent_nowhere", "only=without_visit", "only=late_tags", "only=sent_nowhere&kind=call&day_from=2026-01-02&day_to=2026-01-31"} {
		require.Equal(t, 200, w.browse("/sites/{site}/calls?"+view, w.tokens["viewer"]).Code, view)
	}
	require.Equal(t, 422, w.browse("/sites/{site}/calls?only=nothing", w.tokens["viewer"]).Code)
}

// More numbers than one page holds are on the next ones.
func TestAllNumbersCanBeReached(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 3 {
		numbers := make([]string, 0, 100)
		for i := range 100 {
			numbers = append(numbers, fmt.Sprintf(`"+1202555%04d"`, 1000+n*100+i))
		}
		w.must("POST", "/sites/{site}/pools/{pool}/numbers", `{"numbers":[`+strings.Join(numbers, ",")+`]}`)
	}
	page := w.browse("/sites/{site}/numbers", w.tokens["viewer"]).Body.String()
	require.Equal(t, 200, strings.Count(page, "/calls?number_id="))
	_, rest, found := strings.Cut(page, w.fill(`href="/sites/{site}/numbers?cursor=`))
	require.True(t, found)
	cursor, _, _ := strings.Cut(rest, `"`)
	next := w.browse("/sites/{site}/numbers?cursor="+cursor, w.tokens["viewer"]).Body.String()
	require.Equal(t, 101, strings.Count(next, "/calls?number_id="))
}

// TestTheStoryOfAConversionIsOnOnePage checks what surrounds a call: the pages before it, its
// touchpoint, the person's other calls, and the rule that was not met.
func TestTheStoryOfAConversionIsOnOnePage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PATCH", "/sites/{site}", `{"time_zone":"America/Sao_Paulo"}`)
	call := w.must("POST", "/sites/{site}/calls/story/events", `{"type":"started","caller":"+12025550123","session_id":"{session}"}`)["conversion_id"].(string)
	page := w.browse("/conversions/"+call, w.tokens["viewer"]).Body.String()
	require.Contains(t, page, "Pages of the visit")
	require.Contains(t, page, "https://www.example.com/?utm_source=newsletter")
	require.Contains(t, page, "Other calls and leads of this person")
	require.Contains(t, page, w.fill(`href="/conversions/{conversion}"`))
	require.Contains(t, page, "09:17:00 -03", "times are those of the site")
	alone := w.must("POST", "/sites/{site}/leads", `{"external_id":"alone","email":"alone@example.com"}`)["conversion_id"].(string)
	require.NotContains(t, w.browse("/conversions/"+alone, w.tokens["viewer"]).Body.String(), "Other calls and leads")
}

func TestTheReportOnRevenueAndTheCheckHavePages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.browse("/sites/{site}/reports/revenue?by=campaign&model=w_shaped", w.tokens["viewer"])
	require.Equal(t, 200, page.Code, page.Body)
	require.Contains(t, page.Body.String(), `value="w_shaped" selected`)
	require.Contains(t, page.Body.String(), w.fill(`/api/v1/sites/{site}/reports/revenue.csv?by=campaign`))
	require.Contains(t, w.browse("/sites/{site}/script", adminToken).Body.String(), w.fill(`data-check="/api/v1/sites/{site}/check"`))
	require.NotContains(t, w.browse("/sites/{site}/script", w.tokens["viewer"]).Body.String(), "data-check")
}

// TestAViewThatCannotBeReadIsNoOtherView has a view whose filter a later version of the list
// does not know. Without it, the list would show everything under the name of the view.
func TestAViewThatCannotBeReadIsNoOtherView(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	mine := w.signInAs(adminEmail, samplePassword)
	refused := w.byBrowser(mine, "POST", "/sites/{site}/views", `{"list":"calls","name":"Bad","query":"state=gone&kind=call"}`)
	require.Equal(t, 422, refused.Code)
	require.Contains(t, refused.Body.String(), `"field":"query.state"`)
	for _, query := range []string{"cols=kind&cols=term&cursor=abc&state=waiting", "kind=lead"} {
		made := w.byBrowser(mine, "POST", "/sites/{site}/views", `{"list":"calls","name":"`+query+`","query":"`+query+`"}`)
		require.Equal(t, 201, made.Code, made.Body)
	}
	db := modeltest.SQL(t, w.dsn)
	for _, broken := range []string{"state=gone", "retired=1"} {
		_, err := db.ExecContext(t.Context(), "UPDATE saved_views SET query = '"+broken+"' WHERE name = 'kind=lead'")
		require.NoError(t, err)
		items := decode(t, w.byBrowser(mine, "GET", "/sites/{site}/views", ""))["items"].([]any)
		require.Len(t, items, 2)
		require.Contains(t, items[0].(object)["unreadable"], broken[:strings.Index(broken, "=")]+": ")
		require.NotContains(t, items[1].(object), "unreadable")
		require.Equal(t, "cols=kind&cols=term&state=waiting", items[1].(object)["query"])

		page := w.see(mine, "/sites/{site}/calls").Body.String()
		require.Contains(t, page, "The view “kind=lead” cannot be read any more:")
		require.NotContains(t, page, `>kind=lead</a>`)
		require.Contains(t, page, `>cols=kind&amp;cols=term&amp;cursor=abc&amp;state=waiting</a>`)
	}
}

func TestColumnsOfListsAreChosen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("POST", "/sites/{site}/leads", `{"external_id":"order-9","email":"buyer@example.com","traffic":{"source":"google","medium":"cpc","term":"garden chairs"}}`)
	usual := w.browse("/sites/{site}/calls", w.tokens["viewer"]).Body.String()
	require.NotContains(t, usual, "garden chairs")
	require.Contains(t, usual, `name="cols" value="kind" checked`)
	chosen := w.browse("/sites/{site}/calls?cols=term&cols=external_id&cols=nothing&kind=lead", w.tokens["viewer"]).Body.String()
	require.Contains(t, chosen, "garden chairs")
	require.Contains(t, chosen, ">order-9</td>")
	require.NotContains(t, chosen, `name="cols" value="kind" checked`)
	require.Contains(t, chosen, w.fill(`<a href="/sites/{site}/calls?cols=term&amp;cols=external_id" data-key="Escape">`), "the columns stay without the filter")
	require.NotContains(t, w.browse("/sites/{site}/calls?cols=term", w.tokens["viewer"]).Body.String(), `data-key="Escape"`, "nothing is filtered")
	require.Contains(t, w.browse("/sites/{site}/deliveries?cols=id", w.tokens["viewer"]).Body.String(), w.fill(">{delivery}</td>"))
	require.Len(t, w.download("/sites/{site}/calls.csv?cols=term&kind=lead", w.tokens["viewer"])[0], 20, "a file has all columns")
}
