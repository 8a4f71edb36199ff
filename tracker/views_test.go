package tracker_test

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"ringback/tracker"
)

// followAnswer waits until the script has applied the answer to its first view.
const followAnswer = `new Promise(done => ringback('get', done))`

// arrive opens the site's first page and waits until its view is answered.
func (tab *tab) arrive(s *site) {
	tab.t.Helper()
	tab.open(s.at("/"))
	s.next("views")
	eval[any](tab, followAnswer)
}

func TestR1_FirstViewReportsTheVisitorsOrigin(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.page("/elsewhere", `<!doctype html><a id=go href="`+s.at("/landing?utm_source=news&gclid=abc#utm_term=x")+`">go</a>
		<script>document.cookie = "__rtbh.aid=%7B%22id%22%3A%22x%22%7D;domain=shop.example"</script>`)
	tab.open(s.at("/elsewhere"))
	tab.do(chromedp.Click(chromedp.CSS("#go")))
	view := s.next("views")
	require.Equal(t, "text/plain;charset=UTF-8", view.ContentType, "no preflight request")
	require.Equal(t, s.at(""), view.Origin)
	require.Regexp(t, `^[\w-]{16,64}$`, view.Body["visitor"])
	require.Regexp(t, `^[\w-]{16,64}$`, view.Body["id"])
	require.GreaterOrEqual(t, view.Body["ago"], 0.0)
	require.Subset(t, view.Body, map[string]any{
		"kind": "navigate", "url": s.at("/landing?utm_source=news&gclid=abc#utm_term=x"), "referrer": s.at("/elsewhere"),
		"ids": map[string]any{"rtbhouse": "%7B%22id%22%3A%22x%22%7D"}, "storage": "cookie", "version": tracker.Version,
	})
	require.Equal(t, false, view.Body["bot"])
	known := eval[map[string]string](tab, followAnswer)
	require.Equal(t, map[string]string{"visitor_id": view.Body["visitor"].(string), "session_id": "ses_1", "version": tracker.Version}, known)
	require.Contains(t, eval[string](tab, "document.cookie"), "_rb_v="+known["visitor_id"])
	require.Contains(t, eval[string](tab, "document.cookie"), "_rb_s=ses_1")
	require.Equal(t, tracker.Version, eval[string](tab, "ringback.version"))
	require.Equal(t, "undefined", eval[string](tab, "typeof CONFIG + ''"), "no globals but window.ringback")
	s.quiet()
}

func TestKindsOfViews(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.open(s.at("/"))
	require.Equal(t, "navigate", s.next("views").Body["kind"])
	eval[any](tab, followAnswer)
	tab.do(chromedp.Reload())
	require.Equal(t, "reload", s.next("views").Body["kind"])
	tab.open(s.at("/second"))
	require.Equal(t, s.at("/second"), s.next("views").Body["url"])
	eval[any](tab, followAnswer)
	tab.run(`history.back()`) // out of the back-forward cache, where Chromium has it
	back := s.next("views")
	require.Equal(t, "back", back.Body["kind"])
	require.Equal(t, s.at("/"), back.Body["url"])
}

// TestQuickNavigationSendsOnce leaves a page before the answer. Chromium then
// reports the request as failed although it is sent.
func TestQuickNavigationSendsOnce(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	hold := make(chan struct{})
	defer close(hold)
	s.answers(func(p post) reply { r := well(p); r.wait = hold; return r })
	tab.before(`addEventListener("pagehide", () => 0)`)
	tab.open(s.at("/"))
	s.next("views")
	s.answers(nil)
	tab.open(s.at("/second"))
	require.Equal(t, s.at("/second"), s.next("views").Body["url"])
	require.True(t, eval[bool](tab, queued("claimed")), "a later page takes over")
}

func TestSinglePageApplication(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.open(s.at("/"))
	s.next("views")
	steps := []struct{ do, address string }{
		{`history.pushState({}, "", "/a?b=c")`, "/a?b=c"},
		{`location.hash = "section"; history.pushState({}, "", "/b")`, "/b"},
		{`location.hash = "#/route"`, "/b#/route"},
		{`history.replaceState({}, "", "/b#/route"); location.hash = "#!other"`, "/b#!other"},
		{`history.pushState({}, "", location.href); history.back(); history.back()`, "/b#/route"},
		{`ringback("page")`, "/b#/route"},
	}
	for _, step := range steps {
		tab.run(step.do)
		view := s.next("views")
		require.Equal(t, "in_page", view.Body["kind"])
		require.Equal(t, s.at(step.address), view.Body["url"], step.do)
	}
	s.quiet()
}

func TestM4_BackToATabAfterASession(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.before(`const now = Date.now; Date.now = () => now() + (window.ahead || 0)`)
	tab.arrive(s)
	tab.run(`ahead = 29 * 60_000; document.dispatchEvent(new Event("visibilitychange"))`)
	tab.run(`ahead = 31 * 60_000; document.dispatchEvent(new Event("visibilitychange"))`)
	require.Equal(t, "back", s.next("views").Body["kind"])
	tab.run(`document.dispatchEvent(new Event("visibilitychange")); ringback("page")`)
	require.Equal(t, "in_page", s.next("views").Body["kind"], "the view counted as activity")
}

func TestPrerenderedPageIsViewedWhenItIsShown(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.before(`window.preparing = true; Object.defineProperty(Document.prototype, "prerendering", {get: () => preparing})`)
	tab.open(s.at("/"))
	tab.wait(`window.ringback`)
	require.Empty(t, eval[string](tab, "document.cookie"))
	s.quiet()
	tab.run(`preparing = false; document.dispatchEvent(new Event("prerenderingchange"))`)
	require.Equal(t, "navigate", s.next("views").Body["kind"])
}

func TestSecondTagDoesNothing(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.page("/", `<!doctype html><script src="/ringback.js"></script><script>window.first = ringback</script><script src="/ringback.js"></script>`)
	tab.open(s.at("/"))
	require.Equal(t, "navigate", s.next("views").Body["kind"])
	require.True(t, eval[bool](tab, "ringback === first"))
	tab.run(`history.pushState({}, "", "/a")`)
	require.Equal(t, "in_page", s.next("views").Body["kind"])
	eval[any](tab, followAnswer)
	s.quiet()
}

func TestBotsAreReported(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.before(`Object.defineProperty(Navigator.prototype, "webdriver", {get: () => true})`)
	s.answers(func(post) reply { return reply{status: 200, body: `{"session":"","numbers":{}}`} })
	tab.open(s.at("/"))
	require.Equal(t, true, s.next("views").Body["bot"])
	require.Empty(t, eval[map[string]string](tab, followAnswer)["session_id"])
	require.NotContains(t, eval[string](tab, "document.cookie"), "_rb_s")
}

func TestR1_LateIDsAreSent(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.config.VisitorIDs = append(s.config.VisitorIDs, tracker.VisitorID{System: "other", Storage: []string{"other_id"}})
	tab.open(s.at("/"))
	view := s.next("views")
	require.Empty(t, view.Body["ids"])
	tab.run(`document.cookie = "__r_aid_v__=cookie-1"`)
	late := s.next("ids")
	require.Equal(t, map[string]any{"visitor": view.Body["visitor"], "ids": map[string]any{"rtbhouse": "cookie-1"}}, late.Body)
	tab.run(`localStorage.other_id = "entry-1"; document.dispatchEvent(new Event("visibilitychange"))`)
	require.Equal(t, map[string]any{"rtbhouse": "cookie-1", "other": "entry-1"}, s.next("ids").Body["ids"])
	tab.run(`document.dispatchEvent(new Event("visibilitychange")); ringback("page")`)
	require.Equal(t, map[string]any{"rtbhouse": "cookie-1", "other": "entry-1"}, s.next("views").Body["ids"])
}

func TestTabsAreOneVisitor(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.open(s.at("/"))
	first := s.next("views").Body["visitor"]
	second := tab.another()
	second.open(s.at("/"))
	require.Equal(t, first, s.next("views").Body["visitor"])
	eval[any](tab, followAnswer) // an answer writes the id, too
	eval[any](second, followAnswer)
	second.run(`document.cookie = "_rb_v=written-by-another-tab;domain=shop.example;path=/"`)
	tab.wait(`document.cookie.includes("written-by-another-tab")`) // the browser tells other tabs of it later
	tab.run(`ringback("page")`)
	require.Equal(t, "written-by-another-tab", s.next("views").Body["visitor"], "the id is read before each post")
}
