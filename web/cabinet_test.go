package web_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// prefer sends the form of the language and theme, and returns the cookies that it sets.
func (w *world) prefer(form url.Values) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/preferences", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return w.serve(r)
}

func TestPagesRunNothingButTheirOwnScript(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.browse("/conversions/{conversion}", w.tokens["viewer"])
	policy := page.Header().Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "require-trusted-types-for 'script'", "trusted-types 'none'"} {
		require.Contains(t, policy, want)
	}
	require.NotContains(t, policy, "unsafe")
	body := page.Body.String()
	require.NotRegexp(t, `(?i)<style|<[a-z]+ [^>]*\bstyle=|<[a-z]+ [^>]*\bon[a-z]+=|<script>`, body, "the policy would block it")
}

func TestFilesOfThePagesAreKeptByBrowsers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	addresses := regexp.MustCompile(`/assets/[^"]+`).FindAllString(w.browse("/login", "").Body.String(), -1)
	require.GreaterOrEqual(t, len(addresses), 3)
	for _, address := range addresses {
		r := httptest.NewRequest(http.MethodGet, address, nil)
		r.Header.Set("Accept-Encoding", "gzip")
		file := w.serve(r)
		require.Equal(t, 200, file.Code, address)
		require.Contains(t, file.Header().Get("Cache-Control"), "immutable")
		zipped, err := gzip.NewReader(file.Body)
		require.NoError(t, err)
		content, err := io.ReadAll(zipped)
		require.NoError(t, err)
		require.Equal(t, w.browse(address, "").Body.String(), string(content))
	}
}

func TestLanguageAndThemeAreKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	set := w.prefer(url.Values{"language": {"ru"}, "next": {"/conversions/x?language=en&as=json"}})
	require.Equal(t, 303, set.Code)
	require.Equal(t, "/conversions/x?as=json", set.Header().Get("Location"), "the parameter would outdo the choice")
	dark := w.prefer(url.Values{"theme": {"dark"}, "next": {"https://evil.example.com"}})
	require.Equal(t, "/", dark.Header().Get("Location"))

	page := w.pageRequest("/conversions/{conversion}", w.tokens["viewer"])
	for _, cookie := range append(set.Result().Cookies(), dark.Result().Cookies()...) {
		require.True(t, cookie.HttpOnly && cookie.Secure)
		page.AddCookie(cookie)
	}
	body := w.serve(page).Body.String()
	require.Contains(t, body, `<html lang="ru" data-theme="dark">`)
	require.Contains(t, body, "Звонок")
	page.URL.RawQuery = "language=pt-BR"
	require.Contains(t, w.serve(page).Body.String(), `<html lang="pt-BR"`, "the address goes first")

	system := w.prefer(url.Values{"theme": {""}})
	require.Negative(t, system.Result().Cookies()[0].MaxAge)
}

func TestPagesOfUnknownCookiesAreShown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := httptest.NewRequest(http.MethodGet, "/login", nil)
	page.AddCookie(&http.Cookie{Name: "ringback_theme", Value: `'><script>`})
	page.AddCookie(&http.Cookie{Name: "ringback_language", Value: "tlh"})
	body := w.serve(page).Body.String()
	require.Contains(t, body, `<html lang="en">`)
}

func TestThePageOfAConversionChoosesAmongTheAccountsSites(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := w.browse("/conversions/{conversion}", w.tokens["viewer"]).Body.String()
	require.Contains(t, body, w.fill(`href="/sites/{site}/calls" aria-current`))
	require.NotContains(t, w.browse("/conversions/{conversion}", w.tokens["stranger"]).Body.String(), w.fill("/sites/{site}/"))
}

func TestPagesOfASiteInEveryLanguage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range w.sitePages() {
		for _, language := range []string{"en", "ru", "pt-BR"} {
			page := w.browse(path+"?language="+language, adminToken)
			require.Equal(t, 200, page.Code, path)
			body := page.Body.String()
			require.Contains(t, body, `<html lang="`+language+`"`)
			require.Equal(t, 1, strings.Count(body, "<h1"), path)
			section, _, _ := strings.Cut(strings.TrimPrefix(path, "/sites/{site}/"), "/")
			require.Equal(t, section != "start", strings.Contains(body, `/`+section+`" aria-current="page"`), path)
			require.Less(t, len(body), 150<<10, "before compression")
		}
	}
}

// The form of an integration explains each metric that it offers, in every language.
func TestTheFormOfAnIntegrationExplainsTheMetrics(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for language, words := range map[string][]string{
		"en": {"the talk was at least as long as the site sets", "missed, busy or failed", "The first lead with this phone number"},
		"ru": {"разговор длился не меньше", "пропущен, занято или ошибка", "Первая заявка с этим номером"},
	} {
		page := w.browse("/sites/{site}/integrations/new?type=webhook&language="+language, adminToken).Body.String()
		for _, part := range words {
			require.Contains(t, page, part)
		}
	}
}

func TestThePageOfTheScriptHasBothTags(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	page := w.browse("/sites/{site}/script", w.tokens["viewer"]).Body.String()
	for _, end := range []string{".js", "-extended.js"} {
		require.Contains(t, page, "/s/"+w.page().key+end+"&#34;")
	}
}

func TestG9_PagesOfASiteShowOneAccountOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, path := range w.sitePages() {
		require.Equal(t, 404, w.browse(path, w.tokens["stranger"]).Code, path)
		require.Equal(t, 303, w.browse(path, "").Code, path)
		require.Equal(t, 303, w.browse(path, w.tokens["intake"]).Code, path)
	}
}

func TestTheStartLeadsToTheLastSite(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := w.must("POST", "/sites", `{"name":"Newer"}`)["id"].(string)
	start := w.pageRequest("/", w.tokens["viewer"])
	require.Equal(t, "/sites/"+other+"/overview", w.serve(start).Header().Get("Location"), "the newest")
	for _, cookie := range w.browse("/sites/{site}/calls", w.tokens["viewer"]).Result().Cookies() {
		start.AddCookie(cookie)
	}
	require.Equal(t, w.fill("/sites/{site}/overview"), w.serve(start).Header().Get("Location"))
	require.Equal(t, "/login?next=%2F", w.browse("/", "").Header().Get("Location"))
}

func TestAddressesOfASiteLeadToAPage(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for address, want := range map[string]string{
		"/sites/{site}":         "/sites/{site}/overview",
		"/sites/{site}/reports": "/sites/{site}/reports/sources",
		"/sites/{site}/reports?from=2026-03-01&to=2026-03-31": "/sites/{site}/reports/sources?from=2026-03-01&to=2026-03-31",
	} {
		require.Equal(t, w.fill(want), w.browse(address, w.tokens["viewer"]).Header().Get("Location"), address)
	}
	for _, address := range []string{"/sites/{site}/conversions", "/sites/{site}/calls/unknown", "/conversions/{conversion}/unknown"} {
		answer := w.browse(address, w.tokens["viewer"])
		require.Equal(t, http.StatusNotFound, answer.Code, address)
		require.Contains(t, answer.Header().Get("Content-Type"), "text/html", address)
		require.Equal(t, http.StatusSeeOther, w.browse(address, "").Code, address)
	}
}

func TestCallsAreFoundByWhatAMarketerKnows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("POST", "/sites/{site}/leads", `{"external_id":"order-9","email":"Buyer@example.com"}`)
	find := func(query string) string {
		return w.browse("/sites/{site}/calls?"+query, w.tokens["viewer"]).Body.String()
	}
	require.Contains(t, find("search=buyer%40example.com"), "Buyer@example.com")
	require.Contains(t, find("search=order-9"), "Buyer@example.com")
	require.NotContains(t, find("search=%28202%29+555-0123"), "Buyer@example.com")
	require.Contains(t, find("search=%28202%29+555-0123"), "+12025550123")
	require.Contains(t, find("search=nothing-like-it"), "Nothing matches these filters")
	require.Equal(t, w.fill("/conversions/{conversion}"), w.browse("/sites/{site}/calls?search={conversion}", w.tokens["viewer"]).Header().Get("Location"))
}

// A filter that a report links to stays when another is changed.
func TestFiltersOfCallsAreShownAndKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := w.browse("/sites/{site}/calls?counted_in=missed&day_from=2026-01-01&day_to=2026-02-28&kind=call", w.tokens["viewer"]).Body.String()
	require.Contains(t, body, `<input type="hidden" name="counted_in" value="missed">`)
	require.Contains(t, body, "missed calls")
	require.Contains(t, body, w.fill(`/sites/{site}/calls?day_from=2026-01-01&amp;day_to=2026-02-28&amp;kind=call`), "without the filter")
	refused := w.browse("/sites/{site}/calls?day_from=soon&counted_in=missed", w.tokens["viewer"])
	require.Equal(t, 422, refused.Code)
	require.Contains(t, refused.Body.String(), "<code>day_from</code>")
}

func TestOnlyEditorsAreOfferedAResend(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Contains(t, w.browse("/sites/{site}/deliveries?state=failed", adminToken).Body.String(), "data-resend-all=")
	require.NotContains(t, w.browse("/sites/{site}/deliveries?state=failed", w.tokens["viewer"]).Body.String(), "data-resend")
	require.Contains(t, w.browse("/sites/{site}/deliveries", adminToken).Body.String(), w.fill(`data-select="{delivery}"`))
	require.NotContains(t, w.browse("/sites/{site}/deliveries", w.tokens["viewer"]).Body.String(), "data-select")
}

func TestPagesFitTheWire(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for n := range 60 {
		w.must("POST", fmt.Sprintf("/sites/{site}/calls/many-%d/events", n), `{"type":"started","caller":"+12025550123","traffic":{"source":"google","medium":"cpc","campaign":"spring"}}`)
	}
	for _, path := range append([]string{"/conversions/{conversion}"}, w.sitePages()...) {
		page := w.pageRequest(path, adminToken)
		page.Header.Set("Accept-Encoding", "gzip")
		answer := w.serve(page)
		require.Equal(t, 200, answer.Code, path)
		require.Equal(t, "gzip", answer.Header().Get("Content-Encoding"), path)
		require.Less(t, answer.Body.Len(), 50<<10, path)
	}
}

func TestTheRuleOfAnIntegrationIsASentence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := w.browse("/sites/{site}/integrations", adminToken).Body.String()
	require.Contains(t, body, "Calls: ")
	require.Contains(t, body, `data-method="PATCH"`)
	require.NotContains(t, w.browse("/sites/{site}/integrations", w.tokens["viewer"]).Body.String(), "data-method")
}

func TestReportsLinkToTheirRowsAndFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	body := w.browse("/sites/{site}/reports/sources?by=source&period=90d", w.tokens["viewer"]).Body.String()
	require.Contains(t, body, w.fill("/api/v1/sites/{site}/reports/sources.csv?by=source&amp;compare=previous&amp;period=90d"))
	refused := w.browse("/sites/{site}/reports/sources?period=soon", w.tokens["viewer"])
	require.Equal(t, 422, refused.Code)
	require.Contains(t, refused.Body.String(), "<code>period</code>")
	require.Equal(t, 404, w.browse("/sites/{site}/reports/none", w.tokens["viewer"]).Code)
}

func TestOnlyAdminsSeeTheJournal(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, 403, w.browse("/sites/{site}/journal", w.tokens["viewer"]).Code)
	require.NotContains(t, w.browse("/sites/{site}/overview", w.tokens["viewer"]).Body.String(), "/journal")
	require.Contains(t, w.browse("/sites/{site}/overview", adminToken).Body.String(), "/journal")
}
