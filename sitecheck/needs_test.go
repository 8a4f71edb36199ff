package sitecheck_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/explanation"
	"ringback/forms"
	"ringback/internal/locale"
	"ringback/sitecheck"
)

// worldwide returns a site with numbers of several countries.
func worldwide() sitecheck.Site {
	site := shop()
	site.ExtendedVersion, site.Forms = "5e6f7a8b", forms.CaptureMarked
	site.Offers = []sitecheck.Offer{{Name: "the pool", Replaces: []string{"+12025550100", "+18003569377", "+81312345678", "+919876543210"}}}
	return site
}

// letterByLetter returns a text with each character in an element of its own.
func letterByLetter(element, text string) string {
	var out strings.Builder
	for _, r := range text {
		out.WriteString("<" + element + ">" + string(r) + "</" + element + ">")
	}
	return out.String()
}

// counted returns what a page with this content shows of the numbers, by script.
func counted(t *testing.T, content string) (usual, extended []sitecheck.Replaced) {
	t.Helper()
	const key = "https://ringback.example.com/s/AAAABBBBCCCCDDDDEEEEFFFFGG"
	var found [][]sitecheck.Replaced
	for _, script := range []string{".js", "-extended.js"} {
		found = append(found, sitecheck.Check(t.Context(), pageOf(`<script async src="`+key+script+`"></script>`+content), worldwide()).Numbers.Replaced)
	}
	return found[0], found[1]
}

func TestCaseK01_OnlyNumbersThatAreReplacedCount(t *testing.T) {
	t.Parallel()
	for content, want := range map[string][4]int{ // texts and links with the usual script, and with the extended one
		`<p>202-555-0100</p>`:                                                                         {1, 0, 1, 0},
		`<a href="tel:+12025550100">x</a>`:                                                            {0, 1, 0, 1},
		`<map><area href="tel:+12025550100"></map>`:                                                   {0, 1, 0, 1},
		`<title>202-555-0100</title>`:                                                                 {},
		`<select><optgroup><option>202-555-0100</select>`:                                             {},
		`<div contenteditable=true>202-555-0100</div>`:                                                {},
		`<div contenteditable=false>202-555-0100</div>`:                                               {1, 0, 1, 0},
		`<div contenteditable><p contenteditable=false>202-555-0100</p></div>`:                        {},
		`<a href="callto:+1-202-555-0100">x</a>`:                                                      {0, 0, 0, 1},
		`<a href="tel:０３１２３４５６７８">x</a>`:                                                              {0, 0, 0, 1},
		`<a href="tel:%32025550100">x</a>`:                                                            {},
		`<a href="tel:202%20555%2D0100">x</a>`:                                                        {0, 1, 0, 1},
		`<p>` + letterByLetter("span", "+1 (202) 555-0100") + `</p>`:                                  {0, 0, 1, 0},
		`<p>` + letterByLetter("i", "０３１２３４５６７８") + `</p>`:                                            {0, 0, 1, 0},
		`<p>（03）1234-5678</p>`:                                                                        {1, 0, 1, 0},
		`<x-a><template shadowrootmode=open>202-555-0100</template></x-a>`:                            {0, 0, 1, 0},
		`<x-a><template shadowrootmode=OPEN><i>202</i> 555-0100</template></x-a>`:                     {0, 0, 1, 0},
		`<x-a><template shadowrootmode=open><a href="tel:2025550100">2025550100</a></template></x-a>`: {0, 0, 1, 1},
		`<x-a><template shadowrootmode=closed>202-555-0100</template></x-a>`:                          {},
		`<x-a><template shadowrootmode=open><x-b><template shadowrootmode=open>202-555-0100</template></x-b></template></x-a>`: {0, 0, 1, 0},
		`<template><x-a><template shadowrootmode=open>202-555-0100</template></x-a></template>`:                                {},
		`<template>202-555-0100</template>`: {},
	} {
		usual, extended := counted(t, content)
		var got [4]int
		for _, r := range usual {
			got[0], got[1] = got[0]+r.Texts, got[1]+r.Links
		}
		for _, r := range extended {
			got[2], got[3] = got[2]+r.Texts, got[3]+r.Links
		}
		require.Equal(t, want, got, content)
	}
	closed := sitecheck.Check(t.Context(), pageOf(`<x-a><template shadowrootmode=closed><b>202</b>-555-0100 <a href="tel:0312345678">x</a></template></x-a>`), worldwide())
	require.Contains(t, textOf(closed), "+12025550100 is in a component with a closed shadow root")
	require.Contains(t, textOf(closed), "+81312345678 is in a component with a closed shadow root")
}

func TestNeedsOfTheExtendedScript(t *testing.T) {
	t.Parallel()
	for body, need := range map[string]sitecheck.Need{
		// N12
		`<p>０３－１２３４－５６７８</p>`: sitecheck.NeedDigits, `<p>०९८७६५ ४३२१०</p>`: sitecheck.NeedDigits, `<p>＋８１－３－１２３４－５６７８</p>`: sitecheck.NeedDigits,
		// N13
		`<a href="tel:1-800-356-9377">1-800-FLOWERS</a>`: sitecheck.NeedLetters, `<p>Call (800) Flowers!</p>`: sitecheck.NeedLetters,
		`<p>1-800-flowers.</p>`: sitecheck.NeedLetters, `<p>1-800-flowers.com</p>`: "", `<p>800 flowers</p>`: "", `<p>1-800-356-9377</p>`: "",
		// N14
		`<p>wa.me/12025550100</p>`: sitecheck.NeedAddresses, `<p>https://example.com/item/2025550100/</p>`: sitecheck.NeedAddresses,
		`<p>SKU-2025550100-A</p>`: sitecheck.NeedAddresses, `<p>2025550100 €</p>`: sitecheck.NeedAddresses, `<p>Order #2025550100</p>`: sitecheck.NeedAddresses,
		`<p>Call #2025550100</p>`: "", `<p>Order by phone: 2025550100</p>`: "", `<p>2025550100@example.com</p>`: "",
		// N17
		`<div id=root><p>202-555-0100</p></div>`:                                             sitecheck.NeedFramework,
		`<div id=root><p>x</p></div><p>202-555-0100</p>`:                                     "",
		`<div id=app><p>202-555-0100</p></div><script src="/_next/static/main.js"></script>`: "",
		// N20
		`<a href="/" aria-label="Call 202-555-0100">x</a>`: sitecheck.NeedDescriptions, `<img alt="202-555-0100">`: sitecheck.NeedDescriptions,
		`<input type=submit value="Call 202-555-0100">`: sitecheck.NeedDescriptions, `<input value="202-555-0100">`: "",
		`<svg><a xlink:href="tel:+12025550100"><text>x</text></a></svg>`: sitecheck.NeedDrawings, `<svg><a href="tel:+12025550100"></a></svg>`: sitecheck.NeedDrawings,
		`<div><template shadowrootmode="open"><p>202-555-0100</p></template></div>`:     sitecheck.NeedComponents,
		`<script>host.attachShadow({mode: "open"}).innerHTML = "202-555-0100"</script>`: sitecheck.NeedComponents,
		`<script>host.attachShadow({mode: "open"})</script>`:                            "",
		// numbers that are split over elements
		`<p><span>202</span>-<span>555</span>-<span>0100</span></p>`: sitecheck.NeedSplit, `<p><b>(202)</b> 555-0100</p>`: sitecheck.NeedSplit,
		`<p>202<br>555-0100</p>`: "", `<div>202</div>555-0100`: "", `<p><b>202-555-0100</b> <i>x</i></p>`: "",
		`<p>` + letterByLetter("span", "(202) 555-0100") + `</p>`: sitecheck.NeedSplit, `<p>` + letterByLetter("b", "2025550100") + `</p>`: sitecheck.NeedSplit,
		`<p>` + letterByLetter("span", "０３１２３４５６７８") + `</p>`: sitecheck.NeedSplit,
		// links
		`<a href="callto:+12025550100">x</a>`: sitecheck.NeedLinks, `<a href="CallTo:202-555-0100">x</a>`: sitecheck.NeedLinks,
		`<a href="tel:０３１２３４５６７８">x</a>`: sitecheck.NeedDigits, `<a href="tel:०९८७६५४३२१०">x</a>`: sitecheck.NeedDigits,
		`<a href="tel:1-800-FLOWERS">x</a>`: sitecheck.NeedLetters, `<a href="skype:+12025550100?call">x</a>`: "", `<a aria-label="０３１２３４５６７８">x</a>`: sitecheck.NeedDescriptions,
		// what both scripts leave as it is
		`<select><option>202-555-0100</select>`: "", `<div contenteditable><p>202-555-0100</p></div>`: "", `<template><p>202-555-0100</p></template>`: "",
		`<div><template shadowrootmode="closed"><p>202-555-0100</p></template></div>`: "", `<template><div><template shadowrootmode=open>202-555-0100</template></div></template>`: "",
		// N20
		`<x-a><template shadowrootmode=open><b>202</b>-555-0100</template></x-a>`:            sitecheck.NeedSplit,
		`<x-a><template shadowrootmode=open><a href="tel:2025550100">x</a></template></x-a>`: sitecheck.NeedComponents,
		// N26
		`<script>navigation.navigate("/a")</script>`: sitecheck.NeedNavigation, `<script>navigation.addEventListener('navigate', f)</script>`: sitecheck.NeedNavigation,
		`<nav>navigation.navigate(</nav>`: "",
		// F06
		`<form data-ringback><input name=phone type=tel></form><script>document.forms[0].submit()</script>`: sitecheck.NeedSubmits,
		// F13
		`<script>ringback('lead', $('#f'))</script>`: sitecheck.NeedGivenForms, `<script>ringback("lead", "#f")</script>`: sitecheck.NeedGivenForms,
		`<script>ringback('lead', new FormData(f))</script>`: sitecheck.NeedGivenForms, `<script>ringback('lead', $('#f')[0])</script>`: "",
		`<script>ringback('lead', {phone: '1'})</script>`: "",
	} {
		usual := sitecheck.Check(t.Context(), pageOf(body), worldwide())
		var want []sitecheck.Need
		if need != "" {
			want = []sitecheck.Need{need}
			found := usual.Findings[len(usual.Findings)-1]
			require.Equal(t, sitecheck.ExtendedNeeded, found.Code, body)
			require.Equal(t, sitecheck.Warning, found.Level, body)
		}
		require.Equal(t, want, usual.Needs, body)
	}
}

// TestCaseK01_TheCheckKnowsTheExtendedScript compares what is reported of a page with
// each of the scripts.
func TestCaseK01_TheCheckKnowsTheExtendedScript(t *testing.T) {
	t.Parallel()
	site := worldwide()
	const key = "https://ringback.example.com/s/AAAABBBBCCCCDDDDEEEEFFFFGG"
	const body = `<p>０３－１２３４－５６７８</p><p>1-800-FLOWERS</p><p>wa.me/12025550100</p><form data-ringback><input name=phone></form><script>f.submit()</script>`
	usual := sitecheck.Check(t.Context(), pageOf(`<script async src="`+key+`.js"></script>`+body), site)
	require.False(t, usual.Script.Extended)
	require.Equal(t, "1a2b3c4d", usual.Script.Version)
	require.Len(t, usual.Numbers.Replaced, 1, "the script replaces the address, and nothing else")
	require.Equal(t, "+12025550100", usual.Numbers.Replaced[0].Number)
	require.Contains(t, textOf(usual), "warning script: The page needs the extended script: forms that code sends; a number in digits of another writing system; a number in letters; an address, a price")

	extended := sitecheck.Check(t.Context(), pageOf(`<script async src="`+key+`-extended.js"></script>`+body), site)
	require.True(t, extended.Script.Ours)
	require.True(t, extended.Script.Extended)
	require.Equal(t, "5e6f7a8b", extended.Script.Version)
	var numbers []string
	for _, replaced := range extended.Numbers.Replaced {
		numbers = append(numbers, replaced.Number)
	}
	require.Equal(t, []string{"+18003569377", "+81312345678"}, numbers)
	require.Contains(t, textOf(extended), "ok script: The page loads the extended script, which handles this: ")
	require.NotContains(t, textOf(extended), "Browsers report no submission")

	for tags, isExtended := range map[string]bool{
		`<script async src="` + key + `.js"></script><script async src="` + key + `-extended.js"></script>`: false,
		`<script async src="` + key + `-extended.js"></script><script async src="` + key + `.js"></script>`: false,
		`<script src="` + key + `-extended.js"></script><script async src="` + key + `.js"></script>`:       true,
		`<script src="` + key + `.js"></script><script src="` + key + `-extended.js"></script>`:             false,
	} {
		require.Equal(t, isExtended, sitecheck.Check(t.Context(), pageOf(tags), site).Script.Extended, tags)
	}

	byCode := sitecheck.Check(t.Context(), pageOf(`<script>load("`+key+`-extended.js")</script>`), site)
	require.True(t, byCode.Script.Found)
	require.True(t, byCode.Script.Extended)
	for _, language := range []locale.Language{locale.Russian, locale.Portuguese} {
		what, _ := explanation.In(language).Finding(usual.Findings[len(usual.Findings)-1])
		require.NotContains(t, what, "need.")
	}
}
