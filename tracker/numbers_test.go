package tracker_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/tracker"
)

func answering(body string) func(post) reply {
	return func(post) reply { return reply{status: 200, body: body} }
}

func TestM10_EverySpellingIsSwapped(t *testing.T) {
	withEachScript(t, func(t *testing.T, tag string) {
		s, tab := newSite(t, func(c *tracker.Config) { c.Numbers = britishNumbers }), newVisitor(t)
		s.answers(answering(british))
		var page strings.Builder
		for _, spelling := range spellings {
			fmt.Fprintf(&page, "<p class=text>%s</p>", spelling[0])
		}
		s.page("/", `<!doctype html>`+page.String()+`<a class=link href="tel:+442079460123">x</a><a class=link href="tel:020-7946-0123">x</a>
		<a class=link href="tel:03012345">x</a><a class=link href="tel:+4402079460123">x</a><a class=link href="/202-555-0100">x</a><a class=link href="TEL:+12025550100">x</a>
		<a class=link href="tel:202%C2%A0555%E2%80%910100">x</a><a class=link href="tel:%28202%29%20555%2D0100">x</a><a class=link href="tel:+1%c2%a0202%e2%80%af555%e2%80%8b0100">x</a>
		<a class=link href="tel:%2B4930%2012345">x</a><a class=link href="tel:004930-12345">x</a><a class=link href="tel:011442079460123">x</a><a class=link href="tel:+5502131234567">x</a>
		<select class=same><option>202-555-0100</option></select><title class=same>202-555-0100</title>
		<textarea class=same>202-555-0100</textarea><style class=same>/* 202-555-0100 */</style>
		<p class=same contenteditable>202-555-0100<b>202-555-0100</b></p><p class=text contenteditable=false>202-555-0100</p><script class=same>/* 202-555-0100 */</script>
		<input value="202-555-0100">`+tag)
		tab.open(s.at("/"))
		s.next("views")
		tab.wait(`document.querySelector("[contenteditable=false]").textContent === "202-555-0143"`) // the last number in the page
		texts := eval[[]string](tab, `[...document.querySelectorAll(".text")].map(e => e.textContent)`)
		require.Equal(t, "202-555-0143", texts[len(spellings)], "N20: text that is not editable")
		for i, spelling := range spellings {
			require.Equal(t, spelling[1], texts[i], "replacement of %q", spelling[0])
		}
		require.Equal(t, []string{"tel:+442079460987", "tel:020-7946-0987", "tel:030123456", "tel:+4402079460987", "/202-555-0100", "TEL:+12025550143",
			"tel:202%C2%A0555%E2%80%910143", "tel:%28202%29%20555%2D0143", "tel:+1%c2%a0202%e2%80%af555%e2%80%8b0143",
			"tel:+4930123456", "tel:004930123456", "tel:011442079460987", "tel:+5502198765-4321"},
			eval[[]string](tab, `[...document.querySelectorAll(".link")].map(e => e.getAttribute("href"))`))
		require.NotContains(t, eval[string](tab, `[...document.querySelectorAll(".same")].map(e => e.innerHTML).join() + document.querySelector("input").value`), "0143")
	})
}

const numberPage = `<!doctype html><p id=n>202-555-0100</p><a id=a href="tel:+12025550100">call</a>`

func TestM10_ContentAddedLaterIsSwappedBeforeItIsPainted(t *testing.T) {
	withEachScript(t, func(t *testing.T, tag string) {
		s, tab := newSite(t, nil), newVisitor(t)
		tab.before(timeStandsStill)
		s.page("/", numberPage+tag)
		tab.arrive(s)
		for _, change := range []string{
			`document.body.insertAdjacentHTML("beforeend", "<div><p><b id=l>202.555.0100</b></p></div>")`,
			`document.querySelector("#l").firstChild.data = "Ring 202.555.0100"`,
			`document.querySelector("#l").textContent = "Or 202.555.0100"`,
			`document.querySelector("#l").append("202.555.0100")`,
		} {
			seen := eval[string](tab, `new Promise(done => { requestAnimationFrame(() => done(document.querySelector("#l").textContent)); `+change+` })`)
			require.Contains(t, seen, "202.555.0143")
			require.NotContains(t, seen, "0100")
		}
		href := eval[string](tab, `new Promise(done => { const a = document.querySelector("#a"); a.href = "tel:2025550100"; setTimeout(() => done(a.href)) })`)
		require.Equal(t, "tel:2025550143", href)
	})
}

func TestM10_NewNumberKeepsTheNotation(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.page("/", numberPage+tag)
	tab.open(s.at("/"))
	s.next("views")
	tab.wait(`document.querySelector("#n").textContent === "202-555-0143"`)
	s.answers(answering(strings.ReplaceAll(numbers, "0143", "0188")))
	tab.run(`ringback("page")`)
	tab.wait(`document.querySelector("#n").textContent === "202-555-0188" && document.querySelector("#a").href === "tel:+12025550188"`)
	s.answers(answering(`{"session":"ses_2","numbers":{}}`))
	tab.run(`ringback("page")`)
	tab.wait(`document.querySelector("#n").textContent === "202-555-0100" && document.querySelector("#a").href === "tel:+12025550100"`)
}

func TestM10_LaterPagesSwapAtOnce(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	tab.before(timeStandsStill)
	tab.arrive(s)
	hold := make(chan struct{})
	defer close(hold)
	s.answers(func(p post) reply { r := well(p); r.wait = hold; return r })
	s.page("/second", `<!doctype html><script src="/ringback.js"></script>`+numberPage+
		`<script>Promise.resolve().then(() => window.parsed = document.querySelector("#n").textContent)</script>`)
	tab.open(s.at("/second"))
	require.Equal(t, "202-555-0143", eval[string](tab, `parsed`))
	s.next("views")
}

// manualReveal lets the test decide when the time for hiding numbers is over.
const manualReveal = `const timer = setTimeout;
	window.setTimeout = (fn, ms, ...rest) => ms === 500 ? window.timeout = fn : timer(fn, ms, ...rest);`

func TestM10_NumbersDoNotFlickerNorMove(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	hold := make(chan struct{})
	s.answers(func(p post) reply { r := well(p); r.wait = hold; return r })
	tab.before(manualReveal + `window.moved = 0; new PerformanceObserver(list => { for (const e of list.getEntries()) moved += e.value }).observe({type: "layout-shift", buffered: true})`)
	s.page("/", `<!doctype html><script src="/ringback.js"></script>`+numberPage+`<p>Text after 202-555-0100, in the line.`)
	tab.open(s.at("/"))
	s.next("views")
	tab.wait(`CSS.highlights.get("ringback").size === 2`)
	close(hold)
	tab.wait(`document.querySelector("#n").textContent === "202-555-0143" && CSS.highlights.get("ringback").size === 0`)
	require.Zero(t, eval[float64](tab, `new Promise(done => requestAnimationFrame(() => setTimeout(() => done(moved))))`))
}

func TestNumbersAreRevealedWhenTheAnswerTakesLong(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	hold := make(chan struct{})
	defer close(hold)
	s.answers(func(p post) reply { r := well(p); r.wait = hold; return r })
	tab.before(manualReveal)
	s.page("/", `<!doctype html><script src="/ringback.js"></script>`+numberPage)
	tab.open(s.at("/"))
	s.next("views")
	const hidden = `[...CSS.highlights.get("ringback")].map(String).join()`
	tab.wait(hidden + ` === "202-555-0100"`)
	tab.run(`timeout()`)
	require.Empty(t, eval[string](tab, hidden))
	require.Equal(t, "202-555-0100", eval[string](tab, `document.querySelector("#n").textContent`))
}

// TestPageThatUndoesTheNumberWins uses a page that restores its own number after
// each change. Without a limit the page would hang.
func TestPageThatUndoesTheNumberWins(t *testing.T) {
	withEachScript(t, func(t *testing.T, tag string) {
		s, tab := newSite(t, nil), newVisitor(t)
		s.page("/", numberPage+`<script>new MutationObserver(() => {
		const text = document.querySelector("#n").firstChild; if (text.data.includes("0143")) text.data = "202-555-0100"
	}).observe(document, {subtree: true, characterData: true})</script>`+tag)
		tab.arrive(s)
		require.Equal(t, "202-555-0100", eval[string](tab, `document.querySelector("#n").textContent`))
	})
}

// TestPageThatRecreatesItsTextWins uses a page that replaces the text node after
// each change.
func TestPageThatRecreatesItsTextWins(t *testing.T) {
	withEachScript(t, func(t *testing.T, tag string) {
		s, tab := newSite(t, nil), newVisitor(t)
		s.page("/", numberPage+`<script>const own = document.querySelector("#n"); window.turns = 0; new MutationObserver(() => {
		if (turns < 50_000 && own.innerHTML !== "202-555-0100") { turns++; own.innerHTML = "202-555-0100" }
	}).observe(own, {subtree: true, childList: true, characterData: true})</script>`+tag)
		tab.arrive(s)
		require.Equal(t, "202-555-0100", eval[string](tab, `own.textContent`))
		require.Less(t, eval[int](tab, `turns`), 2500)
	})
}

func TestM10_ChangingTextKeepsBeingReplaced(t *testing.T) {
	withEachScript(t, func(t *testing.T, tag string) {
		s, tab := newSite(t, nil), newVisitor(t)
		s.page("/", numberPage+tag)
		tab.arrive(s)
		require.Equal(t, "202-555-0143 for 0 s", eval[string](tab, `new Promise(done => {
		const text = document.querySelector("#n").firstChild; let left = 100;
		const tick = () => { text.data = "202-555-0100 for " + --left + " s"; setTimeout(left ? tick : () => done(text.data)) }
		tick() })`))
	})
}

// TestM10_HydratedPagesFindTheirHTMLUnchanged covers pages that are recognized as
// hydrated and pages whose site has set swap_after_load.
func TestM10_HydratedPagesFindTheirHTMLUnchanged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		root    string
		waits   bool
		setting tracker.Flag
		found   string
	}{
		"plain":      {root: "<div>", found: "202-555-0143"},
		"recognized": {root: "<div id=__next>", waits: true, found: "202-555-0100"},
		"set":        {root: "<div>", setting: true, waits: true, found: "202-555-0100"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, tab := newSite(t, func(config *tracker.Config) { config.SwapAfterLoad = c.setting }), newVisitor(t)
			tab.before(timeStandsStill + manualReveal)
			tab.arrive(s)
			s.page("/second", `<!doctype html><script src="/ringback.js"></script>`+c.root+`<p id=n>202-555-0100</p></div><script>
				const text = () => document.querySelector("#n").textContent;
				Promise.resolve().then(() => window.hidden = [...CSS.highlights.get("ringback")].join());
				addEventListener("load", () => window.found = text())</script>`)
			tab.open(s.at("/second"))
			s.next("views")
			tab.wait(`window.found && text() === "202-555-0143"`)
			require.Equal(t, c.found, eval[string](tab, `found`))
			if c.waits {
				require.Equal(t, "202-555-0100", eval[string](tab, `hidden`))
			}
			require.Empty(t, eval[string](tab, `[...CSS.highlights.get("ringback")].join("")`))
		})
	}
}

func TestStrictContentSecurityPolicy(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	s.headers["Content-Security-Policy"] = "default-src 'none'; script-src 'nonce-abc'; connect-src " + strings.TrimSuffix(s.config.URL, "/s/key")
	s.page("/", `<!doctype html><script nonce=abc>window.violations = []; addEventListener("securitypolicyviolation", e => violations.push(e.violatedDirective))</script>
		<script nonce=abc src="/ringback.js"></script>`+numberPage)
	tab.open(s.at("/"))
	s.next("views")
	tab.wait(`document.querySelector("#n").textContent === "202-555-0143"`)
	require.Empty(t, eval[[]string](tab, `violations.filter(v => v !== "img-src")`))
}

// TestLongPageLeavesTheBrowserTimeToWork counts how often the script looks at the clock
// without a break in a page with 5,000 texts. Each look takes a millisecond of this
// clock, and the script looks at it after each text.
func TestLongPageLeavesTheBrowserTimeToWork(t *testing.T) {
	t.Parallel()
	s, tab := newSite(t, nil), newVisitor(t)
	var page strings.Builder
	for i := range 5000 {
		fmt.Fprintf(&page, "<p>Article %d costs %d.99, in stock since 2024-01-%02d</p>", i, i*7, i%28+1)
	}
	tab.before(`let time = 1e12; Date.now = () => time++; window.pieces = [];
		window.timed = fn => function (...args) { const start = time; try { return fn.apply(this, args) } finally { pieces.push(time - start) } };
		const timer = setTimeout; window.setTimeout = (fn, ...rest) => timer(timed(fn), ...rest);
		const Observer = MutationObserver; window.MutationObserver = class extends Observer { constructor(fn) { super(timed(fn)) } }`)
	s.page("/", `<!doctype html>`+page.String()+`<p id=n>202-555-0100</p><script>let began = time</script>
		<script src="/ringback.js"></script><script>pieces.push(time - began)</script>`)
	tab.open(s.at("/"))
	s.next("views")
	tab.wait(`document.querySelector("#n").textContent === "202-555-0143"`)
	times := eval[map[string]float64](tab, `({total: pieces.reduce((a, b) => a + b, 0), longest: Math.max(...pieces)})`)
	require.Greater(t, times["total"], 5000.0)
	require.Less(t, times["longest"], 100.0)
}
