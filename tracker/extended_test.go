package tracker_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/tracker"
)

// world is the answer for a page with the numbers of worldNumbers.
const world = `{"session":"ses_1","numbers":{
	"12025550100":["12025550143","(202) 555-0143","+1 202-555-0143"],
	"18003569377":["18005550199","(800) 555-0199","+1 800-555-0199"],
	"81312345678":["81398765432","03-9876-5432","+81 3-9876-5432"],
	"861012345678":["861087654321","010 8765 4321","+86 10 8765 4321"],
	"919876543210":["919876500000","098765 00000","+91 98765 00000"],
	"493012345":["4930123456","030 123456","+49 30 123456","+49 (0)30 123456"]}}`

var worldNumbers = []tracker.Number{
	{International: "12025550100", National: "2025550100"},
	{International: "18003569377", National: "8003569377"},
	{International: "81312345678", National: "0312345678"},
	{International: "861012345678", National: "01012345678"},
	{International: "919876543210", National: "09876543210"},
	{International: "919876543210", National: "9876543210"},
	{International: "493012345", National: "03012345", Trunk: "4903012345"},
}

// extendedPage opens a page with this content and the extended script, and waits until
// its numbers are shown.
func extendedPage(t *testing.T, content string) (*site, *tab) {
	t.Helper()
	s, tab := newSite(t, func(c *tracker.Config) { c.Numbers = worldNumbers }), newVisitor(t)
	s.answers(func(p post) reply {
		if p.To == "views" {
			return reply{status: 200, body: world}
		}
		return well(p)
	})
	s.page("/", `<!doctype html><p id=last>`+content+`<p id=shown>202-555-0100</p>`+extendedTag)
	tab.open(s.at("/"))
	s.next("views")
	tab.wait(`document.querySelector("#shown").textContent === "202-555-0143"`)
	return s, tab
}

// requireTexts requires that the extended script shows the second of each two texts in
// place of the first.
func requireTexts(t *testing.T, texts [][2]string) {
	t.Helper()
	var page strings.Builder
	for _, text := range texts {
		fmt.Fprintf(&page, "<p class=text>%s</p>", text[0])
	}
	_, tab := extendedPage(t, page.String())
	got := eval[[]string](tab, `[...document.querySelectorAll(".text")].map(e => e.textContent)`)
	for i, text := range texts {
		require.Equal(t, text[1], got[i], "replacement of %q", text[0])
	}
}

func TestCaseN12_DigitsOfOtherWritingSystems(t *testing.T) {
	t.Parallel()
	requireTexts(t, [][2]string{
		{"０３－１２３４－５６７８", "０３－９８７６－５４３２"},
		{"03−1234−5678", "03−9876−5432"},
		{"03（1234）5678", "03（9876）5432"},
		{"（010）12345678", "（010）87654321"},
		// of the same kind
		{"電話：０３（１２３４）５６７８", "電話：０３（９８７６）５４３２"},
		{"＋８１－３－１２３４－５６７８", "＋８１－３－９８７６－５４３２"},
		{"०९८७६५ ४३२१०", "०९८७६५ ०००००"},
		{"+٨١ ٣ ١٢٣٤ ٥٦٧٨", "+٨١ ٣ ٩٨٧٦ ٥٤٣٢"},
		{"０３-1234-５６７８", "０３-9876-５４３２"},
		{"０３０ １２３４５", "０３０ １２３４５６"},
		{"（０３０）１２３４５", "０３０ １２３４５６"},
		{"（０３０） １２３４５！", "０３０ １２３４５６！"},
		{"（０３）１２３４５６７８", "（０３）９８７６５４３２"},
		// as long as its replacement, with digits in other places
		{"(030)12345", "030 123456"},
		{"９０３－１２３４－５６７８", "９０３－１２３４－５６７８"},
		{"＋０３－１２３４－５６７８", "＋０３－１２３４－５６７８"},
	})
}

func TestCaseN13_NumbersInLetters(t *testing.T) {
	t.Parallel()
	requireTexts(t, [][2]string{
		{"1-800-FLOWERS", "+1 800-555-0199"},
		// of the same kind
		{"Call (800) FLOWERS today", "Call (800) 555-0199 today"},
		{"1.800.Flowers!", "+1 800-555-0199!"},
		{"1-800-FLO-WERS", "+1 800-555-0199"},
		{"+1 800 FLOWERSHOP", "+1 800-555-0199"},
		{"1-800-flowers or 202-555-0100", "+1 800-555-0199 or 202-555-0143"},
		{"1-800-356-9377", "1-800-555-0199"},
		{"1-800-flowers.com", "1-800-flowers.com"},
		{"800 flowers", "800 flowers"},
		{"1-800-FLOWERZ", "1-800-FLOWERZ"},
		{"1-800-FLOWER", "1-800-FLOWER"},
		{"X1-800-FLOWERS@example.com", "X1-800-FLOWERS@example.com"},
	})
	_, tab := extendedPage(t, `<a id=a href="tel:1-800-FLOWERS">1-800-FLOWERS</a><a id=b href="tel:1-800-356-9377">x</a>`)
	require.Equal(t, "+1800-555-0199", strings.TrimPrefix(eval[string](tab, `a.getAttribute("href")`), "tel:"))
	require.Equal(t, "tel:1-800-555-0199", eval[string](tab, `b.getAttribute("href")`))
}

func TestCaseN14_WhatIsNoPhoneNumber(t *testing.T) {
	t.Parallel()
	var texts [][2]string
	for _, same := range []string{
		"wa.me/12025550100", "https://example.com/item/2025550100/", "SKU-2025550100-A", "2025550100@example.com", "$2025550100",
		// of the same kind
		"https://api.whatsapp.com/send?phone=12025550100", "пример.рф/2025550100", "2025550100.sales@example.com", "@2025550100", "2025550100.pdf",
		"2025550100.example.com", "€ 2025550100", "2025550100 €", "2025550100 USD", "2025550100,00 руб.", "Order #2025550100", "SKU2025550100", "Invoice no. 2025550100",
		"Артикул 2025550100", "Заказ № 2025550100", "item: 2025550100", "2025550100-B",
		"ID: 2025550100", "Model 2025550100", "License 2025550100", "ИНН 2025550100", "2025550100円", "2025550100 zł", "2025550100 kr",
	} {
		texts = append(texts, [2]string{same, same})
	}
	for _, phone := range []string{
		"Call us: 2025550100", "Order by phone: 2025550100", "Tel.2025550100", "Order 202-555-0100", "Call #2025550100", "example.com, 2025550100", "2025550100.", "2025550100.Thanks",
		"Phone/Fax 2025550100", "tel-2025550100", "chart 2025550100", "Caller-ID phone 2025550100", "valid 2025550100", "2025550100 krill", "24/7 202-555-0100 free", "202-555-0100x5",
	} {
		texts = append(texts, [2]string{phone, strings.ReplaceAll(phone, "0100", "0143")})
	}
	requireTexts(t, texts)
}

func TestCaseN15_CopiesHaveThePagesOwnNumberAgain(t *testing.T) {
	t.Parallel()
	_, tab := extendedPage(t, `<header><b>Call 202.555.0100 now</b> <a href="tel:+12025550100" title="202 555 0100">x</a></header><div id=into></div>`)
	tab.wait(`document.querySelector("b").textContent.includes("0143")`)
	tab.run(`const own = document.querySelector("header"), into = document.querySelector("#into");
		into.append(own.cloneNode(true));
		own.innerHTML = own.innerHTML;
		into.insertAdjacentHTML("beforeend", "<p>Or " + own.querySelector("b").textContent + "!</p><i>" + "2" + own.querySelector("b").textContent.slice(5, 17) + "</i>")
		const link = document.createElement("a"); link.href = own.querySelector("a").href; into.append(link)`)
	tab.run(`ringback("consent", false)`)
	tab.wait(`!document.body.innerHTML.replace(/<i>.*<.i>/, "").includes("0143")`)
	require.Equal(t, "Call 202.555.0100 now x", eval[string](tab, `into.firstChild.textContent`))
	require.Equal(t, "Or Call 202.555.0100 now!", eval[string](tab, `into.querySelector("p").textContent`))
	require.Equal(t, "2202.555.0143", eval[string](tab, `into.querySelector("i").textContent`), "a longer number")
	require.Equal(t, []string{"tel:+12025550100", "tel:+12025550100", "tel:+12025550100"}, eval[[]string](tab, `[...document.querySelectorAll("a")].map(a => a.href)`))
}

// hydrating is the code of a page that a server has rendered. Like React, it marks the root
// when it begins, and needs the HTML as the server wrote it. It begins when the page calls
// hydrate.
const hydrating = `<script>window.hydrate = () => { const root = document.querySelector("#root");
	root.__reactContainer$x = 1; setTimeout(() => window.found = root.textContent) }</script>`

func TestCaseN17_PagesOfFrameworksAreFoundUnchanged(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ page, found string }{
		"served":     {`<div id=root><p id=n>202-555-0100</p></div>`, "202-555-0100"},
		"React 17":   {`<div id=root data-reactroot=""><p id=n>202-555-0100</p></div>`, "202-555-0100"},
		"in the DOM": {`<div id=app><p>x</p></div><div id=root><p id=n>202-555-0100</p></div>`, "202-555-0100"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, tab := newSite(t, nil), newVisitor(t)
			tab.arrive(s)
			s.page("/second", `<!doctype html>`+c.page+`<script src="/ringback-extended.js"></script>`+hydrating)
			tab.open(s.at("/second"))
			s.next("views")
			eval[any](tab, followAnswer)
			tab.run(`hydrate()`)
			tab.wait(`window.found && document.querySelector("#n").textContent === "202-555-0143"`)
			require.Equal(t, c.found, eval[string](tab, `found`))
		})
	}
}

func TestCaseN20_WhatPeopleReadBesideTheText(t *testing.T) {
	t.Parallel()
	_, tab := extendedPage(t, `<a class=it href="tel:+12025550100" aria-label="Call 202-555-0100" title="202.555.0100">call</a>
		<svg class=it><a xlink:href="tel:+12025550100"><title>202-555-0100</title><text>202 555 0100</text></a><a href="tel:2025550100"></a></svg>
		<p class=it contenteditable="false">202-555-0100</p>
		<img class=it alt="Phone 202-555-0100" src="data:,"><input class=it type=submit value="Call 202-555-0100">
		<map><area class=it href="tel:+12025550100"></map><a class=it href="callto:+12025550100">x</a>
		<div class=it aria-description="202-555-0100">x</div>
		<input class=same value="202-555-0100"><div class=same data-n="202-555-0100">x</div><a class=same href="sms:+12025550100">x</a>`)
	tab.wait(`document.querySelector("div.it").getAttribute("aria-description") === "202-555-0143"`)
	shown := eval[string](tab, `[...document.querySelectorAll(".it")].map(e => e.outerHTML).join("\n")`)
	require.NotContains(t, strings.Replace(shown, "<title>202-555-0100</title>", "", 1), "0100", "the title element is left as it is")
	require.NotContains(t, eval[string](tab, `[...document.querySelectorAll(".same")].map(e => e.outerHTML).join()`), "0143")
	tab.run(`document.querySelector("a.it").title = "or 2025550100"`)
	tab.wait(`document.querySelector("a.it").title === "or 2025550143"`)
	tab.run(`ringback("consent", false)`)
	tab.wait(`!document.body.innerHTML.includes("0143")`)
}

func TestCaseN20_Components(t *testing.T) {
	t.Parallel()
	s, tab := extendedPage(t, `<x-open></x-open><x-closed></x-closed><div id=declared><template shadowrootmode=open><p>202-555-0100</p></template></div>`)
	tab.run(`window.roots = []; for (const [name, mode] of [["x-open", "open"], ["x-closed", "closed"]])
		customElements.define(name, class extends HTMLElement { connectedCallback() {
			const root = this.attachShadow({mode}); roots.push(root);
			root.innerHTML = '<p>202-555-0100</p><a href="tel:+12025550100">x</a><form data-ringback=inner><input name=phone value="+1 202 555 0123"></form>' } })
		roots.push(document.querySelector("#declared").shadowRoot)`)
	tab.wait(`roots.length === 3 && roots.every(root => root.querySelector("p").textContent === "202-555-0143")`)
	require.Equal(t, "tel:+12025550143", eval[string](tab, `roots[1].querySelector("a").href`))
	tab.run(`roots[0].addEventListener("submit", e => e.preventDefault()); roots[0].querySelector("form").requestSubmit()`)
	lead := s.next("leads")
	require.Equal(t, "inner", lead.Body["form"])
	tab.run(`ringback("consent", false)`)
	tab.wait(`roots.every(root => root.querySelector("p").textContent === "202-555-0100")`)
}

func TestNumbersThatAreSplitOverElements(t *testing.T) {
	t.Parallel()
	texts := [][2]string{
		{`<b>(202)</b> 555-0100`, `<b>(202)</b> 555-0143`},
		{`Call <span>202</span>-<span>555</span>-<span>0100</span>!`, `Call <span>202</span>-<span>555</span>-<span>0143</span>!`},
		{`<a><span>+1 202</span><!-- --> <!-- -->555 0100</a>`, `<a><span>+1 202</span><!-- --> <!-- -->555 0143</a>`},
		{`<i>030</i> 12345 or <u>202</u> 555 0100, 202-555-0100`, `<i>030 123456</i> or <u>202</u> 555 0143, 202-555-0143`},
		{`202<br>555-0100`, `202<br>555-0100`},
		{`<div>202</div>555-0100`, `<div>202</div>555-0100`},
		{`<b>202-555-0100</b>1`, `<b>202-555-0143</b>1`},
		{`<b>202-555-0100</b><b>202-555-0100</b>`, `<b>202-555-0143</b><b>202-555-0143</b>`},
	}
	var page strings.Builder
	for _, text := range texts {
		fmt.Fprintf(&page, "<div class=text>%s</div>", text[0])
	}
	_, tab := extendedPage(t, page.String())
	html := `[...document.querySelectorAll(".text")].map(e => e.innerHTML)`
	tab.wait(`document.querySelectorAll(".text")[7].textContent.includes("0143")`)
	for i, got := range eval[[]string](tab, html) {
		require.Equal(t, texts[i][1], got, texts[i][0])
	}
	tab.run(`ringback("consent", false)`)
	tab.wait(`!document.body.textContent.includes("0143")`)
	for i, got := range eval[[]string](tab, html) {
		require.Equal(t, texts[i][0], got)
	}
}

func TestOfBothScriptsTheOneThatRunsFirstWorks(t *testing.T) {
	t.Parallel()
	usual, extended := `<script src="/ringback.js"></script>`, `<script src="/ringback-extended.js"></script>`
	for tags, version := range map[string]string{usual + extended: tracker.Version, extended + usual: tracker.ExtendedVersion} {
		s, tab := newSite(t, nil), newVisitor(t)
		s.page("/", tags)
		tab.open(s.at("/"))
		require.Equal(t, version, s.next("views").Body["version"])
		tab.wait(emptyQueue)
		s.quiet()
	}
}

func TestCaseN26_NavigationAPI(t *testing.T) {
	t.Parallel()
	s, tab := extendedPage(t, `<a id=go href="/third">go</a>`)
	tab.run(`navigation.addEventListener("navigate", e => e.intercept({handler: async () => { await 0 }}))`)
	eval[any](tab, `navigation.navigate("/second").finished.then(() => 1)`)
	require.Subset(t, s.next("views").Body, map[string]any{"kind": "in_page", "url": s.at("/second")})
	tab.run(`document.querySelector("#go").click()`)
	require.Equal(t, s.at("/third"), s.next("views").Body["url"])
	eval[any](tab, `navigation.back().finished.then(() => 1)`)
	require.Equal(t, s.at("/second"), s.next("views").Body["url"])
	eval[any](tab, `navigation.navigate("/other", {history: "replace"}).finished.then(() => 1)`)
	tab.run(`history.pushState({}, "", "/last")`)
	require.Equal(t, s.at("/last"), s.next("views").Body["url"], "replaced entries are no views")
	tab.wait(emptyQueue)
	s.quiet()
}
