package phone_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/phone"
)

func TestNormalizeReturnsE164(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, raw, region, want string }{
		{"already E.164", "+12025550123", "", "+12025550123"},
		{"national with the site's region", "(202) 555-0123", "US", "+12025550123"},
		{"region in lower case", "202-555-0123", "us", "+12025550123"},
		{"another country than the region", "+44 20 7946 0123", "US", "+442079460123"},
		{"trunk prefix", "020 7946 0123", "GB", "+442079460123"},
		{"Russian 8 in place of +7", "8 (495) 555-01-23", "RU", "+74955550123"},
		{"digits without a plus", "74955550123", "RU", "+74955550123"},
		{"international prefix", "011 44 20 7946 0123", "US", "+442079460123"},
		{"reserved for samples", "+1 555-555-0100", "US", "+15555550100"},
		{"spaces around", "  +12025550123\t", "US", "+12025550123"},
		{"an extension is left out", "+1 202-555-0123 ext. 7", "US", "+12025550123"},
		{"tel URI", "tel:+12025550123", "", "+12025550123"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := phone.Normalize(tc.raw, tc.region)
			require.NoError(t, err)
			require.Equal(t, phone.Number{E164: tc.want}, got)
		})
	}
}

func TestNormalizeRecognizesWithheldNumbers(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{
		"", "  ", "anonymous", "Anonymous", "ANONYMOUS", "restricted", "private", "unavailable",
		"unknown", "withheld", "Not-Available", "<anonymous>", "+266696687", "+7378742833", "266696687",
		"Private Number", "Unknown Caller", "Restricted_Caller", "Out of Area", "Anonymous Caller", "No Caller ID", "Caller ID blocked",
		"Номер скрыт", "скрытый номер", "Número privado",
	} {
		got, err := phone.Normalize(raw, "US")
		require.NoError(t, err, "raw %q", raw)
		require.Equal(t, phone.Number{Anonymous: true}, got, "raw %q", raw)
	}
}

func TestNormalizeErrorsDoNotQuoteTheNumber(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, raw, region, expected string }{
		{"too short", "+1 202 555", "US", "phone_digits"},
		{"too long", "+1 202 555 0123 4567", "US", "phone_digits"},
		{"local part alone", "555-0123", "US", "phone_digits"},
		{"words", "call me maybe", "US", "phone_number"},
		{"no country and no region", "202 555 0123", "", "phone_country"},
		{"unknown country code", "+999 202 555 0123", "US", "phone_national (Country: US)"},
		{"endless", "+1" + strings.Repeat("2", 500), "US", "phone_at_most (256)"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			got, err := phone.Normalize(tc.raw, tc.region)
			require.ErrorContains(t, err, tc.expected)
			require.Zero(t, got)
			require.NotContains(t, err.Error(), "555 ")
			require.NotContains(t, err.Error(), tc.raw)
		})
	}
}

func TestPlausible(t *testing.T) {
	t.Parallel()
	for e164, want := range map[string]bool{
		"+12025550123": true, "+442079460123": true, "+15555550100": true, "+74955550123": true, "+33199000123": true, "+12222222223": true,
		"+11111111111": false, "+10000000000": false, "+77777777777": false, "+11234567890": false, "+10123456789": false, "+19876543210": false,
		"+1202555": false, "+120255501234567": false, "12025550123": false, "+999123456": false, "+": false, "": false, "call me": false,
	} {
		require.Equal(t, want, phone.Plausible(e164), e164)
	}
}

func FuzzNormalize(f *testing.F) {
	for _, raw := range []string{"+12025550123", "(202) 555-0123", "anonymous", "", "tel:+1", "+266696687", "٠٢٠٧٩٤٦"} {
		f.Add(raw, "US")
	}
	f.Add("020 7946 0123", "GB")
	for _, raw := range []string{`"A" <sip:+12025550123@host;user=phone>`, "%2B1202", "+52 1 55 1234 5678", "+8 912 345 67 89", "1.2025550123e10", "a or b / c", "+480221234567", "非通知"} {
		f.Add(raw, "MX")
	}
	e164 := regexp.MustCompile(`^\+[1-9][0-9]{3,16}$`)
	f.Fuzz(func(t *testing.T, raw, region string) {
		got, err := phone.Normalize(raw, region)
		if err != nil {
			require.Zero(t, got)
			return
		}
		if got.Anonymous {
			require.Empty(t, got.E164)
			return
		}
		require.Regexp(t, e164, got.E164)
		again, err := phone.Normalize(got.E164, region)
		require.NoError(t, err)
		require.Equal(t, got, again)
		phone.Plausible(got.E164)
		phone.Plausible(raw)
	})
}

// 266696687 spells "anonymous", and is a number of Portugal.
func TestDigitsThatSpellAWordMayBeANumber(t *testing.T) {
	t.Parallel()
	got, err := phone.Normalize("266696687", "PT")
	require.NoError(t, err)
	require.Equal(t, phone.Number{E164: "+351266696687"}, got)
	_, err = phone.Normalize("number", "US")
	require.Error(t, err, "filler alone says nothing")
}
