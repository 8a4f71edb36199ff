package e2e_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// kept evaluates to the names of the cookies and the local storage entries of the script.
const kept = `[...document.cookie.split("; "), ...Object.keys(localStorage)].map(c => c.split("=")[0]).filter(name => name.startsWith("_rb"))`

// TestSite_Consent checks a site that requires consent: nothing is stored or sent
// before it, and the visit is then reported with its origin. After a withdrawal the
// visitor's data is erased and nothing more is sent.
func TestSite_Consent(t *testing.T) {
	t.Parallel()
	s := newShop(t, harness.JSON{"consent_required": true})
	browser := harness.NewBrowser(t, harness.BrowserOptions{})
	browser.Open(s.web.URL(harness.Search, "/"))
	browser.Follow("#advert")
	browser.Wait(`window.ringback.version`)
	browser.Follow("#contact")
	sendContactForm(browser.Tab)
	browser.Wait(`window.ringback.version`)
	browser.Open(s.web.URL(harness.Search, "/"))
	browser.Follow("#advert")
	browser.Wait(`window.ringback.version`)
	require.Empty(t, harness.Read[[]string](browser.Tab, kept))
	requireNoPosts(t, browser.Tab, s)

	browser.Run(`ringback("consent", true)`)
	number := waitNumber(browser.Tab)
	require.NotEmpty(t, harness.Read[[]string](browser.Tab, kept))
	requireFromTheAd(t, s.waitSessions(1, 1)[0]["traffic"].(harness.JSON))
	browser.Follow("#about")
	require.Equal(t, number, waitNumber(browser.Tab), "consent is remembered")
	s.waitSessions(1, 2)
	require.Empty(t, s.list("/conversions"), "the form that was sent before stays unknown")

	browser.Run(`ringback("consent", false)`)
	require.Equal(t, http.StatusNoContent, browser.WaitAnswer("/forget", 1).Status)
	require.Empty(t, s.list("/sessions"), "what was known of the visitor is gone")
	require.Subset(t, []string{"_rb_c"}, harness.Read[[]string](browser.Tab, kept))
	require.Contains(t, browser.Text(), "(202) 555-0100", "the page's own number is back")
	told := len(browser.Requests("/s/"))
	browser.Follow("#home")
	browser.Wait(`window.ringback.version`)
	browser.Follow("#contact")
	sendContactForm(browser.Tab)
	for _, request := range browser.Requests("/s/")[told:] {
		require.Equal(t, http.MethodGet, request.Method, "%v", request)
	}
	require.Empty(t, s.list("/sessions"))
	require.Empty(t, s.list("/conversions"))
	requireQuiet(t, browser.Tab)
}

// requireNoPosts requires that the pages have loaded the script but posted nothing.
func requireNoPosts(t *testing.T, tab *harness.Tab, s *shop) {
	t.Helper()
	for _, request := range tab.Requests(s.Public) {
		require.Equal(t, http.MethodGet, request.Method, "%v", request)
		require.Equal(t, s.tag, request.URL)
	}
	require.Empty(t, s.list("/sessions"))
	require.Empty(t, s.list("/conversions"))
}
