package phone

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// The notations of a country's calling code.
var (
	codeWithPlus = regexp.MustCompile(`[+＋]\s?(\d{1,3})(?:[- ](\d{3}))?(?:\D|$)`) // United Kingdom (+44), +1-242
	codeAlone    = regexp.MustCompile(`^(?:00)?(\d{1,3})$`)
	isoCode      = regexp.MustCompile(`^[A-Za-z]{2,3}$`)
)

// namedIn are the languages in which countries are known by their names.
var namedIn = []language.Tag{
	language.English, language.Russian, language.Portuguese, language.Spanish, language.German, language.French, language.Italian, language.Dutch, language.Polish, language.Turkish,
	language.Ukrainian, language.Czech, language.Swedish, language.Norwegian, language.Danish, language.Finnish, language.Hungarian, language.Romanian, language.Greek,
}

// countryNames returns the countries by their names, in lower case.
var countryNames = sync.OnceValue(func() map[string]language.Region {
	all := map[string]language.Region{
		"great britain": language.MustParseRegion("GB"), "england": language.MustParseRegion("GB"), "scotland": language.MustParseRegion("GB"), "wales": language.MustParseRegion("GB"),
		"united states of america": language.MustParseRegion("US"), "российская федерация": language.MustParseRegion("RU"), "belarus": language.MustParseRegion("BY"), "беларусь": language.MustParseRegion("BY"),
	}
	for _, region := range slices.Sorted(maps.Keys(phonenumbers.GetSupportedRegions())) {
		country, err := language.ParseRegion(region)
		if err != nil {
			continue
		}
		for _, in := range namedIn {
			if name := strings.ToLower(display.Regions(in).Name(country)); name != "" && all[name] == (language.Region{}) {
				all[name] = country
			}
		}
	}
	return all
})

// CallingCode returns the calling code that a text is, such as +44 for "+44", "44",
// "0044" and "United Kingdom (+44)", or that of the country that it is, by its code (ISO
// 3166-1, and UK) or its name. It is empty if the text is neither.
func CallingCode(text string) string {
	text = PlainDigits(strings.TrimSpace(text))
	if found := codeWithPlus.FindStringSubmatch(text); found != nil && isCallingCode(found[1]) {
		return "+" + found[1] + found[2]
	}
	if found := codeAlone.FindStringSubmatch(text); found != nil && isCallingCode(found[1]) {
		return "+" + found[1]
	}
	country, known := countryNames()[strings.ToLower(text)]
	if !known {
		var err error
		if country, err = language.ParseRegion(text); err != nil || !isoCode.MatchString(text) {
			return ""
		}
	}
	if code := phonenumbers.GetCountryCodeForRegion(country.Canonicalize().String()); code > 0 {
		return "+" + strconv.Itoa(code)
	}
	return ""
}

func isCallingCode(digits string) bool {
	code, err := strconv.Atoi(digits)
	return err == nil && digits[0] != '0' && phonenumbers.GetRegionCodeForCountryCode(code) != phonenumbers.UNKNOWN_REGION
}

// codeTwice matches a text of digits and the signs between them, of a number with its
// country code.
var codeTwice = regexp.MustCompile(`^\+?\s*[\d\s().+-]+$`)

// withCodeOnce returns a number whose country code is written twice with it once, such as
// +44 44 20 7946 0123, +49 0049 30 123456 and +7 +7 495 555-01-23. It is empty if that is no
// valid number.
func withCodeOnce(raw string) string {
	if !codeTwice.MatchString(raw) {
		return ""
	}
	digits := strings.TrimPrefix(phonenumbers.NormalizeDigitsOnly(raw), "00")
	for length := 1; length <= 3 && length < len(digits); length++ {
		code, rest := digits[:length], strings.TrimPrefix(digits[length:], "00")
		if !isCallingCode(code) || !strings.HasPrefix(rest, code) {
			continue
		}
		if number, err := toE164("+"+rest, ""); err == nil && IsValid(number) {
			return number
		}
	}
	return ""
}
