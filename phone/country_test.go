package phone_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/phone"
)

func TestCountryCodeWrittenTwice(t *testing.T) {
	t.Parallel()
	for want, rows := range map[string][][2]string{
		"+12025550123":   {{"US", "+1 1 202 555 0123"}, {"US", "+1 +1 (202) 555-0123"}, {"GB", "+1-1-202-555-0123"}, {"US", "1 1 202 555 0123"}},
		"+442079460123":  {{"GB", "+44 44 20 7946 0123"}, {"US", "+44 44 20 7946 0123"}, {"GB", "+44 +44 20 7946 0123"}, {"GB", "+44 0044 20 7946 0123"}, {"GB", "0044 44 20 7946 0123"}, {"GB", "44 44 20 7946 0123"}, {"GB", "+44 44 020 7946 0123"}},
		"+447911123456":  {{"GB", "+44 44 7911 123456"}, {"DE", "+44447911123456"}},
		"+74955550123":   {{"RU", "+7 8 495 555-01-23"}, {"RU", "+7 +7 495 555-01-23"}, {"RU", "+7 7 495 555 01 23"}, {"US", "+7 (7495) 555-01-23"}},
		"+491701234567":  {{"DE", "+49 0049 170 1234567"}},
		"+5511987654321": {{"BR", "+55 5511987654321"}, {"BR", "+55 55 (11) 98765-4321"}, {"US", "55 55 11 98765 4321"}},
	} {
		for _, row := range rows {
			got, err := phone.Normalize(row[1], row[0])
			require.NoError(t, err, row)
			require.Equal(t, want, got.E164, row)
		}
	}
	for want, raw := range map[string]string{"+441144960123": "+44 114 496 0123", "+4944151234567": "+49 4415 1234567", "+4949123456": "+49 49 123456", "+390639123456": "+39 06 3912 3456", "+77012345678": "+7 701 234 56 78", "+5555991234567": "+55 55 99123-4567"} {
		got, err := phone.Normalize(raw, "US")
		require.NoError(t, err, raw)
		require.Equal(t, want, got.E164, "the digits after the country code are an area's")
	}
}

func TestCallingCodesOfCountries(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"+44": "+44", "44": "+44", "0044": "+44", "GB": "+44", "gb": "+44", "UK": "+44", "GBR": "+44", "usa": "+1", "Mrs": "", "yes": "", "United Kingdom (+44)": "+44", "GB +44": "+44", "+1": "+1", "US": "+1", "+1-242": "+1242", "+7": "+7", "ru": "+7", "Brasil +55": "+55", "٤٤": "+44",
		"United Kingdom": "+44", "england": "+44", "Brasil": "+55", "Brazil": "+55", "Россия": "+7", "Российская Федерация": "+7", "Deutschland": "+49", "Österreich": "+43", "México": "+52", "United States": "+1", "Беларусь": "+375", "Türkiye": "+90",
		"": "", "Mr": "+222", "XX": "", "999": "", "0": "", "000": "", "Atlantis": "", "+999": "", "2025550123": "", "+442079460123": "",
	} {
		require.Equal(t, want, phone.CallingCode(text), text)
	}
}

func TestN_PrefixesThatAreTooMany(t *testing.T) {
	t.Parallel()
	for _, row := range [][3]string{
		{"RU", "8 8 495 555-01-23", "+74955550123"}, {"RU", "8 8 (495) 555-01-23", "+74955550123"}, {"RU", "8 800 555-01-23", "+78005550123"}, {"UA", "80 50 123 45 67", "+380501234567"}, {"UA", "80501234567", "+380501234567"},
		{"UA", "8 050 123 45 67", "+380501234567"}, {"BY", "80 29 123 45 67", "+375291234567"}, {"MX", "01 55 1234 5678", "+525512345678"}, {"FR", "01 55 12 34 56", "+33155123456"},
		{"GB", "0800 123 4567", "+448001234567"}, {"HK", "8123 4567", "+85281234567"}, {"TH", "081-234-5678", "+66812345678"},
	} {
		got, err := phone.Normalize(row[1], row[0])
		require.NoError(t, err, row)
		require.Equal(t, row[2], got.E164, row)
	}
}

func TestN_WithheldInMoreWords(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"АОН не определен", "[redacted]", "Redacted number", "Unterdrückte Nummer", "Anonymer Anruf"} {
		got, err := phone.Normalize(raw, "RU")
		require.NoError(t, err, raw)
		require.True(t, got.Anonymous, raw)
	}
}
