package harness

import (
	"cmp"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
)

// ordinaryUserAgent is that of a desktop browser. The one of headless Chromium reveals
// that it is headless.
const ordinaryUserAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"

// Browser is a headless Chromium as a new profile sees it, with one open tab. All hosts
// below .example resolve to this machine.
type Browser struct {
	*Tab
}

// BrowserOptions are the options of NewBrowser.
type BrowserOptions struct {
	UserAgent string // that of an ordinary desktop browser if empty
	// BlockStorage blocks the storage of all sites, as users can in the settings:
	// document.cookie stays empty, and localStorage throws.
	BlockStorage bool
}

// NewBrowser returns a browser in which nothing is stored. If Chromium is not installed,
// the test fails in CI and is skipped elsewhere.
func NewBrowser(t testing.TB, o BrowserOptions) *Browser {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("Chromium is not installed, and CI requires it")
		}
		t.Skip("Chromium is not installed (Debian: apt-get install chromium)")
	}
	if o == (BrowserOptions{}) {
		return &Browser{Tab: openTab(ordinary.acquire(t), t, chromedp.WithNewBrowserContext())}
	}
	dir, err := newProfile(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	alloc, stop := chromedp.NewExecAllocator(context.Background(), chromiumOptions(dir, o)...)
	t.Cleanup(stop)
	return &Browser{Tab: openTab(alloc, t)}
}

// chromiumOptions are those of a Chromium with its profile in this folder.
func chromiumOptions(dir string, o BrowserOptions) []chromedp.ExecAllocatorOption {
	return append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"), chromedp.NoSandbox, chromedp.WindowSize(1300, 1000),
		chromedp.UserDataDir(dir), chromedp.UserAgent(cmp.Or(o.UserAgent, ordinaryUserAgent)),
		chromedp.Flag("host-resolver-rules", "MAP *.example 127.0.0.1"),
		// navigator.webdriver would reveal that the browser is automated.
		chromedp.Flag("enable-automation", false), chromedp.Flag("disable-blink-features", "AutomationControlled"),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
}

// ordinary is the Chromium of all tests that need no options of their own. In it, each
// test has a context of its own, with its cookies, storage, cache and windows. Starting
// Chromium takes more CPU time than most tests of pages do.
var ordinary chromium

// chromium is a process that tests share. It runs while a test uses it.
type chromium struct {
	mu    sync.Mutex
	users int
	ctx   context.Context
	stop  func()
}

// acquire returns the context of the process, which it starts if it does not run. At the
// end of the last test that uses it, the process ends.
func (c *chromium) acquire(t testing.TB) context.Context {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.users == 0 {
		if err := c.start(); err != nil {
			t.Fatalf("starting Chromium: %v", err)
		}
	}
	c.users++
	t.Cleanup(c.release)
	return c.ctx
}

func (c *chromium) start() error {
	dir, err := newProfile(BrowserOptions{})
	if err != nil {
		return err
	}
	alloc, stop := chromedp.NewExecAllocator(context.Background(), chromiumOptions(dir, BrowserOptions{})...)
	c.stop = func() {
		stop()
		_ = os.RemoveAll(dir)
	}
	// The end of the allocator ends this context too.
	c.ctx, _ = chromedp.NewContext(alloc)
	if err := chromedp.Do(c.ctx, chromedp.Navigate("about:blank")); err != nil {
		c.stop()
		return err
	}
	return nil
}

func (c *chromium) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.users--; c.users == 0 {
		c.stop()
	}
}

// newProfile creates the folder of a new profile with the settings that have no flag.
func newProfile(o BrowserOptions) (string, error) {
	dir, err := os.MkdirTemp("", "ringback-chromium")
	if err != nil || !o.BlockStorage {
		return dir, err
	}
	settings := `{"profile": {"default_content_setting_values": {"cookies": 2}}}`
	if err := os.Mkdir(filepath.Join(dir, "Default"), 0o700); err != nil {
		return dir, err
	}
	return dir, os.WriteFile(filepath.Join(dir, "Default", "Preferences"), []byte(settings), 0o600)
}

// NewTab opens another tab of the same browser.
func (b *Browser) NewTab() *Tab {
	b.t.Helper()
	return openTab(b.ctx, b.t)
}
