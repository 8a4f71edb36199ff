package sitecheck_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/sitecheck"
)

func TestCaseK01_TheCheckFindsWhatTheScriptFinds(t *testing.T) {
	t.Parallel()
	site := sitecheck.Site{Region: "IN", Offers: []sitecheck.Offer{{Name: "the pool", Replaces: []string{"+12025550100", "+919876543210"}}}}
	for text, number := range map[string]string{
		"(202)\n        555-0100": "+12025550100", "202−555·0100": "+12025550100", "202\u200b555\u00ad0100": "+12025550100", "98765 43210": "+919876543210",
	} {
		page := sitecheck.Page{URL: "https://www.example.com/", ContentType: "text/html; charset=utf-8", Body: []byte("<p>" + text + "</p>")}
		report := sitecheck.Check(t.Context(), page, site)
		require.Len(t, report.Numbers.Replaced, 1, text)
		require.Equal(t, number, report.Numbers.Replaced[0].Number, text)
	}
}
