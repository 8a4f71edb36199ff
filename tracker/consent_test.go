package tracker_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/tracker"
)

// kept evaluates to the names of all cookies and entries that the script has stored.
const kept = `document.cookie.split("; ").filter(c => c.startsWith("_rb")).concat(Object.keys(localStorage)).map(c => c.split("=")[0]).sort().join()`

func TestNothingHappensBeforeConsent(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, func(c *tracker.Config) { c.Consent = true }), newVisitor(t)
	s.page("/", form+`<p id=n>202-555-0100</p>`)
	tab.before(`window.reads = 0; const cookie = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
		Object.defineProperty(Document.prototype, "cookie", {...cookie, get() { reads++; return cookie.get.call(this) }})`)
	tab.open(s.at("/"))
	tab.wait(`window.ringback`)
	tab.run(`document.querySelector("form").addEventListener("submit", e => e.preventDefault()); document.querySelector("form").requestSubmit();
		ringback("lead", {phone: "+12025550123"}); ringback("page"); ringback("get", known => window.known = known);
		history.pushState({}, "", "/other"); document.dispatchEvent(new Event("visibilitychange")); dispatchEvent(new Event("pagehide"))`)
	require.Equal(t, 1, eval[int](tab, `reads`), "only the stored choice is read")
	require.Empty(t, eval[string](tab, kept))
	s.quiet()

	tab.run(`ringback("consent", true)`)
	require.Equal(t, "navigate", s.next("views").Body["kind"])
	tab.wait(`document.querySelector("#n").textContent === "202-555-0143" && window.known`)
	require.Equal(t, "_rb_c,_rb_c,_rb_n,_rb_s,_rb_v", eval[string](tab, kept))
	tab.open(s.at("/second"))
	require.Equal(t, s.at("/second"), s.next("views").Body["url"], "the choice is remembered")
}

func TestWithdrawalLeavesNothing(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.page("/", numberPage+tag)
	tab.open(s.at("/"))
	visitor := s.next("views").Body["visitor"]
	tab.wait(`document.querySelector("#n").textContent === "202-555-0143"`)
	other := tab.another()
	other.open(s.at("/"))
	s.next("views")
	eval[any](other, followAnswer)
	other.wait(`document.querySelector("#n").textContent === "202-555-0143"`)

	tab.run(`ringback("consent", false)`)
	require.Equal(t, map[string]any{"visitor": visitor}, s.next("forget").Body)
	require.Equal(t, "_rb_c,_rb_c", eval[string](tab, kept))
	const restored = `document.querySelector("#n").textContent === "202-555-0100" && document.querySelector("#a").href === "tel:+12025550100"`
	tab.wait(restored)
	other.wait(restored)

	tab.run(`ringback("page"); ringback("lead", {phone: "+12025550123"}); ringback("get", () => 0); history.pushState({}, "", "/other");
		document.body.append("202-555-0100")`)
	other.run(`ringback("page")`)
	require.Contains(t, eval[string](tab, `document.body.textContent`), "202-555-0100")
	tab.open(s.at("/second"))
	tab.wait(`window.ringback`)
	require.Equal(t, "_rb_c,_rb_c", eval[string](tab, kept), "the choice is remembered")
	s.quiet()

	tab.run(`ringback("consent", true)`)
	require.NotEqual(t, visitor, s.next("views").Body["visitor"])
}

func TestErasureIsRequestedUntilItIsConfirmed(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.open(s.at("/"))
	visitor := s.next("views").Body["visitor"]
	eval[any](tab, followAnswer)
	s.answers(brokenDown)
	tab.run(`ringback("consent", false)`)
	require.Equal(t, visitor, s.next("forget").Body["visitor"])
	s.answers(nil)
	require.Equal(t, visitor, s.next("forget").Body["visitor"])
}

func TestChoiceMadeBeforeTheScriptHasLoaded(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.page("/", `<!doctype html><script>window.ringback=function(){(ringback.q=ringback.q||[]).push(arguments)}
		ringback("lead", {phone: "+12025550123"}); ringback("consent", false)</script>`+tag)
	tab.open(s.at("/"))
	tab.wait(`window.ringback.version`)
	require.Equal(t, "_rb_c,_rb_c", eval[string](tab, kept))
	s.quiet()
}

func TestWithdrawalAbortsRequests(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.open(s.at("/"))
	visitor := s.next("views").Body["visitor"]
	eval[any](tab, followAnswer)
	tab.run(`const real = fetch; window.order = []; window.fetch = (address, options) => {
		options.signal.addEventListener("abort", () => order.push("aborted"));
		order.push(address.replace(/.*\//, "")); return real(address, options) }`)
	hold := make(chan struct{})
	defer close(hold)
	s.answers(func(p post) reply {
		r := well(p)
		if p.To == "views" {
			r.wait = hold
		}
		return r
	})
	tab.run(`ringback("page")`)
	s.next("views")
	tab.run(`ringback("consent", false)`)
	require.Equal(t, visitor, s.next("forget").Body["visitor"])
	require.Equal(t, []string{"views", "aborted", "forget"}, eval[[]string](tab, `order`))
	require.True(t, eval[bool](tab, emptyQueue))
}

func TestChoiceHoldsForTheWholeDomain(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, func(c *tracker.Config) { c.Consent = true }), newVisitor(t)
	elsewhere := "http://buy.shop.example:" + port(s.pages)
	tab.open(s.at("/"))
	tab.run(`ringback("consent", true)`)
	s.next("views")
	other := tab.another()
	other.open(elsewhere + "/")
	require.Equal(t, elsewhere+"/", s.next("views").Body["url"], "consent holds on other hosts")
	eval[any](other, followAnswer)

	tab.run(`ringback("consent", false)`)
	s.next("forget")
	other.wait(`document.cookie.includes("_rb_c=0")`) // the browser tells other tabs of it later
	other.run(`document.dispatchEvent(new Event("visibilitychange")); ringback("page")`)
	other.open(elsewhere + "/next")
	other.wait(`window.ringback`)
	require.Equal(t, "_rb_c", eval[string](other, kept), "withdrawal holds on other hosts")
	s.quiet()
}

func TestWithdrawalWinsOverAnEarlierConsent(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ cookie, entry string }{{"0", "1"}, {"1", "0"}} {
		s, tab := newSite(t, nil), newVisitor(t)
		tab.before(`document.cookie = "_rb_c=` + c.cookie + `;domain=shop.example;path=/"; localStorage._rb_c = ` + c.entry)
		tab.open(s.at("/"))
		tab.wait(`window.ringback`)
		require.Equal(t, "_rb_c,_rb_c", eval[string](tab, kept))
		s.quiet()
	}
}

func TestOnlyTrueIsConsent(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, func(c *tracker.Config) { c.Consent = true }), newVisitor(t)
	tab.open(s.at("/"))
	tab.wait(`window.ringback`)
	tab.run(`for (const said of ["denied", "false", 1, {}]) ringback("consent", said)`)
	require.Equal(t, "_rb_c,_rb_c", eval[string](tab, kept))
	s.quiet()
	tab.run(`ringback("consent", true)`)
	s.next("views")
}
