package web_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A user who chose the language, the theme and the time zone in one browser finds them in
// another one, whatever that prefers.
func TestTheChoiceOfAUserHoldsInEveryBrowser(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.join("reader@example.com", `"role":"viewer"`)
	w.must("PATCH", "/sites/{site}", `{"time_zone":"America/New_York"}`)
	for _, form := range []url.Values{{"language": {"ru"}}, {"theme": {"dark"}}, {"time_zone": {"Europe/Moscow"}}} {
		require.Equal(t, 303, w.submit("/preferences", form, first...).Code)
	}
	me := decode(t, w.byBrowser(first, http.MethodGet, "/me", ""))
	require.Equal(t, []any{"ru", "dark", "Europe/Moscow"}, []any{me["language"], me["theme"], me["time_zone"]})

	other := func(path string, cookies []*http.Cookie) string {
		r := httptest.NewRequest(http.MethodGet, w.fill(path), strings.NewReader(""))
		r.Header.Set("Accept-Language", "pt-BR")
		for _, cookie := range append(cookies, &http.Cookie{Name: "ringback_theme", Value: "light"}) {
			r.AddCookie(cookie)
		}
		return w.serve(r).Body.String()
	}
	require.Contains(t, other("/login", nil), `<html lang="pt-BR" data-theme="light">`, "nobody is signed in")
	page := other("/sites/{site}/calls", first)
	require.Contains(t, page, `<html lang="ru" data-theme="dark">`)
	require.Contains(t, page, "Europe/Moscow")
	require.NotContains(t, page, "America/New_York")
	require.Contains(t, other("/sites/{site}/calls?language=en", first), `<html lang="en"`, "the address goes first")

	require.Equal(t, 200, w.byBrowser(first, http.MethodPatch, "/me", `{"time_zone":"","theme":"system","language":""}`).Code)
	page = other("/sites/{site}/calls", first)
	require.Contains(t, page, `<html lang="pt-BR">`)
	require.Contains(t, page, "America/New_York")
	refused := w.byBrowser(first, http.MethodPatch, "/me", `{"time_zone":"Mars/Olympus"}`)
	require.Equal(t, 422, refused.Code)
	require.Contains(t, refused.Body.String(), `"field":"time_zone"`)
	require.Equal(t, 400, w.submit("/preferences", url.Values{"time_zone": {"Mars/Olympus"}}, first...).Code)
	require.Equal(t, "Sample", decode(t, w.byBrowser(first, http.MethodGet, "/me", ""))["name"], "it is no part of the change")
}
