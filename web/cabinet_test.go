package web_test

import (
	"compress/gzip"
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
