package e2e_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// TestD2_ACallsLifeInTheBrowser opens the pages on which owners and operators see a
// call: the conversion's page behind the sign-in, the workflow in the Temporal UI while
// it waits, and the page of the API.
func TestD2_ACallsLifeInTheBrowser(t *testing.T) {
	t.Parallel()
	browser := harness.NewBrowser(t, harness.BrowserOptions{})
	s := harness.NewStack(t, harness.StackOptions{})
	d := harness.NewDestination(t)
	api := s.API()
	site := api.Site(nil)
	integration := api.RTBHouse(site, d.URL+"/ok", harness.JSON{
		"calls": harness.JSON{"metrics": []string{"target"}, "tags": harness.JSON{"any": []string{"sales"}}},
	})
	start := time.Now().Add(-2 * time.Minute).UTC().Truncate(time.Second)
	events := "/api/v1/sites/" + site + "/calls/call-1/events"
	id := api.Must("POST", events, sampleCall("e1", "visitor-1", start))["conversion_id"].(string)
	waiting := api.WaitConversion(id, time.Minute, func(c harness.JSON) bool { return c["workflow_url"] != nil })

	t.Run("the operator sees what a call waits for", func(t *testing.T) {
		workflow := waiting["workflow_url"].(string)
		metadata := chromedp.Search(`//a[contains(., "User Metadata")]`)
		browser.Do(chromedp.Navigate(workflow), shows(metadata), chromedp.Click(metadata),
			// The UI shows the details in a frame, so they are searched for and not read.
			shows(chromedp.Search(`//strong[contains(., "Waiting for the end of the call")]`)),
			shows(chromedp.Search(`//code[contains(., "/conversions/`+id+`")]`)),
			shows(chromedp.Search(`//td[contains(., "`+integration+`")]`)))
		require.NotContains(t, browser.Text(), "12025550123", "nothing personal in the Temporal UI")
	})

	api.Must("POST", events, harness.JSON{
		"event_id": "e2", "type": "ended", "at": start.Add(time.Minute).Format(time.RFC3339),
		"outcome": "answered", "talk_seconds": 55, "tags": []string{"support"},
	})
	api.WaitConversion(id, time.Minute, harness.Done)

	t.Run("the owner signs in and reads why", func(t *testing.T) {
		token := chromedp.CSS("input[name=token]")
		browser.Do(chromedp.Navigate(s.HTTP+"/conversions/"+id), chromedp.Click(chromedp.CSS("details.login summary")),
			chromedp.SendKeys(token, harness.AdminToken), chromedp.Click(chromedp.CSS("details.login button")),
			shows(chromedp.Search(`//h2[contains(., "Timeline")]`)))
		text := browser.Text()
		require.Contains(t, text, "tag filter wants any of: sales; the call had at its end: support")
		require.Contains(t, text, "+12025550123")
	})
	t.Run("an integrator reads the API", func(t *testing.T) {
		// All operations at once would take seconds to lay out, so the groups are closed at first.
		browser.Open(s.HTTP + "/api/v1/docs")
		for group, operation := range map[string]string{"Intake": "Report a call event", "Integrations": "Create an integration"} {
			heading := fmt.Sprintf(".opblock-tag[data-tag=%q]", group)
			browser.Wait(fmt.Sprintf("document.querySelector(%q)", heading))
			browser.Do(chromedp.Click(chromedp.CSS(heading)))
			browser.Wait(showsText(".opblock-summary-description", operation))
		}
	})
	require.Empty(t, browser.Errors(), "no page complains on the console")
}

// shows waits until the page shows an element. By default, chromedp would search the
// page every 5 ms, which takes most of the browser's time on a page as large as these.
func shows[S chromedp.Selectable](element S) chromedp.Action[chromedp.Void] {
	return chromedp.WaitVisible(element, chromedp.RetryInterval(200*time.Millisecond))
}

// showsText is true in a page in which an element with this selector contains a text.
func showsText(selector, text string) string {
	return fmt.Sprintf("[...document.querySelectorAll(%q)].some(e => e.textContent.includes(%q))", selector, text)
}
