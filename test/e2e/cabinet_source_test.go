package e2e_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// TestCabinet_ASourceIsSetUpAndItsFirstMessageSeen sets up a source by its form, with a secret
// that is shown once, sends what its provider would send to the address, and sees that it came.
func TestCabinet_ASourceIsSetUpAndItsFirstMessageSeen(t *testing.T) {
	t.Parallel()
	tab, base := newcomer(t)
	tab.Wait("document.querySelector('form.sending input[name=domains]') !== null")
	tab.Do(chromedp.SendKeys(chromedp.CSS("input[name=name]"), "Sample Shop"), chromedp.SendKeys(chromedp.CSS("input[name=domains]"), "www.example.com"), chromedp.Click(chromedp.CSS("form.sending button")))
	tab.Wait("location.pathname.endsWith('/start') && document.readyState === 'complete'")
	tab.Follow("ol.steps a[href$='/sources/new']")
	tab.Follow("a[href$='/sources/calltouch']")
	tab.Do(chromedp.Click(chromedp.CSS("form[data-source] button[type=submit]")))
	tab.Wait("document.activeElement.dataset.path === 'credentials.secrets' && document.activeElement.getAttribute('aria-invalid') === 'true'")
	tab.Do(chromedp.Click(chromedp.CSS("[data-make-secret]")), chromedp.Click(chromedp.CSS("form[data-source] button[type=submit]")))
	tab.Wait("document.activeElement.matches('[data-secret-addresses]')")
	takePicture(t, tab, "source-secret")
	address := harness.Read[string](tab, "document.querySelector('[data-secret-addresses] pre').textContent")
	require.Regexp(t, `/hooks/calltouch/[^/?]+\?secret=[0-9a-f]{32}&event=call_end$`, address)

	tab.Do(chromedp.Click(chromedp.CSS("[data-secret-addresses] a.button")))
	tab.Wait("document.querySelector('[data-until]')?.textContent.length > 0")
	require.NotContains(t, tab.Text(), address)
	require.Contains(t, tab.Text(), "?secret=********&event=call_end")
	answer, err := http.Post(base+address[strings.Index(address, "/hooks/"):], "application/x-www-form-urlencoded",
		strings.NewReader("id=1&timestamp=1769860800&callerphone=12025550123&status=successful&duration=40"))
	require.NoError(t, err)
	require.NoError(t, answer.Body.Close())
	require.Equal(t, http.StatusOK, answer.StatusCode)
	tab.Wait("document.querySelector('[data-until]') === null && document.readyState === 'complete'")

	tab.Do(chromedp.Click(chromedp.CSS("#delete summary")), chromedp.Click(chromedp.CSS("#delete button")))
	tab.Wait("location.pathname.endsWith('/sources') && document.querySelector('main .empty') !== null")
	require.Empty(t, tab.Errors())
}
