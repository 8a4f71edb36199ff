package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// TestSite_FirstVisitFromAnAdToTheEventAtRTBHouse tests the purpose of the script in a
// real browser: a visitor comes from an ad, returns, sends a form and calls the number
// on the page. RTB House gets both events with its own id.
func TestSite_FirstVisitFromAnAdToTheEventAtRTBHouse(t *testing.T) {
	t.Parallel()
	onBoth(t, func(t *testing.T, stack *harness.Stack) {
		s := openShop(t, stack, nil)
		browser := harness.NewBrowser(t, harness.BrowserOptions{})

		number := comeFromTheAd(s, browser)
		require.Contains(t, poolNumbers, number)
		requireEveryFormat(t, browser.Tab, number)
		session := s.waitSessions(1, 1)[0]
		requireFromTheAd(t, session["traffic"].(harness.JSON))
		require.Equal(t, "paid_search", session["traffic"].(harness.JSON)["channel"])
		require.Equal(t, map[string]any{"rtbhouse": harness.RTBHouseID, "bizible": harness.BizibleID}, session["visitor_ids"])

		browser.Open(s.page("/about")) // a direct return
		require.Equal(t, number, waitNumber(browser.Tab), "a visitor keeps the number")
		require.Equal(t, session["id"], s.waitSessions(1, 2)[0]["id"], "a direct return continues the session")

		browser.Follow("#contact")
		sendContactForm(browser.Tab)
		require.Len(t, s.web.Forms(), 1, "the shop got its form")
		requireLead(t, s, session["id"])

		call := s.call("call-1", "+12025550126", number)
		requireCall(t, s, call, session["id"], number)
		requireQuiet(t, browser.Tab)
	})
}

// comeFromTheAd searches, clicks the ad, and returns the number that the shop shows then.
func comeFromTheAd(s *shop, browser *harness.Browser) string {
	browser.Open(s.web.URL(harness.Search, "/"))
	browser.Follow("#advert")
	return waitNumber(browser.Tab)
}

// requireEveryFormat requires that the number replaces the page's own number everywhere,
// in the same format, and that other numbers are unchanged.
func requireEveryFormat(t *testing.T, tab *harness.Tab, number string) {
	t.Helper()
	last := number[len(number)-4:] // the numbers differ only in these digits
	tab.Wait(`document.querySelector("#late a")?.textContent`)
	tab.Wait(fmt.Sprintf(`document.querySelector("#late").textContent.includes(%q)`, "202-555-"+last))
	require.Equal(t, []string{
		"+1 202-555-" + last, number, "1-202-555-" + last, "202.555." + last, "202 555 " + last,
		"Ask for (202) 555-" + last + ", day and night.",
		"Our fax is (202) 555-0199; order 120255501007.",
	}, harness.Read[[]string](tab, `[...document.querySelectorAll("#formats li")].map(li => li.textContent)`))
	require.Equal(t, "(202) 555-"+last, harness.Read[string](tab, `document.querySelector("#tel").textContent`))
	for _, link := range harness.Read[[]string](tab, `[...document.querySelectorAll("a[href^='tel:']")].map(a => a.href)`) {
		digits := strings.NewReplacer("tel:", "", "+1", "", "-", "").Replace(link)
		require.Equal(t, strings.TrimPrefix(number, "+1"), digits, "%s", link)
	}
}

func requireFromTheAd(t *testing.T, from harness.JSON) {
	t.Helper()
	require.Equal(t, "google", from["source"])
	require.Equal(t, "cpc", from["medium"])
	require.Equal(t, "spring", from["campaign"])
	require.Equal(t, "sample shop", from["term"])
	require.Contains(t, fmt.Sprint(from["click_ids"]), "Sample-Click-1")
	require.Contains(t, from["landing_page"], harness.Shop)
	require.Contains(t, from["referrer"], harness.Search)
}

// sendContactForm fills in the contact form like a user, submits it, and waits for the
// next page.
func sendContactForm(tab *harness.Tab) {
	field := func(name string) chromedp.CSS { return chromedp.CSS("#plain [name=" + name + "]") }
	tab.Do(chromedp.SendKeys(field("fullname"), "Sample Person"), chromedp.SendKeys(field("mobile"), "(202) 555-0124"),
		chromedp.SendKeys(field("mail"), "Lead@Example.com"), chromedp.SendKeys(field("password"), "never-to-be-read-password"),
		chromedp.SendKeys(field("card"), "4111111111111111"), chromedp.SendKeys(field("message"), "Please call back."))
	tab.Follow("#plain #send")
}

// requireLead requires that the form is a lead of the session, that RTB House has got
// it, and that no secret of the form was stored.
func requireLead(t *testing.T, s *shop, session any) {
	t.Helper()
	lead := s.waitLeads(1)[0]
	require.Equal(t, "+12025550124", lead["phone"])
	require.Equal(t, "Lead@Example.com", lead["email"])
	require.Equal(t, session, lead["session_id"])
	require.Contains(t, fmt.Sprint(lead), "Please call back.")
	for _, secret := range []string{"never-to-be-read", "4111111111111111"} {
		require.NotContains(t, fmt.Sprint(lead), secret)
	}
	requireFromTheAd(t, pickedVisit(lead))
	hit := s.rtbhouse.WaitHits(t, "ok", 1, patience)[0]
	require.Equal(t, harness.RTBHouseID, hit.Query.Get("aid"))
	require.Contains(t, hit.Query.Get("tag"), "_conversion_action_form_")
}

// requireCall requires that the call belongs to the session that was shown the number,
// and that RTB House has got it.
func requireCall(t *testing.T, s *shop, call harness.JSON, session any, number string) {
	t.Helper()
	require.Equal(t, session, call["session_id"])
	require.Equal(t, number, call["tracking_number"])
	require.Equal(t, session, call["session"].(harness.JSON)["id"])
	requireFromTheAd(t, call["session"].(harness.JSON)["traffic"].(harness.JSON))
	linked := call["events"].([]any)
	at := slices.IndexFunc(linked, func(e any) bool { return e.(harness.JSON)["event_id"] == "ringback:number" })
	require.GreaterOrEqual(t, at, 0, "%v", linked)
	match := linked[at].(harness.JSON)["call"].(harness.JSON)["number"].(harness.JSON)
	require.Equal(t, "held", match["certainty"])
	require.NotEqual(t, true, match["ambiguous"])
	requireFromTheAd(t, pickedVisit(call))
	hit := s.rtbhouse.WaitHits(t, "ok", 2, patience)[1]
	require.Equal(t, harness.RTBHouseID, hit.Query.Get("aid"))
	require.Contains(t, hit.Query.Get("tag"), "_conversion_action_call_")
}
