package harness

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
)

// ordinaryUserAgent is that of a desktop browser. The one of headless Chromium reveals
// that it is headless.
const ordinaryUserAgent = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36"

// Browser is a headless Chromium with its own profile and one open tab. All hosts below
// .example resolve to this machine.
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

// NewBrowser starts Chromium. If it is not installed, the test fails in CI and is
// skipped elsewhere.
func NewBrowser(t testing.TB, o BrowserOptions) *Browser {
	t.Helper()
	if _, err := exec.LookPath("chromium"); err != nil {
		if os.Getenv("CI") != "" {
			t.Fatal("Chromium is not installed, and CI requires it")
		}
		t.Skip("Chromium is not installed (Debian: apt-get install chromium)")
	}
	if o.UserAgent == "" {
		o.UserAgent = ordinaryUserAgent
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath("chromium"), chromedp.NoSandbox, chromedp.WindowSize(1300, 1000),
		chromedp.UserDataDir(newProfile(t, o)), chromedp.UserAgent(o.UserAgent),
		chromedp.Flag("host-resolver-rules", "MAP *.example 127.0.0.1"),
		// navigator.webdriver would reveal that the browser is automated.
		chromedp.Flag("enable-automation", false), chromedp.Flag("disable-blink-features", "AutomationControlled"),
		chromedp.Flag("disable-gpu", true), chromedp.Flag("disable-quic", true),
		chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	return &Browser{Tab: openTab(alloc, t)}
}

// newProfile creates the folder of a new profile with the settings that have no flag.
func newProfile(t testing.TB, o BrowserOptions) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "ringback-chromium")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if o.BlockStorage {
		settings := `{"profile": {"default_content_setting_values": {"cookies": 2}}}`
		if err := os.Mkdir(filepath.Join(dir, "Default"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "Default", "Preferences"), []byte(settings), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// NewTab opens another tab of the same browser.
func (b *Browser) NewTab() *Tab {
	b.t.Helper()
	return openTab(b.ctx, b.t)
}
