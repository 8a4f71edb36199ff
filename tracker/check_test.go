package tracker_test

import (
	"fmt"
	"html"
	"math/rand/v2"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/phone"
	"ringback/sitecheck"
	"ringback/tracker"
)

// owned lists numbers of sites, from countries that write them differently, and a number
// that is shown in place of each.
var owned = [][2]string{
	{"+12025550100", "+12025550143"}, {"+442079460123", "+442079460987"}, {"+493012345", "+4930123456"}, {"+33199000123", "+33199000199"},
	{"+551131234567", "+551131239999"}, {"+552131234567", "+5521987654321"}, {"+919876543210", "+919876500000"}, {"+390612345678", "+390612345999"},
	{"+81312345678", "+81398765432"}, {"+74955550123", "+74955550199"}, {"+541141234567", "+5491123456789"},
}

// ownedNumbers returns the script's numbers, and the server's answer, as the server makes them.
func ownedNumbers(t *testing.T) (numbers []tracker.Number, answer string) {
	t.Helper()
	var shown []string
	for _, pair := range owned {
		own, err := phone.Formats(pair[0])
		require.NoError(t, err)
		other, err := phone.Formats(pair[1])
		require.NoError(t, err)
		numbers = append(numbers, tracker.Number{International: own.Digits, National: own.Dialled, Trunk: own.TrunkDigits, TrunkNational: own.TrunkDialled})
		if own.Bare != "" {
			numbers = append(numbers, tracker.Number{International: own.Digits, National: own.Bare})
		}
		shown = append(shown, fmt.Sprintf("%q:[%q,%q,%q,%q,%q]", own.Digits, other.Digits, other.National, other.International, other.Trunk, other.TrunkNational))
	}
	return numbers, `{"session":"ses_1","numbers":{` + strings.Join(shown, ",") + `}}`
}

// The parts of which texts with a number are made.
var (
	textsBefore = []string{
		"", "", "", "Call ", "Tel:", "Tel. ", "(", "+", "+ ", "(+", "00", "00 ", "0", "0 ", "011", "011-", "0011 ", "9 to 5 ", "24/7 ", "24/7: ", "9:00 ", "9h00 ", "17.00 ",
		"75008 ", "75011 ", "75000 ", "Suite 5 ", "Suite 500 ", "49 ", "+49 ", "+49 (", "+49", "1-", "1 ", "12.", "5", "$", "$ ", "€\u00a0", "SKU-", "Order #", "№ ", "ID: ",
		"https://example.com/item/", "wa.me/", "a@", "0 15 ", "0 41 ", "(0xx", "0xx", "\U0001d7d0", "5\U0001f4de", "%20", "Save 50% ", "—", "–", "٣", "電話", "／", "\u202a", "x", "_",
		"ext. 5, ", "12/", "/", "#", "|", "8-800 ", "+44 20 7946 0123 ", "202 555 0100", "202-555-0100/", "9 \u2013 20 ", "\n 5\n", "\u00a0",
	}
	textsAfter = []string{
		"", "", "", "/", " (24h)", "(24h)", ":24h", "/24h", "/01", "/0", "/-01", "-01", ".5", " 5", "5", "x5", ", 5", "; 9-5", "#5", "@example.com", ".sales@example.com", ".pdf",
		" €", "€", ",00 €", " USD", "-A", "-5A", "/202-555-0100", " 202 555 0100", "!", ")", ")5", " (5)", "\u00a05", "\u200b5", "\U0001d7d1", "٣", "–5", "_5", "a", "%205", "=5", "$5",
	}
	betweenDigits = []string{"", "", " ", "-", ".", "\u00a0", "\u202f", "\u2011", "\u2212", ") ", " (", "/", " - ", "\n    ", "\u200b", "\u00ad", "\u2022", "%20", "%C2%A0", "%E2%80%91", "\uff0d", ",", ":", ";", "=", "\U0001f4de", " · "}
)

// randomText returns a text with one of the numbers in a random spelling.
func randomText(random *rand.Rand, numbers []tracker.Number) string {
	pick := func(from []string) string { return from[random.IntN(len(from))] }
	number := numbers[random.IntN(len(numbers))]
	digits := pick([]string{number.International, number.National, number.National, number.National, number.Trunk, number.TrunkNational, "0" + number.National})
	if digits == "" {
		digits = number.National
	}
	if random.IntN(12) == 0 {
		digits = strings.Map(func(r rune) rune { return r + pickZero(random) - '0' }, digits)
	}
	usual := pick(betweenDigits)
	var text strings.Builder
	text.WriteString(pick(textsBefore))
	if random.IntN(6) == 0 {
		text.WriteString(pick(textsBefore))
	}
	for i, digit := range []rune(digits) {
		if i > 0 && random.IntN(4) == 0 {
			if random.IntN(3) == 0 {
				usual = pick(betweenDigits)
			}
			text.WriteString(usual)
		}
		text.WriteRune(digit)
	}
	text.WriteString(pick(textsAfter))
	return text.String()
}

// pickZero returns the zero of a random writing system.
func pickZero(random *rand.Rand) rune {
	return []rune{'०', '０', '٠', '\U0001d7ce', '\U0001e950'}[random.IntN(5)]
}

// checked returns how many numbers the check of a page counts in a text, and in the same
// text as the address of a link.
func checked(t *testing.T, script, text string, link bool) int {
	t.Helper()
	const key = "https://ringback.example.com/s/AAAABBBBCCCCDDDDEEEEFFFFGG"
	site := sitecheck.Site{ScriptURL: key + ".js", Region: "US"}
	for _, pair := range owned {
		site.Offers = append(site.Offers, sitecheck.Offer{Name: "the pool", Replaces: pair[:1]})
	}
	content := "<p>" + html.EscapeString(text) + "</p>"
	if link {
		content = `<a href="tel:` + html.EscapeString(text) + `">x</a>`
	}
	page := sitecheck.Page{
		URL: "https://www.example.com/", Status: 200, ContentType: "text/html; charset=utf-8",
		Body: []byte(`<script async src="` + key + map[string]string{tag: "", extendedTag: "-extended"}[script] + `.js"></script>` + content),
	}
	count := 0
	for _, replaced := range sitecheck.Check(t.Context(), page, site).Numbers.Replaced {
		count += replaced.Texts + replaced.Links
	}
	return count
}

// encodedOrOther matches an encoded character, and what is no digit.
var encodedOrOther = regexp.MustCompile(tracker.Bounds().Encoded + `|\D`)

// dialled returns the digits of a text, without those of encoded characters.
func dialled(text string) string {
	return encodedOrOther.ReplaceAllString(phone.PlainDigits(text), "")
}

// tracking lists the digits of the numbers of owned as pages spell them, each with those that
// are shown in their place.
var tracking = sync.OnceValue(func() (pairs [][2]string) {
	for _, pair := range owned {
		own, _ := phone.Formats(pair[0]) // it is one of those that ownedNumbers has formatted
		other, _ := phone.Formats(pair[1])
		for from, to := range map[string]string{
			own.Dialled: other.National, own.Digits: other.International, own.TrunkDigits: other.Trunk, own.TrunkDialled: other.TrunkNational, own.Bare: other.National,
		} {
			if from != "" {
				pairs = append(pairs, [2]string{from, dialled(to)})
			}
		}
	}
	return pairs
})

// onlyTracking reports whether the digits of a text differ from those before only in that
// numbers of the site became their tracking numbers.
func onlyTracking(before, after string) bool {
	for i := 0; ; i++ {
		for _, pair := range tracking() {
			own, isOwn := strings.CutPrefix(before[i:], pair[0])
			other, isOther := strings.CutPrefix(after[i:], pair[1])
			if isOwn && isOther && onlyTracking(own, other) {
				return true
			}
		}
		if i == len(before) || i == len(after) || before[i] != after[i] {
			return before == after
		}
	}
}

// TestCaseK01_TheCheckReplacesWhatTheScriptReplaces compares both over the same texts and
// links, most of them random, with the same seed in each run. The numbers that are shown
// are the tracking numbers.
func TestCaseK01_TheCheckReplacesWhatTheScriptReplaces(t *testing.T) {
	withEachScript(t, func(t *testing.T, script string) {
		numbers, answer := ownedNumbers(t)
		s, tab := newSite(t, func(c *tracker.Config) { c.Numbers = numbers }), newVisitor(t)
		s.answers(func(p post) reply {
			if p.To == "views" {
				return reply{status: 200, body: answer}
			}
			return well(p)
		})
		random := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same texts in each run
		var texts []string
		for _, spelling := range spellings {
			texts = append(texts, spelling[0])
		}
		for range 1300 {
			texts = append(texts, randomText(random, numbers))
		}
		var page strings.Builder
		for _, text := range texts {
			fmt.Fprintf(&page, "<p class=text>%s</p><a class=link href=\"tel:%[1]s\">x</a>\n", html.EscapeString(text))
		}
		s.page("/", `<!doctype html><meta charset=utf-8>`+page.String()+`<p id=last>202-555-0100</p><script>
			window.before = [...document.querySelectorAll(".text")].map(e => e.textContent);
			window.beforeLinks = [...document.querySelectorAll(".link")].map(e => e.getAttribute("href"))</script>`+script)
		tab.open(s.at("/"))
		s.next("views")
		tab.wait(`document.querySelector("#last").textContent === "202-555-0143"`)
		shown := eval[[]string](tab, `[...document.querySelectorAll(".text")].map(e => e.textContent)`)
		shownLinks := eval[[]string](tab, `[...document.querySelectorAll(".link")].map(e => e.getAttribute("href"))`)
		changed := eval[[]bool](tab, `[...document.querySelectorAll(".text")].map((e, i) => e.textContent !== before[i])`)
		changedLinks := eval[[]bool](tab, `[...document.querySelectorAll(".link")].map((e, i) => e.getAttribute("href") !== beforeLinks[i])`)
		replaced := 0
		for i, text := range texts {
			require.Equal(t, changed[i], checked(t, script, text, false) > 0, "text %q", text)
			require.Equal(t, changedLinks[i], checked(t, script, text, true) > 0, "link %q", text)
			require.True(t, onlyTracking(dialled(text), dialled(shown[i])), "text %q is shown as %q", text, shown[i])
			require.True(t, onlyTracking(dialled(text), dialled(shownLinks[i])), "link %q is %q", text, shownLinks[i])
			if changed[i] {
				replaced++
			}
		}
		require.Greater(t, replaced, len(texts)/5, "the texts are of both kinds")
		require.Less(t, replaced, len(texts)*4/5)
	})
}
