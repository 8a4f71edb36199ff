package phone

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Written holds the notations of one number on web pages.
type Written struct {
	Digits        string // international, without the plus: 12025550123, 442079460123
	Dialled       string // as dialed within its country: 2025550123, 02079460123
	Bare          string // as dialed within its country without the trunk prefix, if it is long enough to be found by that: 9876543210; otherwise empty
	National      string // as written within its country: (202) 555-0123, 020 7946 0123
	International string // as written for readers abroad: +1 202-555-0123, +44 20 7946 0123
	TrunkDigits   string // Digits with the trunk prefix 0 after the country code: 4402079460123; empty if the country has none
	Trunk         string // International with that prefix: +44 (0)20 7946 0123; International if the country has none
	TrunkDialled  string // Dialled with the trunk prefix 0, in countries that often leave it out: 01131234567; empty in others
	TrunkNational string // National with that prefix: (011) 3123-4567; National in other countries
}

// withoutTrunk lists the country codes of the countries where people often leave the
// trunk prefix out: Russia and Kazakhstan, the Philippines, Turkey, India, Pakistan,
// Iran and Nigeria.
var withoutTrunk = []int{7, 63, 90, 91, 92, 98, 234}

// bareDigits is the length from which a number without its trunk prefix is not
// confused with other numbers.
const bareDigits = 10

// Formats returns the notations of a number in E.164. The error never holds the number.
func Formats(e164 string) (Written, error) {
	parsed, err := phonenumbers.Parse(e164, "")
	if err != nil || !strings.HasPrefix(e164, "+") {
		return Written{}, errors.New("expected a phone number in E.164, such as +12025550123")
	}
	national := nationalFormat(parsed, e164)
	dialled, bare := phonenumbers.NormalizeDigitsOnly(national), phonenumbers.GetNationalSignificantNumber(parsed)
	if len(bare) < bareDigits || bare == dialled || !slices.Contains(withoutTrunk, int(parsed.GetCountryCode())) {
		bare = ""
	}
	w := Written{
		Bare:          bare,
		Digits:        phonenumbers.NormalizeDigitsOnly(e164),
		Dialled:       dialled,
		National:      national,
		International: phonenumbers.Format(parsed, phonenumbers.INTERNATIONAL),
	}
	w.Trunk = w.International
	w.TrunkNational = w.National
	if leavesTrunkOut(parsed, dialled) {
		first := strings.IndexAny(national, "0123456789")
		w.TrunkDialled, w.TrunkNational = trunkPrefix+dialled, national[:first]+trunkPrefix+national[first:]
	}
	country := strconv.Itoa(int(parsed.GetCountryCode()))
	rest, ok := strings.CutPrefix(w.International, "+"+country+" ")
	if withTrunk := cmp.Or(w.TrunkDialled, dialled); ok && withTrunk == trunkPrefix+strings.TrimPrefix(w.Digits, country) {
		w.TrunkDigits, w.Trunk = country+withTrunk, "+"+country+" ("+trunkPrefix+")"+rest
	}
	return w, nil
}

// trunkPrefix is the prefix of calls within the country, in most countries that have one.
const trunkPrefix = "0"

// leavesTrunkOut reports whether the national format of a number is without the trunk
// prefix, although people may dial it. This is so in Brazil.
func leavesTrunkOut(parsed *phonenumbers.PhoneNumber, dialled string) bool {
	region := phonenumbers.GetRegionCodeForCountryCode(int(parsed.GetCountryCode()))
	return phonenumbers.GetNddPrefixForRegion(region, true) == trunkPrefix && len(dialled) >= bareDigits &&
		dialled == phonenumbers.GetNationalSignificantNumber(parsed) && dialled[:1] != trunkPrefix
}

// argentina is the country whose mobile numbers have a 9 after the country code, and
// a 15 after the area code within the country.
const argentina = 54

// nationalFormat returns a number as written within its country. It is the
// international format if the library's national format is not that of the number.
func nationalFormat(parsed *phonenumbers.PhoneNumber, e164 string) string {
	national := phonenumbers.Format(parsed, phonenumbers.NATIONAL)
	digits := phonenumbers.GetNationalSignificantNumber(parsed)
	if parsed.GetCountryCode() == argentina && len(digits) == 11 && digits[0] == '9' {
		if fixed, err := phonenumbers.Parse("+54"+digits[1:], ""); err == nil {
			area, rest, _ := strings.Cut(phonenumbers.Format(fixed, phonenumbers.NATIONAL), " ")
			national = area + " 15-" + rest
		}
	}
	region := phonenumbers.GetRegionCodeForCountryCode(int(parsed.GetCountryCode()))
	again, err := phonenumbers.Parse(national, region)
	if err != nil || phonenumbers.Format(again, phonenumbers.E164) != e164 {
		return phonenumbers.Format(parsed, phonenumbers.INTERNATIONAL)
	}
	return national
}
