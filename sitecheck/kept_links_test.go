package sitecheck_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/explanation"
	"ringback/forms"
	"ringback/internal/locale"
	"ringback/sitecheck"
)

// keptIn returns the links of other kinds and the code that the check of a page with this
// content reports.
func keptIn(t *testing.T, content string) []string {
	t.Helper()
	var kept []string
	for _, found := range sitecheck.Check(t.Context(), pageOf(content), worldwide()).Findings {
		if found.Code == sitecheck.NumberKeptInLink {
			require.Equal(t, sitecheck.Warning, found.Level)
			for _, language := range []locale.Language{locale.English, locale.Russian, locale.Portuguese} {
				what, _ := explanation.In(language).Finding(found)
				require.Contains(t, what, found.Number)
			}
			kept = append(kept, found.Written)
		}
	}
	return kept
}

func TestCaseK01_LinksOfOtherKindsKeepTheNumber(t *testing.T) {
	t.Parallel()
	for content, want := range map[string][]string{
		`<a href="sms:+12025550100?body=Hi">202-555-0100</a>`:                           {"sms:+12025550100?body=Hi"},
		`<a href="https://wa.me/12025550100">202-555-0100</a>`:                          {"https://wa.me/12025550100"},
		`<a href="whatsapp://send?phone=12025550100">x</a>`:                             {"whatsapp://send?phone=12025550100"},
		`<a href="https://api.whatsapp.com/send?phone=%2B12025550100&amp;text=5">x</a>`: {"https://api.whatsapp.com/send?phone=%2B12025550100&text=5"},
		`<a href="viber://chat?number=%2B12025550100">x</a>`:                            {"viber://chat?number=%2B12025550100"},
		`<button onclick="location='tel:+1-202-555-0100'">202-555-0100</button>`:        {"tel:+1-202-555-0100"},
		`<button data-href="tel:2025550100">Call</button>`:                              {"tel:2025550100"},
		`<script>button.onclick = () => location.href = "tel:2025550100"</script>`:      {"tel:2025550100"},
		`<a href="sms:2025550100">x</a><a href="sms:2025550100">x</a>`:                  {"sms:2025550100"},
		`<a href="tel:2025550100">x</a>`:                                                nil,
		`<a href="sms:2025550177">x</a>`:                                                nil,
		`<a href="https://example.com/item/2025550100/">x</a>`:                          nil,
		`<a href="https://wa.me/4912025550100">x</a>`:                                   nil,
		`<meta name=x content="tel:2025550100">`:                                        nil,
		`<script type="application/ld+json">{"telephone": "tel:2025550100"}</script>`:   nil,
	} {
		require.Equal(t, want, keptIn(t, content), content)
	}
}

func TestCaseK01_TextsOfADrawingAreApart(t *testing.T) {
	t.Parallel()
	for content, want := range map[string][2]int{ // texts with the usual script, and with the extended one
		`<svg><text><tspan>202</tspan>-555-0100</text></svg>`:                {0, 1},
		`<svg><text><tspan>202-555-0100</tspan></text></svg>`:                {1, 1},
		`<svg><text>5</text><text>202-555-0100</text></svg>`:                 {1, 1},
		`<svg><text>202</text><text>555-0100</text></svg>`:                   {0, 0},
		`<svg><g><text>202-555-0100</text></g><path d="M1 2"/></svg>`:        {1, 1},
		`<p>202<svg><path d="M1 2"/></svg>555-0100</p>`:                      {0, 0},
		`<svg><text><tspan>202</tspan> <tspan>555-0100</tspan></text></svg>`: {0, 1},
	} {
		usual, extended := counted(t, content)
		var got [2]int
		for _, r := range usual {
			got[0] += r.Texts
		}
		for _, r := range extended {
			got[1] += r.Texts
		}
		require.Equal(t, want, got, content)
	}
}

func TestCaseK01_ADateIsNoNumber(t *testing.T) {
	t.Parallel()
	for text, isNumber := range map[string]bool{
		"2026-11-27 20:25": false, "27.11.2026 20.25.55": false, "27/11/2026 2025": false, "202-611-2720": true, "(202) 611-2720": true,
	} {
		found := sitecheck.Check(t.Context(), pageOf(`<p>`+text+`</p>`), worldwide())
		require.Equal(t, isNumber, len(found.Numbers.Others) > 0, text)
	}
}

func TestCaseK01_FormsAsBrowsersReadThem(t *testing.T) {
	t.Parallel()
	site := worldwide()
	site.Forms = forms.CaptureAll
	for content, want := range map[string][]sitecheck.Field{
		`<table><form data-ringback><tr><td><input name=phone></table>`:                                {{Name: "phone", Means: sitecheck.MeansPhone}},
		`<form data-ringback><input name=f2 placeholder="Phone number"></form>`:                        {{Name: "f2", Means: sitecheck.MeansPhone}},
		`<form data-ringback><input name=f3 aria-label="E-mail"></form>`:                               {{Name: "f3", Means: sitecheck.MeansEmail}},
		`<form data-ringback><fieldset disabled><p><input name=phone></fieldset><input name=x></form>`: {{Name: "x", Means: sitecheck.MeansOther}},
	} {
		found := sitecheck.Check(t.Context(), pageOf(content), site)
		require.Equal(t, want, found.Forms[0].Fields, content)
		require.Empty(t, found.Needs, content)
	}
	signsIn := sitecheck.Check(t.Context(), pageOf(`<form><input name=email><input type=password name=p></form>`), site)
	require.False(t, signsIn.Forms[0].Captured)
	custom := sitecheck.Check(t.Context(), pageOf(`<form data-ringback><sl-input name=phone></sl-input></form>`), site)
	require.Equal(t, []sitecheck.Need{sitecheck.NeedCustomFields}, custom.Needs)
}
