package tracker_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"ringback/tracker"
)

// TestNoStorageAtAll runs in a sandbox, in which every access to cookies and storage
// throws a SecurityError.
func TestNoStorageAtAll(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.headers["Content-Security-Policy"] = "sandbox allow-scripts allow-forms"
	s.page("/", form+`<p id=number>202-555-0100</p>`)
	tab.open(s.at("/"))
	view := s.next("views")
	require.Equal(t, "memory", view.Body["storage"])
	eval[any](tab, followAnswer)
	tab.wait(`document.querySelector("#number").innerText === "202-555-0143"`)
	hold := make(chan struct{})
	defer close(hold)
	s.answers(func(p post) reply { r := well(p); r.wait = hold; return r })
	tab.run(`ringback("page")`)
	require.Equal(t, view.Body["visitor"], s.next("views").Body["visitor"])
	tab.do(chromedp.Click(chromedp.CSS("button")))
	lead := s.first("leads") // the next page may already have sent its view
	require.Equal(t, "sample", lead.fields()["name"], "sent while the page unloads, because nothing can store it")
	require.Equal(t, view.Body["visitor"], lead.Body["visitor"])
}

func TestNoCookies(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.before(`Object.defineProperty(Document.prototype, "cookie", {get: () => "", set() {}})`)
	tab.open(s.at("/"))
	view := s.next("views")
	require.Equal(t, "storage", view.Body["storage"])
	tab.open(s.at("/second"))
	require.Equal(t, view.Body["visitor"], s.next("views").Body["visitor"])
}

func TestFullStorage(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.page("/", `<!doctype html><script>for (let i = 0, size = 1e6; size >= 1; i++)
		try { localStorage["x" + i] = "x".repeat(size) } catch { size /= 2 }</script>`+form)
	s.answers(brokenDown)
	tab.open(s.at("/"))
	s.next("views")
	tab.run(`ringback("lead", {phone: "+12025550123"})`)
	s.answers(nil)
	lead := s.first("leads")
	require.Equal(t, "+12025550123", lead.fields()["phone"])
	require.Equal(t, "cookie", lead.Body["storage"])
	require.True(t, eval[bool](tab, emptyQueue))
}

func TestCookiesAreSetForTheSitesDomain(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, func(c *tracker.Config) { c.Domains = []string{"www.shop.example", "other.example", "shop.example"} }), newVisitor(t)
	tab.open(s.at("/"))
	visitor := s.next("views").Body["visitor"]
	tab.open("http://blog.shop.example:" + port(s.pages) + "/")
	require.Equal(t, visitor, s.next("views").Body["visitor"], "one visitor on all hosts of the domain")
	tab.open("http://elsewhere.example:" + port(s.pages) + "/")
	elsewhere := s.next("views")
	require.NotEqual(t, visitor, elsewhere.Body["visitor"])
	require.Equal(t, "cookie", elsewhere.Body["storage"], "for the host alone")
}
