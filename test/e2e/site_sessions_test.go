package e2e_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// TestSite_CookieThatComesLate checks that the session gets RTB House's id if its cookie
// is set when the visit has been reported already.
func TestSite_CookieThatComesLate(t *testing.T) {
	t.Parallel()
	s := newShop(t, nil)
	browser := harness.NewBrowser(t, harness.BrowserOptions{})
	browser.Open(s.page("/about"))
	number := waitNumber(browser.Tab)
	session := s.waitSessions(1, 1)[0]
	require.Empty(t, session["visitor_ids"])
	browser.Run(`document.cookie = "__r_aid_v__=` + harness.RTBHouseID + `; path=/; max-age=3600"`)
	s.api.WaitFor("the late id", patience, func() bool {
		ids, _ := s.list("/sessions")[0]["visitor_ids"].(harness.JSON)
		return ids["rtbhouse"] == harness.RTBHouseID
	}, s.Service.Log)
	s.call("call-1", "+12025550126", number)
	require.Equal(t, harness.RTBHouseID, s.rtbhouse.WaitHits(t, "ok", 1, patience)[0].Query.Get("aid"))
	requireQuiet(t, browser.Tab)
}

// TestSite_SinglePageApplication checks that changes of the URL are page views, content
// that is rendered later shows the number, and its forms become leads.
func TestSite_SinglePageApplication(t *testing.T) {
	t.Parallel()
	s := newShop(t, nil)
	browser := harness.NewBrowser(t, harness.BrowserOptions{})
	number := comeFromTheAd(s, browser)
	browser.Open(s.page("/app"))
	s.waitSessions(1, 2)
	browser.Do(chromedp.Click(chromedp.CSS("#products")))
	browser.Wait(`/Call 202-555-014[123]/.test(document.querySelector("#view").textContent)`)
	browser.Do(chromedp.Click(chromedp.CSS("#help")))
	browser.Wait(`/Call 202-555-014[123]/.test(document.querySelector("#view").textContent)`)
	session := s.waitSessions(1, 4)[0]
	views := s.list("/sessions/" + session["id"].(string) + "/views")
	var kinds, urls []any
	for _, view := range views {
		kinds, urls = append(kinds, view["kind"]), append(urls, view["url"])
	}
	require.ElementsMatch(t, []any{"navigate", "navigate", "in_page", "in_page"}, kinds)
	require.Subset(t, urls, []any{s.page("/app/products"), s.page("/app/help")})

	browser.Do(sendPhone("#help-form", "202-555-0124"))
	lead := s.waitLeads(1)[0]
	require.Equal(t, "help", lead["form"])
	require.Equal(t, session["id"], lead["session_id"])
	requireCall(t, s, s.call("call-1", "+12025550126", number), session["id"], number)
	requireQuiet(t, browser.Tab)
}

// TestSite_SeveralTabs checks that the tabs of a browser are one visitor in one session
// with one number.
func TestSite_SeveralTabs(t *testing.T) {
	t.Parallel()
	s := newShop(t, nil)
	browser := harness.NewBrowser(t, harness.BrowserOptions{})
	browser.Open(s.page("/"))
	number := waitNumber(browser.Tab)
	tabs := []*harness.Tab{browser.NewTab(), browser.NewTab(), browser.NewTab()}
	for _, tab := range tabs {
		tab.Run(`location.href = "` + s.page("/about") + `"`)
	}
	for _, tab := range tabs {
		tab.Wait(`document.querySelector("#tel")`)
		require.Equal(t, number, waitNumber(tab))
		requireQuiet(t, tab)
	}
	require.Equal(t, "direct", s.waitSessions(1, 4)[0]["traffic"].(harness.JSON)["channel"])
}

// TestSite_AnotherSiteStartsASession checks that a visitor from a search begins another
// session by following a link of another site a moment later.
func TestSite_AnotherSiteStartsASession(t *testing.T) {
	t.Parallel()
	s := newShop(t, nil)
	browser := harness.NewBrowser(t, harness.BrowserOptions{})
	browser.Open(s.web.URL(harness.Search, "/"))
	browser.Follow("#result")
	s.waitSessions(1, 1)
	browser.Open(s.web.URL(harness.Blog, "/"))
	browser.Follow("#link")
	s.waitSessions(2, 2)
	browser.Do(chromedp.Reload())
	list := s.waitSessions(2, 3)
	traffic := list[0]["traffic"].(harness.JSON)
	require.Equal(t, harness.Blog, traffic["source"])
	require.Equal(t, "referral", traffic["medium"])
	require.Contains(t, list[1]["traffic"].(harness.JSON)["referrer"], harness.Search)
	requireQuiet(t, browser.Tab)
}

// TestSite_BackForwardCache checks that a page that is restored from the browser's
// history continues its session with its number.
func TestSite_BackForwardCache(t *testing.T) {
	t.Parallel()
	s := newShop(t, nil)
	browser := harness.NewBrowser(t, harness.BrowserOptions{})
	browser.Open(s.page("/about"))
	number := waitNumber(browser.Tab)
	browser.Run(`addEventListener("pageshow", e => { window.cameBack = e.persisted })`)
	browser.Follow("#home")
	require.Equal(t, number, waitNumber(browser.Tab))
	session := s.waitSessions(1, 2)[0]
	browser.Run(`history.back()`)
	browser.Wait(`window.cameBack === true`)
	require.Equal(t, number, waitNumber(browser.Tab))
	require.Equal(t, session["id"], s.waitSessions(1, 3)[0]["id"])
	newest := s.list("/sessions/" + session["id"].(string) + "/views")[0]
	require.Equal(t, "back", newest["kind"])
	requireQuiet(t, browser.Tab)
}

// TestSite_DirectReturnDaysLater checks that a visitor from an ad who types the address
// two days later begins a new session whose conversions are attributed to the ad.
func TestSite_DirectReturnDaysLater(t *testing.T) {
	t.Parallel()
	s := newShop(t, nil)
	browser := harness.NewBrowser(t, harness.BrowserOptions{})
	browser.Open(s.page("/about"))
	waitNumber(browser.Tab)
	visitor := harness.Read[string](browser.Tab, `new Promise(done => ringback("get", known => done(known.visitor_id)))`)
	s.waitSessions(1, 1)
	status, _ := s.script(s.page("")).Post("views", harness.JSON{
		"id": "sample-hit-00000001", "visitor": visitor, "ago": (48 * time.Hour).Milliseconds(), "kind": "navigate",
		"url":      s.page("/?utm_source=google&utm_medium=cpc&utm_campaign=spring&utm_term=sample+shop&gclid=Sample-Click-1"),
		"referrer": s.web.URL(harness.Search, "/"),
	})
	require.Equal(t, http.StatusOK, status)
	s.waitSessions(2, 2)
	browser.Follow("#contact")
	browser.Do(chromedp.SendKeys(chromedp.CSS("#plain [type=tel]"), "202-555-0124"))
	browser.Follow("#plain #send")
	lead := s.waitLeads(1)[0]
	requireFromTheAd(t, pickedVisit(lead))
	requireQuiet(t, browser.Tab)
}

// TestSite_NumbersDoNotFlicker checks that replacing numbers moves nothing on the page,
// and that pages after the first show the number before Ringback has answered.
func TestSite_NumbersDoNotFlicker(t *testing.T) {
	t.Parallel()
	s := newShop(t, nil)
	browser := harness.NewBrowser(t, harness.BrowserOptions{})
	browser.Open(s.page("/"))
	number := waitNumber(browser.Tab)
	require.Zero(t, harness.Read[float64](browser.Tab, `new Promise(done => {
		let shift = 0;
		new PerformanceObserver(list => { for (const e of list.getEntries()) shift += e.value })
			.observe({type: "layout-shift", buffered: true});
		requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(shift))));
	})`))
	browser.Block("*://*:*/s/*/views")
	browser.Follow("#about")
	require.Equal(t, number, waitNumber(browser.Tab))
	for _, view := range browser.Requests("/views")[1:] {
		require.Zero(t, view.Status, "blocked")
	}
	require.Empty(t, browser.Errors())
}
