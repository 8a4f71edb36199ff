package e2e_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// TestCabinet_SelectedDeliveriesAreSentAgain selects deliveries by keys and all at once, and
// sends one of two again.
func TestCabinet_SelectedDeliveriesAreSentAgain(t *testing.T) {
	t.Parallel()
	browser := harness.NewBrowser(t, harness.BrowserOptions{})
	s, d := harness.NewStack(t, harness.StackOptions{}), harness.NewDestination(t)
	api := s.API()
	site := api.Site(nil)
	api.Webhook(site, d.URL+"/ok", nil)
	reportCalls(api, site, "call", "sales", "sales")
	require.Len(t, d.WaitHits(t, "ok", 2, time.Minute), 2)
	browser.Do(chromedp.Navigate(s.HTTP+"/login?next=/sites/"+site+"/deliveries"), chromedp.Click(chromedp.CSS("details.login summary")),
		chromedp.SendKeys(chromedp.CSS("input[name=token]"), harness.AdminToken), chromedp.Click(chromedp.CSS("details.login button")), chromedp.WaitVisible(chromedp.CSS("nav.side")))

	k := &typist{Tab: browser.Tab, t: t, since: time.Now()}
	const selected = "document.querySelectorAll('[data-select]:checked').length"
	k.reach("[data-select-all]")
	k.press(" ")
	k.Wait(selected + " === 2")
	takePicture(t, k.Tab, "deliveries-selected")
	k.press(" ")
	k.Wait(selected + " === 0 && document.querySelector('[data-selected] > button').disabled")
	k.press(kb.Escape)
	k.reach("main tbody a[href^='/conversions/']")
	k.press("j")
	k.press("x")
	k.Wait(selected + " === 1 && document.querySelector('[data-select-all]').indeterminate")
	k.Run("document.querySelector('[data-selected] > button').focus()")
	k.press(kb.Enter)
	k.Wait("document.activeElement.matches('[data-selected] .yes-button')")
	require.Len(t, d.Hits("ok"), 2, "nothing is sent before the question is answered")
	k.press(kb.Enter)
	k.Wait("document.querySelector('[data-selected] .result').textContent !== ''")
	require.Len(t, d.WaitHits(t, "ok", 3, time.Minute), 3)
	seeHealth(k, api, s.HTTP, site)
	require.Empty(t, browser.Errors())
}

// seeHealth waits until two deliveries are counted, and reads them on the page of integrations.
func seeHealth(k *typist, api *harness.API, base, site string) {
	k.t.Helper()
	var last harness.JSON
	api.WaitFor("two deliveries that are counted", time.Minute, func() bool {
		last = api.Must("GET", "/api/v1/sites/"+site+"/reports/health", nil)
		all := last["items"].([]any)
		return len(all) == 1 && all[0].(map[string]any)["delivered"] == float64(2)
	}, func() string { return fmt.Sprint(last) })
	for _, l := range []look{{"en", "light", 1280}, {"ru", "dark", phone}} {
		openIn(k.Tab, base, "/sites/"+site+"/integrations", l)
		takePicture(k.t, k.Tab, "health-"+l.language)
		require.Contains(k.t, harness.Read[string](k.Tab, "document.querySelector('.health').innerText"), map[string]string{"en": "delivered: 2, failed: 0", "ru": "доставлено: 2"}[l.language])
		require.Contains(k.t, harness.Read[string](k.Tab, "document.querySelector('.health svg desc').textContent"), ": ", "for screen readers")
		require.Empty(k.t, violations(k.Tab, axeCore(k.t)), l)
	}
}
