package sitecheck_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/sitecheck"
)

var update = flag.Bool("update", false, "write what is found as what is expected")

// shop is the site whose pages are in testdata.
func shop() sitecheck.Site {
	pool := sitecheck.Offer{ID: "pool_1", Name: "the pool Web site", Replaces: []string{"+12025550100"}}
	ads := sitecheck.Offer{ID: "pool_2", Name: "the pool Ads", Replaces: []string{"+12025550100", "+442079460123"}, To: "medium equals: cpc"}
	return sitecheck.Site{
		ScriptURL: "https://ringback.example.com/s/AAAABBBBCCCCDDDDEEEEFFFFGG.js", Version: "1a2b3c4d",
		Forms: sitecheck.FormsMarked, Fields: map[string]string{"your-tel": "phone", "pin": "never"}, Region: "US",
		Offers: []sitecheck.Offer{ads, pool},
		Tracking: []sitecheck.Tracking{
			{Number: "+12025550141", Pool: "Web site"}, {Number: "+12025550142"}, {Number: "+12025550143", Pool: "Ads"},
		},
	}
}

// pageOf is an answer with the given HTML.
func pageOf(body string) sitecheck.Page {
	return sitecheck.Page{URL: "https://www.example.com/", Status: 200, ContentType: "text/html; charset=utf-8", Body: []byte(body)}
}

// written is a report as its owner reads it, for comparison.
func written(r sitecheck.Report) string {
	var out strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&out, "%s %s: %s %s\n", f.Level, f.About, f.What, f.Detail)
	}
	for _, form := range r.Forms {
		fmt.Fprintf(&out, "form %q marked=%t ignored=%t captured=%t %v\n", form.Name, form.Marked, form.Ignored, form.Captured, form.Fields)
	}
	for _, n := range r.Numbers.Replaced {
		fmt.Fprintf(&out, "replaced %s texts=%d links=%d by=%d\n", n.Number, n.Texts, n.Links, len(n.By))
	}
	for _, n := range r.Numbers.Others {
		fmt.Fprintf(&out, "other %s %q links=%d tracking=%t\n", n.Number, n.Written, n.Links, n.Tracking)
	}
	return out.String()
}

// Each page in testdata has what is found on it beside it.
func TestPages(t *testing.T) {
	t.Parallel()
	pages, err := filepath.Glob("testdata/*.html")
	require.NoError(t, err)
	require.NotEmpty(t, pages)
	for _, path := range pages {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".html"), func(t *testing.T) {
			t.Parallel()
			body, err := os.ReadFile(path)
			require.NoError(t, err)
			page := pageOf(string(body))
			page.ContentType = "text/html"
			got := written(sitecheck.Look(t.Context(), page, shop()))
			beside := strings.TrimSuffix(path, ".html") + ".found"
			if *update {
				require.NoError(t, os.WriteFile(beside, []byte(got), 0o600))
			}
			want, err := os.ReadFile(beside)
			require.NoError(t, err)
			require.Equal(t, string(want), got)
		})
	}
}

func TestAnswersThatAreNoPage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*sitecheck.Page)
		level  sitecheck.Level
		what   string
	}{
		"redirect":            {func(p *sitecheck.Page) { p.Status, p.Location = 301, "/en/?token=secret" }, sitecheck.Warning, "The page sends visitors on to https://www.example.com/en/."},
		"redirect to nowhere": {func(p *sitecheck.Page) { p.Status, p.Location = 302, "http://[" }, sitecheck.Warning, "The page sends visitors on to somewhere else."},
		"not found":           {func(p *sitecheck.Page) { p.Status = 404 }, sitecheck.Problem, "The page answers with the error 404."},
		"picture":             {func(p *sitecheck.Page) { p.ContentType = "image/png" }, sitecheck.Problem, "The address is not that of a web page."},
		"unknown type":        {func(p *sitecheck.Page) { p.ContentType = "" }, sitecheck.Problem, "The address is not that of a web page."},
		"compressed":          {func(p *sitecheck.Page) { p.Encoding = "br" }, sitecheck.Problem, "The page comes compressed although that was not asked for."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := pageOf("<html></html>")
			test.change(&page)
			report := sitecheck.Look(t.Context(), page, shop())
			require.Len(t, report.Findings, 1)
			require.Equal(t, test.level, report.Findings[0].Level)
			require.Equal(t, test.what, report.Findings[0].What)
			require.False(t, report.Script.Found)
		})
	}
}

func TestVersionOfTheScriptAtAnotherAddress(t *testing.T) {
	t.Parallel()
	require.Equal(t, "1a2b3c4d", sitecheck.VersionOf([]byte("/* ringback 1a2b3c4d */\n(function(){})")))
	for _, other := range []string{"", "/* ringback */", "(function(){})", " /* ringback 1a2b3c4d */", "/* ringback <script> */"} {
		require.Empty(t, sitecheck.VersionOf([]byte(other)))
	}
	for version, level := range map[string]sitecheck.Level{"1a2b3c4d": sitecheck.OK, "00000000": sitecheck.Warning, "": sitecheck.Warning} {
		var r sitecheck.Report
		r.SawVersion(version, "1a2b3c4d")
		require.Equal(t, version, r.Script.Version)
		require.Equal(t, level, r.Findings[0].Level)
	}
}

func TestWhatTheSiteHasSetCounts(t *testing.T) {
	t.Parallel()
	form := pageOf(`<form name="contact"><input type="email" name="email"></form>`)
	site := shop()
	site.Forms = sitecheck.FormsAll
	require.True(t, sitecheck.Look(t.Context(), form, site).Forms[0].Captured)
	site.Forms = sitecheck.FormsNone
	require.Contains(t, written(sitecheck.Look(t.Context(), form, site)), "becomes a lead, as it is set")

	site = shop()
	site.ConsentRequired = true
	require.Contains(t, written(sitecheck.Look(t.Context(), pageOf(`<script async src="`+site.ScriptURL+`"></script>`), site)), "waits for consent")
	site.Offers = nil
	require.Contains(t, written(sitecheck.Look(t.Context(), pageOf(`<p>(202) 555-0100</p>`), site)), "No pool or number is set")
}

func TestWhatIsSwitchedOffIsTold(t *testing.T) {
	t.Parallel()
	site := shop()
	site.Forms = sitecheck.FormsNone
	site.Off = []sitecheck.Offer{{ID: "num_1", Name: "the number +12025550143", Replaces: []string{"+12025550177"}}}
	page := pageOf(`<form data-ringback><input name="q"></form><form data-ringback="ignore"></form><a href="tel:+12025550177">call</a>`)
	got := written(sitecheck.Look(t.Context(), page, site))
	require.Contains(t, got, "warning forms: The page has 1 form with the mark data-ringback, and no form becomes a lead, as it is set.")
	require.Contains(t, got, "warning numbers: +12025550177 is on the page and is replaced by nothing: the number +12025550143 is switched off.")
	site.Off, site.Forms = nil, sitecheck.FormsMarked
	got = written(sitecheck.Look(t.Context(), page, site))
	require.NotContains(t, got, "switched off")
	require.NotContains(t, got, "as it is set")
}

// The script swaps what a link calls however its scheme is written.
func TestLinksAreCountedAsTheScriptSwapsThem(t *testing.T) {
	t.Parallel()
	found := sitecheck.Look(t.Context(), pageOf(`<a href="TEL:+12025550100">a</a><a href="Tel:2025550100">b</a>`), shop())
	require.Equal(t, 2, found.Numbers.Replaced[0].Links)
}

func TestAPageThatTakesTooLongIsReadNoFurther(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	report := sitecheck.Look(ctx, pageOf("<p>(202) 555-0100</p>"), shop())
	require.Equal(t, "problem page: The page takes too long to read. It may be nested deeper than people write pages.\n", written(report))
}

// Labels that stand in each other would otherwise be read again for each of them.
func TestOfALabelSoMuchIsRead(t *testing.T) {
	t.Parallel()
	label := func(between int) sitecheck.Meaning {
		body := `<form data-ringback><label>Phone` + strings.Repeat("<br>", between) + `<input name="f_1"></label></form>`
		return sitecheck.Look(t.Context(), pageOf(body), shop()).Forms[0].Fields[0].Means
	}
	require.Equal(t, sitecheck.MeansPhone, label(100))
	require.Equal(t, sitecheck.MeansOther, label(300))
}
