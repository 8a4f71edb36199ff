package sitecheck_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/forms"
	"ringback/sitecheck"
)

func TestCaseK01_TheCheckFindsWhatTheScriptFinds(t *testing.T) {
	t.Parallel()
	site := sitecheck.Site{Region: "IN", Offers: []sitecheck.Offer{{Name: "the pool", Replaces: []string{"+12025550100", "+919876543210", "+442079460123", "+390669812345"}}}}
	for text, number := range map[string]string{
		"(202)\n        555-0100": "+12025550100", "202−555·0100": "+12025550100", "202\u200b555\u00ad0100": "+12025550100", "98765 43210": "+919876543210",
		"+44 (020) 7946 0123": "+442079460123", "+44 020 7946 0123": "+442079460123", "+44 (0)20 7946 0123": "+442079460123", "+91-098765-43210": "+919876543210",
		"+39 (0)6 6981 2345": "+390669812345",
	} {
		page := sitecheck.Page{URL: "https://www.example.com/", ContentType: "text/html; charset=utf-8", Body: []byte("<p>" + text + "</p>")}
		report := sitecheck.Check(t.Context(), page, site)
		require.Len(t, report.Numbers.Replaced, 1, text)
		require.Equal(t, number, report.Numbers.Replaced[0].Number, text)
	}
}

func TestCaseN14_PricesAndEMailAddressesAreNoNumbers(t *testing.T) {
	t.Parallel()
	site := sitecheck.Site{Region: "US", Offers: []sitecheck.Offer{{Name: "the pool", Replaces: []string{"+12025550100"}}}}
	for _, text := range []string{"2025550100@example.com", "$2025550100"} {
		page := sitecheck.Page{URL: "https://www.example.com/", ContentType: "text/html; charset=utf-8", Body: []byte("<p>" + text + "</p>")}
		require.Empty(t, sitecheck.Check(t.Context(), page, site).Numbers, text)
	}
}

func TestCaseF06_FormsThatCodeSendsAreWarnedOf(t *testing.T) {
	t.Parallel()
	form := `<form data-ringback="contact"><input name="phone" type="tel"></form>`
	for page, warned := range map[string]bool{
		form + `<script>document.forms[0].submit()</script>`: true, form + `<script>$("#contact").trigger('submit')</script>`: true,
		form + `<script>$("#contact").submit(function () { return check() })</script>`:            false,
		form + `<script>document.forms[0].requestSubmit()</script>`:                               false,
		`<form><input name="phone" type="tel"></form><script>document.forms[0].submit()</script>`: false,
	} {
		report := sitecheck.Check(t.Context(), sitecheck.Page{URL: "https://www.example.com/", ContentType: "text/html", Body: []byte(page)}, sitecheck.Site{Forms: forms.CaptureMarked})
		found := slices.ContainsFunc(report.Findings, func(f sitecheck.Finding) bool { return f.Code == sitecheck.FormsSentByCode })
		require.Equal(t, warned, found, page)
	}
}
