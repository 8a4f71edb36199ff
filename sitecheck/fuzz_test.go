package sitecheck_test

import (
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"ringback/explanation"
	"ringback/internal/locale"
	"ringback/sitecheck"
)

// Whatever a page is, the check says something of bounded length about it, and
// says the same again.
func FuzzLook(f *testing.F) {
	pages, err := filepath.Glob("testdata/*.html")
	require.NoError(f, err)
	for _, path := range pages {
		body, err := os.ReadFile(path)
		require.NoError(f, err)
		f.Add(body, "text/html", "script-src 'self'; connect-src *", "")
	}
	f.Add([]byte("<script src='//ringback.example.com/s/x"), "text/html; charset=utf-16", ";;,;", "%zz")
	f.Fuzz(func(t *testing.T, body []byte, contentType, policy, location string) {
		page := sitecheck.Page{
			URL: "https://www.example.com/", Status: 200, ContentType: contentType, Policies: []string{policy}, Location: location, Body: body,
		}
		report := sitecheck.Check(t.Context(), page, shop())
		require.NotEmpty(t, report.Findings)
		require.Equal(t, report, sitecheck.Check(t.Context(), page, shop()))
		require.LessOrEqual(t, len(report.Findings), 400)
		require.LessOrEqual(t, len(report.Numbers.Others), 50)
		for _, finding := range report.Findings {
			what, detail := explanation.In(locale.Russian).Finding(finding)
			require.True(t, utf8.ValidString(what+detail))
			require.Contains(t, []sitecheck.Level{sitecheck.OK, sitecheck.Warning, sitecheck.Problem}, finding.Level)
			require.NotEqual(t, string(finding.Code), what)
		}
		page.Status = 302
		require.Len(t, sitecheck.Check(t.Context(), page, shop()).Findings, 1)
	})
}
