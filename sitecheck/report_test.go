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

	"ringback/conversion"
	"ringback/explanation"
	"ringback/forms"
	"ringback/internal/locale"
	"ringback/sitecheck"
	"ringback/tracker"
)

var update = flag.Bool("update", false, "write the found results as the expected ones")

// shop returns the site whose pages are in testdata.
func shop() sitecheck.Site {
	pool := sitecheck.Offer{ID: "pool_1", Kind: sitecheck.OfferPool, Name: "Web site", Replaces: []string{"+12025550100"}}
	ads := sitecheck.Offer{ID: "pool_2", Kind: sitecheck.OfferPool, Name: "Ads", Replaces: []string{"+12025550100", "+442079460123"}, To: &conversion.Condition{Field: "medium", Operator: conversion.OpEquals, Values: []string{"cpc"}}}
	return sitecheck.Site{
		ScriptURL: "https://ringback.example.com/s/AAAABBBBCCCCDDDDEEEEFFFFGG.js", Version: "1a2b3c4d",
		Forms: forms.CaptureMarked, Fields: map[string]string{"your-tel": "phone", "pin": "never"}, Region: "US",
		Offers: []sitecheck.Offer{ads, pool},
		Tracking: []sitecheck.Tracking{
			{Number: "+12025550141", Pool: "Web site"}, {Number: "+12025550142"}, {Number: "+12025550143", Pool: "Ads"},
		},
	}
}

// pageOf returns a page with this HTML.
func pageOf(body string) sitecheck.Page {
	return sitecheck.Page{URL: "https://www.example.com/", Status: 200, ContentType: "text/html; charset=utf-8", Body: []byte(body)}
}

// textOf returns a report as text, for comparison.
func textOf(r sitecheck.Report) string {
	var out strings.Builder
	for _, f := range r.Findings {
		what, detail := explanation.In(locale.English).Finding(f)
		fmt.Fprintf(&out, "%s %s: %s %s\n", f.Level, f.About, what, detail)
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

// Each page in testdata has a file with its expected findings.
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
			got := textOf(sitecheck.Check(t.Context(), page, shop()))
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

func TestAnswersThatAreNotAPage(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		change func(*sitecheck.Page)
		level  sitecheck.Level
		what   string
	}{
		"redirect":            {func(p *sitecheck.Page) { p.Status, p.Location = 301, "/en/?token=secret" }, sitecheck.Warning, "The page redirects to https://www.example.com/en/."},
		"redirect to nowhere": {func(p *sitecheck.Page) { p.Status, p.Location = 302, "http://[" }, sitecheck.Warning, "The page redirects to another address."},
		"not found":           {func(p *sitecheck.Page) { p.Status = 404 }, sitecheck.Problem, "The page answers with the error 404."},
		"picture":             {func(p *sitecheck.Page) { p.ContentType = "image/png" }, sitecheck.Problem, "The address does not lead to a web page."},
		"unknown type":        {func(p *sitecheck.Page) { p.ContentType = "" }, sitecheck.Problem, "The address does not lead to a web page."},
		"compressed":          {func(p *sitecheck.Page) { p.Encoding = "br" }, sitecheck.Problem, "The page is compressed although the request did not allow that."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := pageOf("<html></html>")
			test.change(&page)
			report := sitecheck.Check(t.Context(), page, shop())
			require.Len(t, report.Findings, 1)
			require.Equal(t, test.level, report.Findings[0].Level)
			what, _ := explanation.In(locale.English).Finding(report.Findings[0])
			require.Equal(t, test.what, what)
			require.False(t, report.Script.Found)
		})
	}
}

func TestVersionOfTheScriptAtAnotherAddress(t *testing.T) {
	t.Parallel()
	require.Equal(t, "1a2b3c4d", sitecheck.VersionOf([]byte("/* ringback 1a2b3c4d */\n(function(){})")))
	require.Equal(t, tracker.Version, sitecheck.VersionOf(tracker.Render(tracker.Config{})))
	for _, other := range []string{"", "/* ringback */", "(function(){})", " /* ringback 1a2b3c4d */", "/* ringback <script> */"} {
		require.Empty(t, sitecheck.VersionOf([]byte(other)))
	}
	for version, level := range map[string]sitecheck.Level{"1a2b3c4d": sitecheck.OK, "00000000": sitecheck.Warning, "": sitecheck.Warning} {
		var r sitecheck.Report
		r.AddVersion(version, "1a2b3c4d")
		require.Equal(t, version, r.Script.Version)
		require.Equal(t, level, r.Findings[0].Level)
	}
}

func TestSettingsOfTheSiteCount(t *testing.T) {
	t.Parallel()
	form := pageOf(`<form name="contact"><input type="email" name="email"></form>`)
	site := shop()
	site.Forms = forms.CaptureAll
	require.True(t, sitecheck.Check(t.Context(), form, site).Forms[0].Captured)
	site.Forms = forms.CaptureNone
	require.Contains(t, textOf(sitecheck.Check(t.Context(), form, site)), "The settings turn no form on the page into leads")

	site = shop()
	site.ConsentRequired = true
	require.Contains(t, textOf(sitecheck.Check(t.Context(), pageOf(`<script async src="`+site.ScriptURL+`"></script>`), site)), "waits for consent")
	site.Offers = nil
	require.Contains(t, textOf(sitecheck.Check(t.Context(), pageOf(`<p>(202) 555-0100</p>`), site)), "No pool or tracking number replaces")
}

func TestWhatIsSwitchedOffIsReported(t *testing.T) {
	t.Parallel()
	site := shop()
	site.Forms = forms.CaptureNone
	site.Off = []sitecheck.Offer{{ID: "num_1", Kind: sitecheck.OfferNumber, Name: "+12025550143", Replaces: []string{"+12025550177"}}}
	page := pageOf(`<form data-ringback><input name="q"></form><form data-ringback="ignore"></form><a href="tel:+12025550177">call</a>`)
	got := textOf(sitecheck.Check(t.Context(), page, site))
	require.Contains(t, got, "warning forms: The page has 1 form marked with data-ringback, but the settings turn no form into leads.")
	require.Contains(t, got, "warning numbers: Nothing replaces +12025550177 on the page, because the number +12025550143 is switched off.")
	site.Off, site.Forms = nil, forms.CaptureMarked
	got = textOf(sitecheck.Check(t.Context(), page, site))
	require.NotContains(t, got, "switched off")
	require.NotContains(t, got, "the settings turn no form")
}

// The script replaces the number of a link regardless of the scheme's case.
func TestLinksAreCountedRegardlessOfCase(t *testing.T) {
	t.Parallel()
	found := sitecheck.Check(t.Context(), pageOf(`<a href="TEL:+12025550100">a</a><a href="Tel:2025550100">b</a>`), shop())
	require.Equal(t, 2, found.Numbers.Replaced[0].Links)
}

func TestCheckStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	report := sitecheck.Check(ctx, pageOf("<p>(202) 555-0100</p>"), shop())
	require.Equal(t, "problem page: The page takes too long to read. Its elements may be nested too deeply.\n", textOf(report))
}

// Without a limit, nested labels would be read again for each of them.
func TestLabelsAreReadUpToALimit(t *testing.T) {
	t.Parallel()
	label := func(between int) sitecheck.Meaning {
		body := `<form data-ringback><label>Phone` + strings.Repeat("<br>", between) + `<input name="f_1"></label></form>`
		return sitecheck.Check(t.Context(), pageOf(body), shop()).Forms[0].Fields[0].Means
	}
	require.Equal(t, sitecheck.MeansPhone, label(100))
	require.Equal(t, sitecheck.MeansOther, label(300))
}
