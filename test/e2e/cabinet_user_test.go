package e2e_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// TestCabinet_AUserReadsTheSameInAnotherBrowser chooses the language, the time zone and the
// theme in one browser, and signs in with another.
func TestCabinet_AUserReadsTheSameInAnotherBrowser(t *testing.T) {
	t.Parallel()
	tab, base := newcomer(t)
	tab.Open(base + "/me")
	const form = "form.sending[data-send='/api/v1/me'] "
	tab.Do(chromedp.SendKeys(chromedp.CSS(form+"[name=time_zone]"), "Mars/Olympus"), chromedp.Click(chromedp.CSS(form+"button")))
	tab.Wait("document.activeElement.name === 'time_zone' && document.activeElement.getAttribute('aria-invalid') === 'true'")
	tab.Run("document.activeElement.select()")
	tab.Do(chromedp.KeyEvent("Europe/Moscow"), chromedp.SetValue(chromedp.CSS(form+"[name=language]"), "ru"), chromedp.Click(chromedp.CSS(form+"button")))
	tab.Wait("document.documentElement.lang === 'ru' && document.readyState === 'complete'")
	menu := "details.menu:has(form[action='/preferences']) "
	tab.Do(chromedp.Click(chromedp.CSS(menu+"summary")), chromedp.Click(chromedp.CSS(menu+"[name=theme][value=dark]")))
	tab.Wait("document.documentElement.dataset.theme === 'dark' && document.readyState === 'complete'")

	other := harness.NewBrowser(t, harness.BrowserOptions{})
	other.Do(chromedp.Navigate(base+"/login?next=/me"),
		chromedp.SendKeys(chromedp.CSS("form.login input[name=email]"), "admin@example.com"), chromedp.SendKeys(chromedp.CSS("form.login input[name=password]"), "a sample password"),
		chromedp.Click(chromedp.CSS("form.login button")), chromedp.WaitVisible(chromedp.CSS("nav.side")))
	other.Wait("location.pathname === '/me' && document.readyState === 'complete'")
	require.Equal(t, []string{"ru", "dark", "Europe/Moscow"},
		harness.Read[[]string](other.Tab, "[document.documentElement.lang, document.documentElement.dataset.theme, document.querySelector(\""+form+"[name=time_zone]\").value]"))
	takePicture(t, other.Tab, "user-ru-dark")
	menuIsAbove(other.Tab, base, menu)
	require.Empty(t, other.Errors())
}

// menuIsAbove opens the menu of preferences on a phone, above a table that scrolls.
func menuIsAbove(tab *harness.Tab, base, menu string) {
	openIn(tab, base, "/me", look{"ru", "dark", phone})
	tab.Do(chromedp.Click(chromedp.CSS(menu + "summary")))
	tab.Run(`document.querySelector(".scroll").style.marginTop = "-500px"`) // as on pages that begin with one
	tab.Wait(`(() => {
		const menu = document.querySelector("details.menu[open] form"), m = menu.getBoundingClientRect(), t = document.querySelector(".scroll").getBoundingClientRect();
		const y = (Math.max(m.top, t.top) + Math.min(m.bottom, t.bottom)) / 2;
		return t.top < m.bottom && m.top < t.bottom && menu.contains(document.elementFromPoint(m.x + m.width / 2, y));
	})()`)
}
