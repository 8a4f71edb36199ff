package script_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/script"
)

// kept are the names of all that is kept in the browser.
const kept = `document.cookie.split("; ").filter(c => c.startsWith("_rb")).concat(Object.keys(localStorage)).map(c => c.split("=")[0]).sort().join()`

func TestConsentIsWaitedFor(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, func(c *script.Config) { c.Consent = true }), newVisitor(t)
	s.page("/", form+`<p id=n>202-555-0100</p>`)
	tab.before(`window.reads = 0; const cookie = Object.getOwnPropertyDescriptor(Document.prototype, "cookie");
		Object.defineProperty(Document.prototype, "cookie", {...cookie, get() { reads++; return cookie.get.call(this) }})`)
	tab.open(s.at("/"))
	tab.wait(`window.ringback`)
	tab.run(`document.querySelector("form").addEventListener("submit", e => e.preventDefault()); document.querySelector("form").requestSubmit();
		ringback("lead", {phone: "+12025550123"}); ringback("page"); ringback("get", known => window.known = known);
		history.pushState({}, "", "/other"); document.dispatchEvent(new Event("visibilitychange")); dispatchEvent(new Event("pagehide"))`)
	require.Zero(t, eval[int](tab, `reads`))
	require.Empty(t, eval[string](tab, kept))
	s.quiet()

	tab.run(`ringback("consent", true)`)
	require.Equal(t, "navigate", s.next("views").Body["kind"])
	tab.wait(`document.querySelector("#n").textContent === "202-555-0143" && window.known`)
	require.Equal(t, "_rb_c,_rb_n,_rb_q,_rb_s,_rb_v", eval[string](tab, kept))
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
	require.Equal(t, "_rb_c", eval[string](tab, kept))
	require.Equal(t, "202-555-0100", eval[string](tab, `document.querySelector("#n").textContent`))
	require.Equal(t, "tel:+12025550100", eval[string](tab, `document.querySelector("#a").href`))
	other.wait(`document.querySelector("#n").textContent === "202-555-0100"`)

	tab.run(`ringback("page"); ringback("lead", {phone: "+12025550123"}); ringback("get", () => 0); history.pushState({}, "", "/other");
		document.body.append("202-555-0100")`)
	other.run(`ringback("page")`)
	require.Contains(t, eval[string](tab, `document.body.textContent`), "202-555-0100")
	tab.open(s.at("/second"))
	tab.wait(`window.ringback`)
	require.Equal(t, "_rb_c", eval[string](tab, kept), "the choice is remembered")
	s.quiet()

	tab.run(`ringback("consent", true)`)
	require.NotEqual(t, visitor, s.next("views").Body["visitor"])
}

func TestForgettingIsAskedForUntilItIsHeard(t *testing.T) {
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
	require.Equal(t, "_rb_c", eval[string](tab, kept))
	s.quiet()
}
