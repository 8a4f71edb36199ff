package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// cabinetPages are the pages of a site.
var cabinetPages = []string{
	"start", "overview", "calls", "visits", "deliveries", "reports/sources", "reports/sending", "reports/hours", "reports/tracking", "reports/pools", "reports/revenue",
	"integrations", "integrations/new", "integrations/new?type=rtbhouse", "numbers", "sources", "sources/new", "sources/callrail", "sources/calltouch", "script", "journal",
}

// look is how a page is looked at.
type look struct {
	language, theme string
	width           int
}

// phone is the width of a narrow phone, in pixels.
const phone = 360

// looks are those that every page is checked in. With a folder for pictures they are both
// themes, on a desktop and on a phone, in the language of this one; otherwise this one alone.
func (l look) looks() (all []look) {
	if os.Getenv(picturesVariable) == "" {
		return []look{l}
	}
	for _, theme := range []string{"light", "dark"} {
		for _, width := range []int{1280, phone} {
			all = append(all, look{l.language, theme, width})
		}
	}
	return all
}

// picturesVariable names the folder that pictures are kept in; empty means none.
const picturesVariable = "RINGBACK_PICTURES"

// Every page is opened in the looks that differ most. Each look is a test of its own, as one
// after the other they would take longer than any other test.

func TestCabinet_IsFitForEverybodyInEnglish(t *testing.T) {
	t.Parallel()
	tab, base := fitForEverybody(t, look{"en", "light", 1280})
	setAlerts(t, tab, base)
}

func TestCabinet_IsFitForEverybodyInRussian(t *testing.T) {
	t.Parallel()
	fitForEverybody(t, look{"ru", "dark", phone})
}

func TestCabinet_IsFitForEverybodyInPortuguese(t *testing.T) {
	t.Parallel()
	fitForEverybody(t, look{"pt-BR", "light", phone})
}

// fitForEverybody requires of every page: no error on the console, nothing wider than the
// screen, nothing that moves after it was shown, and no violation that axe-core finds.
func fitForEverybody(t *testing.T, of look) (tab *harness.Tab, base string) {
	t.Helper()
	browser := harness.NewBrowser(t, harness.BrowserOptions{})
	base, token, pages := cabinetWithData(t)
	axe := axeCore(t)
	browser.Do(chromedp.Navigate(base+"/setup"),
		chromedp.SendKeys(chromedp.CSS("input[name=token]"), token), chromedp.SendKeys(chromedp.CSS("input[name=email]"), "admin@example.com"),
		chromedp.SendKeys(chromedp.CSS("input[name=name]"), "Sample Admin"), chromedp.SendKeys(chromedp.CSS("input[name=password]"), "a sample password"),
		chromedp.Click(chromedp.CSS("form.login button")), chromedp.WaitVisible(chromedp.CSS("nav.side")))
	for name, path := range pages {
		for _, l := range of.looks() {
			openIn(browser.Tab, base, path, l)
			what := fmt.Sprintf("%s-%s-%s-%d", strings.NewReplacer("?", "-", "=", "-").Replace(name), l.language, l.theme, l.width)
			takePicture(t, browser.Tab, what)
			require.LessOrEqual(t, harness.Read[int](browser.Tab, "document.documentElement.scrollWidth"), l.width, what)
			require.Zero(t, harness.Read[float64](browser.Tab, layoutShift), "%s moves after it was first shown", what)
			require.Empty(t, violations(browser.Tab, axe), what)
		}
	}
	require.Empty(t, browser.Errors())
	return browser.Tab, base
}

// setAlerts fills in the form of where alerts are sent, first with what is no address.
func setAlerts(t *testing.T, tab *harness.Tab, base string) {
	t.Helper()
	openIn(tab, base, "/alerts", look{"en", "light", 1280})
	fill := func(value string) { tab.Run(`document.querySelector("input[name=emails]").value = "` + value + `"`) }
	fill("owner@example.com, nobody")
	tab.Do(chromedp.Click(chromedp.CSS("input[value=quota_near]")), chromedp.Click(chromedp.CSS("#settings form button")))
	tab.Wait(`document.querySelector("input[name=emails]").getAttribute("aria-invalid") === "true"`)
	require.Contains(t, harness.Read[string](tab, `document.querySelector("#settings .result").textContent`), "E-mail addresses")
	tab.Do(chromedp.SendKeys(chromedp.CSS("input[name=emails]"), "@example.com"), chromedp.Click(chromedp.CSS("#settings form button")))
	tab.Wait(`document.querySelector("input[name=emails]")?.defaultValue === "owner@example.com, nobody@example.com"`)
	require.True(t, harness.Read[bool](tab, `document.querySelector("input[value=quota_near]").defaultChecked`))
	require.Equal(t, 1, harness.Read[int](tab, `document.querySelectorAll("input[name=muted_kinds]:checked").length`))
}

// cabinetWithData returns where a service with some calls is, the token to sign in with, and
// the paths of its pages by name.
func cabinetWithData(t *testing.T) (base, token string, pages map[string]string) {
	s := harness.NewStack(t, harness.StackOptions{})
	d := harness.NewDestination(t)
	api := s.API()
	site := api.Site(nil)
	integration := api.RTBHouse(site, d.URL+"/ok", harness.JSON{
		"calls": harness.JSON{"metrics": []string{"target"}, "tags": harness.JSON{"any": []string{"sales"}}},
	})
	pool := api.Must("POST", "/api/v1/sites/"+site+"/pools", harness.JSON{"name": "Sample pool", "replaces": []string{"+12025550100"}})["id"].(string)
	api.Must("POST", "/api/v1/sites/"+site+"/pools/"+pool+"/numbers", harness.JSON{"numbers": []string{"+12025550141", "+12025550142"}})
	api.Must("POST", "/api/v1/sites/"+site+"/numbers", harness.JSON{"number": "+12025550143", "name": "Sample leaflet", "tags": []string{"leaflet"}})
	api.Must("PUT", "/api/v1/sites/"+site+"/sources/callrail", harness.JSON{"credentials": harness.JSON{"signing_keys": "sample-signing-key"}})
	start := time.Now().Add(-2 * time.Minute).UTC().Truncate(time.Second)
	pages = map[string]string{}
	for n, tag := range []string{"sales", "support"} {
		events := fmt.Sprintf("/api/v1/sites/%s/calls/call-%d/events", site, n)
		call := sampleCall("e1", fmt.Sprintf("visitor-%d", n), start)
		call["session_id"] = seenVisit(t, s.HTTP, api, site, fmt.Sprintf("visitor-of-sample-%d", n), "?utm_source=google&utm_medium=cpc&utm_campaign=sample")
		pages["visit-"+tag] = "/sites/" + site + "/visits/" + call["session_id"].(string)
		id := api.Must("POST", events, call)["conversion_id"].(string)
		api.Must("POST", events, harness.JSON{
			"event_id": "e2", "type": "ended", "at": start.Add(time.Minute).Format(time.RFC3339), "outcome": "answered", "talk_seconds": 55, "tags": []string{tag},
		})
		api.WaitConversion(id, time.Minute, harness.Done)
		pages["conversion-"+tag] = "/conversions/" + id
		if sent, _ := api.Must("GET", "/api/v1/conversions/"+id, nil)["deliveries"].([]any); len(sent) > 0 {
			pages["attempts"] = "/sites/" + site + "/deliveries/" + sent[0].(harness.JSON)["id"].(string) + "/attempts"
		}
	}
	api.Must("PATCH", "/api/v1/sites/"+site+"/integrations/"+integration, harness.JSON{"calls": harness.JSON{
		"metrics": []string{"target"}, "tags": harness.JSON{"any": []string{"sales", "vip"}},
		"traffic": harness.JSON{"match": "all", "conditions": []harness.JSON{
			{"field": "medium", "operator": "equals", "values": []string{"cpc"}},
			{"match": "any", "conditions": []harness.JSON{
				{"field": "source", "operator": "equals", "values": []string{"google"}}, {"field": "campaign", "operator": "is_empty"},
			}},
		}},
	}})
	pages["integration"] = "/sites/" + site + "/integrations/" + integration
	seenVisit(t, s.HTTP, api, site, "visitor-without-a-call", "offers/a-page-with-a-long-name-in-its-address")
	for _, section := range cabinetPages {
		pages[section] = "/sites/" + site + "/" + section
	}
	for _, section := range []string{"me", "alerts", "people", "keys"} {
		pages[section] = "/" + section
	}
	return s.HTTP, harness.AdminToken, pages
}

// openIn opens a page in a language, a theme and a width.
func openIn(tab *harness.Tab, base, path string, l look) {
	for name, value := range map[string]string{"ringback_language": l.language, "ringback_theme": l.theme} {
		harness.Send(tab, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: base})
	}
	harness.Send(tab, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: int64(l.width), Height: 900, DeviceScaleFactor: 1})
	tab.Open(base + path)
	tab.Wait("document.documentElement.lang === '" + l.language + "' && document.readyState === 'complete'")
}

// takePicture keeps a picture of the whole page if a folder is set.
func takePicture(t *testing.T, tab *harness.Tab, name string) {
	folder := os.Getenv(picturesVariable)
	if folder == "" {
		return
	}
	picture := harness.Send(tab, page.CaptureScreenshot, page.CaptureScreenshotParams{CaptureBeyondViewport: new(true)})
	require.NoError(t, os.WriteFile(filepath.Join(folder, strings.ReplaceAll(name, "/", "-")+".png"), picture.Data, 0o600))
}

// axeVersion is the version of axe-core (MPL-2.0), which is no part of this repository.
const axeVersion = "axe-core@4.14.1"

// fetchingAxe is held while one test fetches axe-core for all.
var fetchingAxe sync.Mutex

// axeCore returns the script of axe-core, which npm fetches. Without npm the pages are not
// checked with it, and the result is empty.
func axeCore(t *testing.T) string {
	fetchingAxe.Lock()
	defer fetchingAxe.Unlock()
	if _, err := exec.LookPath("npm"); err != nil {
		t.Log("npm is not installed: the pages are not checked with axe-core")
		return ""
	}
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	script := filepath.Join(cache, "ringback", "tools", axeVersion, "axe.min.js")
	if content, err := os.ReadFile(script); err == nil {
		return string(content)
	}
	folder := t.TempDir()
	npm := exec.CommandContext(t.Context(), "npm", "install", "--no-save", "--ignore-scripts", axeVersion)
	npm.Dir = folder
	output, err := npm.CombinedOutput()
	require.NoError(t, err, string(output))
	content, err := os.ReadFile(filepath.Join(folder, "node_modules", "axe-core", "axe.min.js"))
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Dir(script), 0o700))
	require.NoError(t, os.WriteFile(script, content, 0o600))
	return string(content)
}

// violations returns what axe-core finds on a page, one line each.
func violations(tab *harness.Tab, axe string) []string {
	if axe == "" {
		return nil
	}
	tab.Run(axe)
	tab.Run(`window.found = undefined; axe.run({runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}).then(r => {
		window.found = r.violations.map(v => v.id + ": " + v.nodes.map(n => n.html.slice(0, 160) + " " + n.any.map(a => a.message).join(" ")).join(" | ")).join("\n") });`)
	tab.Wait("window.found !== undefined")
	found := strings.TrimSpace(harness.Read[string](tab, "window.found"))
	if found == "" {
		return nil
	}
	return strings.Split(found, "\n")
}
