package e2e_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// sendPhone fills in a form's phone field and clicks its button.
func sendPhone(form, phone string) chromedp.Action[chromedp.Void] {
	return chromedp.Steps(chromedp.SendKeys(chromedp.CSS(form+" [type=tel]"), phone), chromedp.Click(chromedp.CSS(form+" button")))
}

// TestSite_CookiesBlocked checks a visitor whose browser stores nothing: the visit, the
// number and the lead still work. Nothing is sent to RTB House without its cookie, and
// the owner can read why.
func TestSite_CookiesBlocked(t *testing.T) {
	t.Parallel()
	s := newShop(t, nil)
	browser := harness.NewBrowser(t, harness.BrowserOptions{BlockStorage: true})
	number := comeFromTheAd(s, browser)
	require.Empty(t, harness.Read[string](browser.Tab, `document.cookie = "try=1", document.cookie`), "the browser keeps no cookies")
	require.Equal(t, "SecurityError", harness.Read[string](browser.Tab, `(() => { try { localStorage } catch (e) { return e.name } })()`))
	session := s.waitSessions(1, 1)[0]
	require.Equal(t, "memory", session["storage"])

	call := s.call("call-1", "+12025550126", number)
	require.Equal(t, session["id"], call["session_id"])
	requireFromTheAd(t, pickedVisit(call))
	require.Equal(t, "skip", decided(call)["verdict"])
	require.Equal(t, "no_visitor_id", decided(call)["reason"])

	browser.Open(s.page("/callback"))
	browser.Do(sendPhone("#fetch", "202-555-0124"))
	browser.Wait(`document.querySelector("#state").textContent === "sent"`)
	require.Equal(t, "+12025550124", s.waitLeads(1)[0]["phone"])
	requireQuiet(t, browser.Tab)
}

// TestSite_StorageFull checks that no lead is lost if the local storage is full.
func TestSite_StorageFull(t *testing.T) {
	t.Parallel()
	s := newShop(t, nil)
	browser := harness.NewBrowser(t, harness.BrowserOptions{})
	browser.Block(s.tag)
	browser.Open(s.page("/about"))
	browser.Run(`for (let size = 1 << 20; size >= 1;) {
		try { localStorage.setItem("shop-" + localStorage.length, "x".repeat(size)) } catch { size >>= 1 }
	}`)
	browser.Block()

	number := comeFromTheAd(s, browser)
	browser.Follow("#contact")
	sendContactForm(browser.Tab)
	session := s.waitSessions(1, 3)[0]["id"]
	requireLead(t, s, session)
	requireCall(t, s, s.call("call-1", "+12025550126", number), session, number)
	require.Empty(t, browser.Errors())
}

// TestSite_ServerDown checks that the visit from the ad and its lead are reported once
// after Ringback was down.
func TestSite_ServerDown(t *testing.T) {
	t.Parallel()
	s := newShop(t, nil)
	browser := harness.NewBrowser(t, harness.BrowserOptions{})
	browser.Open(s.page("/about")) // the browser caches the script from now on
	first := s.waitSessions(1, 1)[0]
	require.NoError(t, s.Service.Stop(time.Minute))

	browser.Open(s.web.URL(harness.Search, "/"))
	browser.Follow("#advert")
	browser.Follow("#contact")
	sendContactForm(browser.Tab)
	require.Len(t, s.web.Forms(), 1, "the shop's own form works")
	// A page that is left sends what it can at the same time, and keeps other pages from
	// sending the same for ten seconds. A lead that overtakes its view belongs to the visit
	// before. Afterwards, the page that is open sends the queue in order, the views first.
	browser.Wait(`Object.keys(localStorage).filter((key) => key.startsWith("_rb_q")).every((key) => !JSON.parse(localStorage[key]).claimed)`)
	s.StartService()
	lead := s.waitLeads(1)[0]
	browser.Open(s.page("/about"))

	require.NotEqual(t, first["id"], lead["session_id"])
	requireLead(t, s, lead["session_id"])
	s.waitSessions(2, 1+4)
	browser.Do(chromedp.Reload())
	s.waitSessions(2, 1+5)
	require.Len(t, s.list("/conversions"), 1, "once")
	number := waitNumber(browser.Tab)
	requireCall(t, s, s.call("call-1", "+12025550126", number), lead["session_id"], number)
	require.Empty(t, browser.Errors(), "but for requests that failed, nothing is on the console")
}

// TestSite_PageClosedAtOnce checks that a lead is not lost if the window is closed at
// the moment of its submission, by the form itself or by a script.
func TestSite_PageClosedAtOnce(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ page, form string }{
		"plain": {"/contact", "#plain"},
		"fetch": {"/callback", "#fetch"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newShop(t, nil)
			browser := harness.NewBrowser(t, harness.BrowserOptions{})
			browser.Open(s.page("/")) // the page that sets RTB House's cookie
			browser.Run(`window.other = open("` + c.page + `")`)
			s.waitSessions(1, 2)
			browser.Run(`{
				const form = other.document.querySelector("` + c.form + `");
				form.querySelector("[type=tel]").value = "202 555 0124";
				form.requestSubmit();
				other.close();
			}`)
			require.Equal(t, "+12025550124", s.waitLeads(1)[0]["phone"])
			require.Equal(t, harness.RTBHouseID, s.rtbhouse.WaitHits(t, "ok", 1, patience)[0].Query.Get("aid"))
			requireQuiet(t, browser.Tab)
		})
	}
}

// TestSite_StrictPolicy checks a page whose policy allows only the script, by nonce, and
// requests to Ringback.
func TestSite_StrictPolicy(t *testing.T) {
	t.Parallel()
	s := newShop(t, nil)
	browser := harness.NewBrowser(t, harness.BrowserOptions{})
	number := comeFromTheAd(s, browser)
	browser.Open(s.page("/strict"))
	require.Equal(t, number, waitNumber(browser.Tab))
	browser.Do(chromedp.SendKeys(chromedp.CSS("form [type=tel]"), "202-555-0124"))
	browser.Follow("form #send")
	lead := s.waitLeads(1)[0]
	require.Equal(t, "strict", lead["form"])
	requireFromTheAd(t, pickedVisit(lead))
	requireCall(t, s, s.call("call-1", "+12025550126", number), lead["session_id"], number)
	requireQuiet(t, browser.Tab)
}

// TestSite_AdBlocker checks that a page works normally if the script is blocked.
func TestSite_AdBlocker(t *testing.T) {
	t.Parallel()
	s := newShop(t, nil)
	browser := harness.NewBrowser(t, harness.BrowserOptions{})
	browser.Block(s.tag)
	browser.Open(s.page("/contact"))
	browser.Run(`ringback("lead", {phone: "202-555-0124"})`)
	sendContactForm(browser.Tab)
	require.Len(t, s.web.Forms(), 1)
	require.Contains(t, browser.Text(), "(202) 555-0100")
	require.Empty(t, browser.Errors())
	require.Empty(t, s.list("/sessions"))
}

// TestSite_ForeignOrigin checks that the shop's key does not work on other sites.
func TestSite_ForeignOrigin(t *testing.T) {
	t.Parallel()
	s := newShop(t, nil)
	browser := harness.NewBrowser(t, harness.BrowserOptions{})
	browser.Open(s.web.URL(harness.Ads, "/stolen"))
	require.Equal(t, http.StatusForbidden, browser.WaitAnswer("/views", 1).Status)
	browser.Follow("#send")
	for _, complaint := range browser.Errors() {
		require.Contains(t, complaint, "has been blocked by CORS policy")
	}

	body := harness.JSON{"id": "sample-hit-00000001", "visitor": "sample-visitor-0001", "ago": 0, "kind": "navigate", "url": s.page("/")}
	for _, origin := range []string{"", "null", s.web.URL(harness.Ads, ""), "http://shop.example.ads.example"} {
		status, answer := s.script(origin).Post("views", body)
		require.Equal(t, http.StatusForbidden, status, "%q: %v", origin, answer)
	}
	require.Empty(t, s.list("/sessions"))
	require.Empty(t, s.list("/conversions"))
	status, _ := s.script(s.web.URL("www."+harness.Shop, "")).Post("views", body)
	require.Equal(t, http.StatusOK, status, "below the shop's domain")
}

// TestSite_BotsLeaveNoVisits checks that a crawler sees the original pages and does not
// count as a visitor.
func TestSite_BotsLeaveNoVisits(t *testing.T) {
	t.Parallel()
	s := newShop(t, nil)
	browser := harness.NewBrowser(t, harness.BrowserOptions{UserAgent: "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)"})
	browser.Open(s.page("/"))
	require.Equal(t, http.StatusOK, browser.WaitAnswer("/views", 1).Status)
	require.Contains(t, browser.Text(), "(202) 555-0100")
	require.Empty(t, s.list("/sessions"))
	requireQuiet(t, browser.Tab)
}
