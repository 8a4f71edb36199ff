package e2e_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// mostFields is how many fields a newcomer fills in at most to set up an integration.
const mostFields = 12

// typist works on pages with the keyboard alone.
type typist struct {
	*harness.Tab
	t      *testing.T
	fields int // that were filled in or changed
	since  time.Time
}

// reach presses Tab until the element of a selector has the focus.
func (k *typist) reach(selector string) {
	k.t.Helper()
	k.Wait(fmt.Sprintf("document.readyState === 'complete' && document.querySelector(%q) !== null", selector))
	for range 200 {
		if harness.Read[bool](k.Tab, fmt.Sprintf("document.activeElement.matches(%q)", selector)) {
			return
		}
		k.press(kb.Tab)
	}
	k.t.Fatalf("Tab never reaches %s", selector)
}

func (k *typist) press(keys string) { k.Do(chromedp.KeyEvent(keys)) }

// choose fills a field in, or changes it, by keys.
func (k *typist) choose(selector, keys string) {
	k.t.Helper()
	k.reach(selector)
	k.press(keys)
	k.fields++
}

// follow reaches a link or button and presses Enter.
func (k *typist) follow(selector string) {
	k.t.Helper()
	k.reach(selector)
	k.press(kb.Enter)
}

// step logs how long the step before took.
func (k *typist) step(name string) {
	k.t.Logf("%-40s %5.1f s, %d fields so far", name, time.Since(k.since).Seconds(), k.fields)
	k.since = time.Now()
}

// reportCalls reports calls of the last minutes, one with each of these tags. It returns
// their conversions once these are done.
func reportCalls(api *harness.API, site, name string, tags ...string) (ids []string) {
	start := time.Now().Add(-2 * time.Minute).UTC().Truncate(time.Second)
	for n, tag := range tags {
		events := fmt.Sprintf("/api/v1/sites/%s/calls/%s-%d/events", site, name, n)
		id := api.Must("POST", events, sampleCall("e1", fmt.Sprintf("visitor-%s-%d", name, n), start))["conversion_id"].(string)
		api.Must("POST", events, harness.JSON{
			"event_id": "e2", "type": "ended", "at": start.Add(time.Minute).Format(time.RFC3339), "outcome": "answered", "talk_seconds": 55, "tags": []string{tag},
		})
		api.WaitConversion(id, 60*time.Second, harness.Done)
		ids = append(ids, id)
	}
	return ids
}

// TestCabinet_TheMainJobByKeyboardAlone sets RTB House up with metrics, tags, traffic and
// model, tries it on what has happened, switches it on, sees a call delivered, and finds out
// why another one was not.
func TestCabinet_TheMainJobByKeyboardAlone(t *testing.T) {
	t.Parallel()
	browser := harness.NewBrowser(t, harness.BrowserOptions{})
	s, d := harness.NewStack(t, harness.StackOptions{}), harness.NewDestination(t)
	api := s.API()
	site := api.Site(nil)
	reportCalls(api, site, "before", "sales", "spam", "sales")
	browser.Do(chromedp.Navigate(s.HTTP+"/login?next=/sites/"+site+"/integrations"), chromedp.Click(chromedp.CSS("details.login summary")),
		chromedp.SendKeys(chromedp.CSS("input[name=token]"), harness.AdminToken), chromedp.Click(chromedp.CSS("details.login button")), chromedp.WaitVisible(chromedp.CSS("nav.side")))

	k := &typist{Tab: browser.Tab, t: t, since: time.Now()}
	k.follow("a[href$='/integrations/new']")
	k.follow("a[href$='type=rtbhouse']")
	k.choose("[data-credential=pkey]", "sample-pkey")
	k.choose("[data-credential=tagging_hash]", "too short")
	k.follow(".fields details > summary")
	k.choose("[data-option=base_url]", d.URL+"/ok")
	k.step("connected")

	k.choose("[data-rules=calls] [data-tags=any] [data-value]", "sales")
	k.follow("[data-rules=calls] > [data-group] > .buttons > [data-add-condition]")
	k.choose("[data-rules=calls] [data-field]", "medium")
	k.choose("[data-rules=calls] [data-condition] [data-value]", "cpc")
	k.choose("[name=attribution_model]", "last v")
	k.step("rules")

	k.follow("[data-try-start]")
	k.Wait("document.querySelector('[aria-invalid]') !== null")
	require.Equal(t, "credentials.tagging_hash", harness.Read[string](k.Tab, "document.activeElement.dataset.path"), "the field that is wrong has the focus")
	require.Contains(t, harness.Read[string](k.Tab, "document.getElementById(document.activeElement.getAttribute('aria-describedby').split(' ').at(-1)).textContent"),
		"exactly 20 letters", "screen readers read the error with the field")
	require.Equal(t, "cpc", harness.Read[string](k.Tab, "document.querySelector('[data-rules=calls] [data-condition] [data-value]').value"), "what was typed stays")
	k.Run("document.activeElement.select()")
	k.press("abcdefghij0123456789")
	k.follow("[data-try-start]")
	k.Wait("document.querySelector('[data-try-progress]').hidden && document.querySelectorAll('[data-try-result] details').length === 2")
	result := harness.Read[string](k.Tab, "document.querySelector('[data-try]').innerText")
	require.Contains(t, result, "3 of 3 calls and leads were judged.")
	require.Contains(t, result, "Would be sent: 2")
	require.Contains(t, result, "Would not be sent: 1")
	require.Contains(t, result, "1: its tag filter is not met")
	require.Empty(t, d.Hits("ok"), "nothing is sent by trying")
	takePicture(t, k.Tab, "job-preview")
	k.step("tried")

	k.choose("[name=enabled]", " ")
	k.follow("form.integration button[type=submit]")
	k.Wait("/integrations\\/int_/.test(location.pathname)")
	k.step("switched on")
	require.LessOrEqual(t, k.fields, mostFields)

	ids := reportCalls(api, site, "after", "sales", "spam")
	require.Len(t, d.WaitHits(t, "ok", 1, time.Minute), 1)
	k.follow("nav.side a[href$='/calls']")
	k.Wait("location.pathname.endsWith('/calls')")
	k.follow("main a[href='/conversions/" + ids[0] + "']")
	k.Wait("location.pathname.startsWith('/conversions/') && document.readyState === 'complete'")
	require.NotEmpty(t, harness.Read[int](k.Tab, "document.querySelectorAll('main .badge.delivered').length"))
	k.step("saw the call delivered")

	k.follow("nav.side a[href$='/calls']")
	k.Wait("location.pathname.endsWith('/calls')")
	k.follow("main a[href='/conversions/" + ids[1] + "']")
	k.Wait("location.pathname.startsWith('/conversions/') && document.readyState === 'complete'")
	unmet := harness.Read[string](k.Tab, "document.querySelector('tr.unmet').innerText")
	require.Contains(t, strings.ToLower(unmet), "spam")
	k.step("found out why another was not")
	require.Empty(t, browser.Errors())
}
