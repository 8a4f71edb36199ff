package bench_test

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/performance"

	"ringback/test/e2e/harness"
)

// BenchmarkScriptSize measures the bytes that a page loads, raw and compressed. Goal: at most 4 KB.
func BenchmarkScriptSize(b *testing.B) {
	s := newShopSite(b, 1)
	for range b.N {
		raw, brotli, gzip := s.scriptSize(b, "identity"), s.scriptSize(b, "br"), s.scriptSize(b, "gzip")
		report(row{"the script", fmt.Sprintf("%d bytes, by Brotli %d, by gzip %d", raw, brotli, gzip), "", "", "<= 4096 compressed"})
	}
}

// scriptSize returns the size of the script in this content encoding.
func (s shopSite) scriptSize(b *testing.B, coding string) int {
	b.Helper()
	request, err := http.NewRequest(http.MethodGet, s.HTTP+strings.TrimPrefix(s.tag, s.Public), nil)
	if err != nil {
		b.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", coding)
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = answer.Body.Close() }()
	packed, err := io.ReadAll(answer.Body)
	got := cmp.Or(answer.Header.Get("Content-Encoding"), "identity")
	if err != nil || answer.StatusCode != http.StatusOK || got != coding {
		b.Fatalf("fetching the script: %d %q %v", answer.StatusCode, got, err)
	}
	return len(packed)
}

// BenchmarkScriptMainThread measures the processor's time that a long page takes on the
// browser's main thread, with the script and without.
func BenchmarkScriptMainThread(b *testing.B) {
	const loads = 15
	s := newShopSite(b, 100)
	web := harness.NewWeb(b, s.tag)
	browser := harness.NewBrowser(b, harness.BrowserOptions{})
	s.API().Must("PATCH", s.path+"/script", harness.JSON{"forms": "all"})
	for range b.N {
		var with, without thread
		for range loads {
			with.load(browser, web.URL(harness.Shop, "/long"), `document.querySelector("#tel").href !== "tel:+12025550100"`)
			without.load(browser, web.URL(harness.Shop, "/long-plain"), `true`)
		}
		report(row{"main thread, a page of 3,000 paragraphs", fmt.Sprintf("%.1f ms, of it scripts %.1f ms", median(with.all), median(with.scripts)),
			fmt.Sprintf("%.1f ms without the script", median(without.all)), fmt.Sprintf("%.2f", median(with.all)/median(without.all)), ""})
	}
}

// thread is the main thread's time of several loads, in milliseconds.
type thread struct{ all, scripts []float64 }

// load opens a page in a tab of its own, waits until the expression holds and
// the page is idle, and adds the times.
func (th *thread) load(browser *harness.Browser, url, until string) {
	tab := browser.NewTab()
	defer tab.Close()
	harness.Send(tab, performance.Enable, performance.EnableParams{TimeDomain: performance.EnableTimeDomainThreadTicks})
	tab.Open(url)
	tab.Wait(until)
	harness.Read[bool](tab, `new Promise(done => requestIdleCallback(() => done(true)))`)
	for _, m := range harness.Send(tab, performance.GetMetrics, cdp.Empty{}).Metrics {
		switch m.Name {
		case "TaskDuration":
			th.all = append(th.all, 1000*m.Value)
		case "ScriptDuration":
			th.scripts = append(th.scripts, 1000*m.Value)
		}
	}
}
