package tracker_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"
)

// patience is the longest time that a test waits for something.
const patience = 30 * time.Second

// chromium starts the browser that the tests share. Each test has its own browser
// context, with its own cookies and storage. All hosts below .example resolve to
// this machine.
var chromium = sync.OnceValues(func() (context.Context, error) {
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"), chromedp.NoSandbox, chromedp.WindowSize(1300, 1000),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true),
		chromedp.Flag("host-resolver-rules", "MAP *.example 127.0.0.1"),
		chromedp.Flag("ignore-certificate-errors", true),
		// Otherwise the script would report itself as a bot.
		chromedp.Flag("disable-blink-features", "AutomationControlled"))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	stopChromium = stop
	ctx, _ := chromedp.NewContext(alloc)
	return ctx, chromedp.Do(ctx)
})

var stopChromium = func() {}

func TestMain(m *testing.M) {
	code := m.Run()
	stopChromium()
	os.Exit(code)
}

// timeStandsStill stops the clock that the script reads. The script then takes no breaks,
// however slow the machine is: it has replaced the numbers of new content before the
// browser does anything else.
const timeStandsStill = `Date.now = () => 1e12;`

// tab is a browser tab whose pages must print nothing on the console.
type tab struct {
	t   *testing.T
	ctx context.Context
	mu  sync.Mutex
	// printed holds console messages and uncaught exceptions.
	printed []string
}

// newVisitor opens a tab in a new browser context.
func newVisitor(t *testing.T) *tab {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("Chromium is not installed, and CI requires it")
		}
		t.Skip("Chromium is not installed (Debian: apt-get install chromium)")
	}
	browser, err := chromium()
	require.NoError(t, err)
	return openTab(browser, t, chromedp.WithNewBrowserContext())
}

// another opens a second tab of the same visitor.
func (tab *tab) another() *tab {
	tab.t.Helper()
	return openTab(tab.ctx, tab.t)
}

func openTab(parent context.Context, t *testing.T, options ...chromedp.ContextOption) *tab {
	t.Helper()
	opened := &tab{t: t}
	ctx, closeTab := chromedp.NewContext(parent, append(options, chromedp.WithListener(opened.listen))...)
	t.Cleanup(closeTab)
	opened.ctx = ctx
	require.NoError(t, chromedp.Do(ctx))
	t.Cleanup(func() {
		opened.mu.Lock()
		defer opened.mu.Unlock()
		require.Empty(t, opened.printed, "the console stays empty")
	})
	return opened
}

func (tab *tab) listen(event any) {
	tab.mu.Lock()
	defer tab.mu.Unlock()
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		tab.printed = append(tab.printed, fmt.Sprintf("%s at %s:%d", e.ExceptionDetails.Text, e.ExceptionDetails.URL, e.ExceptionDetails.LineNumber))
	case *runtime.EventConsoleAPICalled:
		tab.printed = append(tab.printed, fmt.Sprintf("console.%s of %s", e.Type, e.Args[0].Value))
	}
}

func (tab *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	require.NoError(tab.t, chromedp.Do(ctx, actions...))
}

func (tab *tab) open(address string) {
	tab.t.Helper()
	tab.do(chromedp.Navigate(address))
}

// before runs JavaScript in every page before its own.
func (tab *tab) before(javascript string) {
	tab.t.Helper()
	_, err := chromedp.Call(tab.ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: javascript})
	require.NoError(tab.t, err)
}

// run runs JavaScript in the page.
func (tab *tab) run(javascript string) {
	tab.t.Helper()
	tab.do(chromedp.Evaluate[chromedp.Void](javascript))
}

// eval returns the value of a JavaScript expression. It awaits a promise.
func eval[T any](tab *tab, expression string) T {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	value, err := chromedp.Run(ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	require.NoError(tab.t, err, expression)
	return value
}

// wait waits until a JavaScript expression is true.
func (tab *tab) wait(expression string) {
	tab.t.Helper()
	ctx, cancel := context.WithTimeout(tab.ctx, patience)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Poll[chromedp.Void](expression, chromedp.WithPollingInterval(10*time.Millisecond)))
	require.NoError(tab.t, err, expression)
}
