package harness

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// tabTime is the longest time that an action in a tab may take.
const tabTime = time.Minute

// Tab is one tab of a browser. It records the errors on its pages' consoles, uncaught
// exceptions and requests.
type Tab struct {
	t     testing.TB
	ctx   context.Context
	close context.CancelFunc

	mu       sync.Mutex
	errors   []string
	failures []string
	requests []*Request
	byID     map[network.RequestID]*Request
	early    map[network.RequestID]int64 // statuses that were reported before their requests
}

// Request is a request of a page.
type Request struct {
	Method string
	URL    string
	Status int // of the answer; 0 if there is none yet or the request failed
}

// openTab opens a tab in the browser of this context, or in a new browser if there is
// none.
func openTab(in context.Context, t testing.TB, options ...chromedp.ContextOption) *Tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(in, options...)
	t.Cleanup(stop)
	tab := &Tab{t: t, ctx: ctx, close: stop, byID: map[network.RequestID]*Request{}, early: map[network.RequestID]int64{}}
	if err := chromedp.Listen(ctx, tab.listen); err != nil {
		t.Fatalf("starting Chromium: %v", err)
	}
	Send(tab, log.Enable, cdp.Empty{})
	Send(tab, network.Enable, network.EnableParams{})
	return tab
}

func (tab *Tab) listen(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		what := e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			what += " " + e.ExceptionDetails.Exception.Description
		}
		tab.errors = append(tab.errors, fmt.Sprintf("%s at %s:%d", what, e.ExceptionDetails.URL, e.ExceptionDetails.LineNumber))
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError {
			tab.errors = append(tab.errors, fmt.Sprint("console.error of ", len(e.Args), " values"))
		}
	case *log.EventEntryAdded:
		if e.Entry.Level != log.EntryLevelError {
			return
		}
		if e.Entry.Source == log.EntrySourceNetwork {
			tab.failures = append(tab.failures, e.Entry.Text+" "+e.Entry.URL)
		} else {
			tab.errors = append(tab.errors, e.Entry.Text+" "+e.Entry.URL)
		}
	case *network.EventRequestWillBeSent:
		r := &Request{Method: e.Request.Method, URL: e.Request.URL}
		tab.requests = append(tab.requests, r)
		tab.byID[e.RequestID] = r
		r.Status = int(tab.early[e.RequestID])
		delete(tab.early, e.RequestID)
	case *network.EventResponseReceived:
		tab.answered(e.RequestID, e.Response.Status)
	case *network.EventResponseReceivedExtraInfo:
		tab.answered(e.RequestID, e.StatusCode) // also for answers that the page may not read
	}
}

// answered records the status of the answer to a request. Chromium's processes report
// requests and answers in any order, so that the status may come before the request.
func (tab *Tab) answered(id network.RequestID, status int64) {
	if r := tab.byID[id]; r != nil {
		r.Status = int(status)
	} else {
		tab.early[id] = status
	}
}

// Errors returns the errors on the pages so far, except for failed requests.
func (tab *Tab) Errors() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return slices.Clone(tab.errors)
}

// Failures returns the failed requests so far, as shown on the console.
func (tab *Tab) Failures() []string {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	return slices.Clone(tab.failures)
}

// Requests returns the requests so far to URLs that contain part.
func (tab *Tab) Requests(part string) []Request {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	var found []Request
	for _, r := range tab.requests {
		if strings.Contains(r.URL, part) {
			found = append(found, *r)
		}
	}
	return found
}

// WaitAnswer waits until n requests to URLs that contain part have been answered, and
// returns the last of them.
func (tab *Tab) WaitAnswer(part string, n int) Request {
	tab.t.Helper()
	var answered []Request
	tab.await(fmt.Sprintf("%d answers of %s", n, part), func() bool {
		answered = slices.DeleteFunc(tab.Requests(part), func(r Request) bool { return r.Status == 0 })
		return len(answered) >= n
	}, func() string { return fmt.Sprint(tab.Requests("")) })
	return answered[len(answered)-1]
}

// Block blocks requests to URLs that match these patterns, as an ad blocker does. The
// patterns are those of the web platform's URLPattern. Without patterns nothing is
// blocked.
func (tab *Tab) Block(patterns ...string) {
	tab.t.Helper()
	blocked := network.SetBlockedURLsParams{}
	for _, p := range patterns {
		blocked.URLPatterns = append(blocked.URLPatterns, &network.BlockPattern{URLPattern: p, Block: true})
	}
	Send(tab, network.SetBlockedURLs, blocked)
}

// Do runs actions.
func (tab *Tab) Do(actions ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, 3*tabTime)
	defer cancel()
	if err := chromedp.Do(ctx, actions...); err != nil {
		tab.t.Fatalf("in Chromium: %v", err)
	}
}

// Open opens a page as if its address had been typed, and waits until it has loaded.
func (tab *Tab) Open(url string) {
	tab.t.Helper()
	tab.Do(chromedp.Navigate(url))
}

// Follow clicks a link or button and waits until the next page has loaded.
func (tab *Tab) Follow(selector string) {
	tab.t.Helper()
	from := Read[float64](tab, `performance.timeOrigin`)
	tab.Do(chromedp.Click(chromedp.CSS(selector)))
	tab.Wait(fmt.Sprintf(`performance.timeOrigin !== %v && document.readyState === "complete"`, from))
}

// Run runs a script in the page.
func (tab *Tab) Run(script string) {
	tab.t.Helper()
	tab.Do(chromedp.Evaluate[chromedp.Void](script + "; void 0")) // values such as a window cannot be returned
}

// Wait waits until an expression is true in the page.
func (tab *Tab) Wait(expression string) {
	tab.t.Helper()
	holds := fmt.Sprintf("Boolean(%s)", expression)
	tab.await(expression, func() bool {
		ctx, cancel := context.WithTimeout(tab.ctx, tabTime)
		defer cancel()
		held, err := chromedp.Run(ctx, chromedp.Evaluate[bool](holds)) // fails while the page changes
		return err == nil && held
	}, func() string {
		return fmt.Sprintf("%s\nerrors: %v\nrequests: %v", Read[string](tab, `document.documentElement.outerHTML`), tab.Errors(), tab.Requests(""))
	})
}

// Text returns the text that the page shows.
func (tab *Tab) Text() string {
	tab.t.Helper()
	return Read[string](tab, `document.body.innerText`)
}

// Close closes the tab at once, as a user would, and waits until it is gone.
func (tab *Tab) Close() {
	tab.t.Helper()
	Send(tab, page.Close, cdp.Empty{})
	gone, err := chromedp.Detached(tab.ctx)
	if err != nil {
		return // it is gone already
	}
	<-gone
}

// Read returns the value of an expression in the page.
func Read[T any](tab *Tab, expression string) T {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, tabTime)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		tab.t.Fatalf("reading %s: %v", expression, err)
	}
	return value
}

// Send sends the tab a command of the DevTools protocol.
func Send[P, R any](tab *Tab, command cdp.Command[P, R], params P) R {
	tab.t.Helper()
	answer, err := chromedp.Call(tab.ctx, command, params)
	if err != nil {
		tab.t.Fatalf("%s: %v", command.Method, err)
	}
	return answer
}

// await polls until holds returns true.
func (tab *Tab) await(what string, holds func() bool, last func() string) {
	tab.t.Helper()
	if !poll(tabTime, holds) {
		tab.t.Fatalf("%s: not within %v: %s", what, tabTime, last())
	}
}
