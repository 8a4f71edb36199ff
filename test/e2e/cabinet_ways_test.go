package e2e_test

import (
	"testing"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// newcomer returns the browser of somebody who has just become the first user of a service,
// and the address of the service. There is no site yet.
func newcomer(t *testing.T) (tab *harness.Tab, base string) {
	t.Helper()
	browser := harness.NewBrowser(t, harness.BrowserOptions{})
	base = harness.NewStack(t, harness.StackOptions{}).HTTP
	browser.Do(chromedp.Navigate(base+"/setup"),
		chromedp.SendKeys(chromedp.CSS("input[name=token]"), harness.AdminToken), chromedp.SendKeys(chromedp.CSS("input[name=email]"), "admin@example.com"),
		chromedp.SendKeys(chromedp.CSS("input[name=name]"), "Sample Admin"), chromedp.SendKeys(chromedp.CSS("input[name=password]"), "a sample password"),
		chromedp.Click(chromedp.CSS("form.login button")), chromedp.WaitVisible(chromedp.CSS("nav.side")))
	return browser.Tab, base
}

// TestCabinet_NothingIsLostOnTheWay plays a newcomer's first minutes: an error keeps what was
// typed, a change says that it was saved, empty lists say what to do, and going back and
// loading anew keep what was seen.
func TestCabinet_NothingIsLostOnTheWay(t *testing.T) {
	t.Parallel()
	tab, base := newcomer(t)
	tab.Wait("document.querySelector('form.sending input[name=domains]') !== null")
	tab.Do(chromedp.SendKeys(chromedp.CSS("input[name=name]"), "Sample Shop"), chromedp.SendKeys(chromedp.CSS("input[name=domains]"), "no domain"), chromedp.Click(chromedp.CSS("form.sending button")))
	tab.Wait("document.activeElement.getAttribute('aria-invalid') === 'true'")
	require.Equal(t, "Sample Shop", harness.Read[string](tab, "document.querySelector('input[name=name]').value"), "what was typed stays")
	require.Contains(t, harness.Read[string](tab, "document.querySelector('form.sending .result').textContent"), "www.example.com")
	tab.Run("document.activeElement.select()")
	tab.Do(chromedp.KeyEvent("www.example.com"), chromedp.Click(chromedp.CSS("form.sending button")))
	tab.Wait("location.pathname.endsWith('/start') && document.readyState === 'complete'")
	tab.Wait("document.querySelector('.saved[role=status]').textContent === 'Saved'")
	require.Zero(t, harness.Read[float64](tab, layoutShift), "the message moves nothing")
	site := harness.Read[string](tab, "location.pathname.replace('/start', '')")

	for _, list := range []string{site + "/calls", site + "/deliveries", site + "/integrations", site + "/numbers", site + "/sources", site + "/overview", "/alerts"} {
		tab.Open(base + list)
		require.Greater(t, harness.Read[int](tab, "(document.querySelector('main .empty p')?.textContent ?? '').length"), 40, "%s does not say what to do", list)
	}
	tab.Open(base + site + "/script")
	tab.Do(chromedp.SetValue(chromedp.CSS("input[name=target_call_seconds]"), "45"), chromedp.Click(chromedp.CSS("form.sending[data-send$='"+site+"'] button")))
	tab.Wait("document.querySelector('.saved[role=status]').textContent === 'Saved' && document.querySelector('input[name=target_call_seconds]').defaultValue === '45'")
	tab.Open(base + site + "/numbers")
	tab.Do(chromedp.SendKeys(chromedp.CSS("form.sending[data-send$='/numbers'] input[name=number]"), "+12025550143"), chromedp.Click(chromedp.CSS("form.sending[data-send$='/numbers'] button")))
	tab.Wait("document.querySelector('table th[scope=row]')?.textContent === '+12025550143'")
	backAndAnew(t, tab, base+site)
	keysOfThePages(t, tab, base+site)
	require.Empty(t, tab.Errors())
}

// backAndAnew filters a list twice, goes back, and loads the page anew.
func backAndAnew(t *testing.T, tab *harness.Tab, site string) {
	t.Helper()
	tab.Open(site + "/calls")
	tab.Do(chromedp.SetValue(chromedp.CSS("form.filters [name=kind]"), "lead"), chromedp.Click(chromedp.CSS("details.columns-choice summary")),
		chromedp.Click(chromedp.CSS("[name=cols][value=term]")), chromedp.Click(chromedp.CSS("details.columns-choice button")))
	const first = "new URLSearchParams(location.search).get('kind') === 'lead' && new URLSearchParams(location.search).getAll('cols').includes('term')"
	tab.Wait(first + " && document.readyState === 'complete'")
	tab.Do(chromedp.SetValue(chromedp.CSS("form.filters [name=state]"), "done"), chromedp.Click(chromedp.CSS("form.filters > button")))
	tab.Wait("new URLSearchParams(location.search).get('state') === 'done' && " + first + " && document.readyState === 'complete'")
	const asBefore = first + " && document.readyState === 'complete' && document.querySelector('form.filters [name=kind]').value === 'lead'" +
		" && document.querySelector('form.filters [name=state]').value === '' && document.querySelector('[name=cols][value=term]').checked"
	tab.Do(chromedp.NavigateBack())
	tab.Wait(asBefore)
	tab.Do(chromedp.Reload())
	tab.Wait(asBefore)
}

// keysOfThePages uses the keys for the period, the palette and the filters.
func keysOfThePages(t *testing.T, tab *harness.Tab, site string) {
	t.Helper()
	tab.Do(chromedp.KeyEvent(kb.Escape))
	tab.Wait("location.pathname.endsWith('/calls') && new URLSearchParams(location.search).get('kind') === null && location.search.includes('cols=term') && document.readyState === 'complete'")
	tab.Open(site + "/overview")
	tab.Do(chromedp.KeyEvent("["))
	tab.Wait("location.search.includes('from=') && document.readyState === 'complete'")
	from := harness.Read[string](tab, "new URLSearchParams(location.search).get('from')")
	tab.Do(chromedp.KeyEvent("]"))
	tab.Wait("location.search.includes('from=') && new URLSearchParams(location.search).get('from') > '" + from + "' && document.readyState === 'complete'")
	tab.Do(chromedp.KeyEvent("k", chromedp.KeyModifiers(chromedp.ModifierCtrl)))
	tab.Wait("document.querySelector('dialog.palette').open && document.activeElement.getAttribute('role') === 'combobox'")
	tab.Do(chromedp.KeyEvent("g"), chromedp.KeyEvent(kb.Escape))
	tab.Wait("!document.querySelector('dialog.palette').open && location.pathname.endsWith('/overview')")
	tab.Do(chromedp.KeyEvent("k", chromedp.KeyModifiers(chromedp.ModifierCtrl)), chromedp.KeyEvent("peo"))
	tab.Wait("document.getElementById(document.activeElement.getAttribute('aria-activedescendant'))?.textContent === 'Reports: When people call'")
	require.Equal(t, 3, harness.Read[int](tab, "document.querySelectorAll('dialog.palette [role=option]:not([hidden])').length"), "that report, the people, and the search")
	tab.Do(chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.Enter))
	tab.Wait("location.pathname === '/people'")
}

// layoutShift is how far what a page shows has moved since it was first painted.
const layoutShift = `new Promise((done) => {
	let sum = 0;
	new PerformanceObserver((list) => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; }).observe({ type: "layout-shift", buffered: true });
	requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(sum))));
})`

// TestCabinet_DarkModeDoesNotFlash opens pages without their script, on a system of the other
// theme: the first that is painted has the theme that the reader chose.
func TestCabinet_DarkModeDoesNotFlash(t *testing.T) {
	t.Parallel()
	tab, base := newcomer(t)
	for theme, backs := range map[string]string{"dark": "rgb(16, 22, 31)", "light": "rgb(244, 246, 249)"} {
		other := map[string]string{"dark": "light", "light": "dark"}[theme]
		harness.Send(tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: other}}})
		harness.Send(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: true})
		openIn(tab, base, "/me", look{"en", theme, 1280})
		require.Equal(t, backs, harness.Read[string](tab, "getComputedStyle(document.body).backgroundColor"), theme)
		require.Equal(t, "blocking", harness.Read[string](tab, "performance.getEntriesByType('resource').find((r) => r.name.includes('/assets/style')).renderBlockingStatus"))
		harness.Send(tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{})
		openIn(tab, base, "/me", look{"en", "", 1280})
		require.Equal(t, map[string]string{"dark": "rgb(244, 246, 249)", "light": "rgb(16, 22, 31)"}[theme], harness.Read[string](tab, "getComputedStyle(document.body).backgroundColor"), "as the system")
	}
}
