// Package phone converts phone numbers from sources and forms to E.164 and recognizes
// withheld numbers. It must not know where numbers come from or what is done with
// them, and it never quotes one in an error.
package phone

import (
	"errors"
	"strings"

	"github.com/nyaruka/phonenumbers"

	"ringback/internal/fault"
)

// maxLength limits the input, in bytes. A SIP address with a name and parameters is shorter.
const maxLength = 256

var errNotPossible = &Error{Expected: fault.Expect("phone_digits")}

// Error is the error of a text that is no phone number.
type Error struct {
	Expected fault.Expectation // what was expected in place of the text
}

// Error returns what was expected.
func (e *Error) Error() string { return "expected " + e.Expected.String() }

// Number is a caller's or a person's phone number.
type Number struct {
	E164      string // "+12025550123"; empty when Anonymous
	Anonymous bool   // the caller withheld it, or the network did not pass it on
}

// Normalize parses a number. region is the site's country (ISO 3166-1 alpha-2), which
// is assumed for numbers without a country code. If it is empty, only numbers that
// start with "+" can be parsed.
//
// The number may be wrapped as phone systems do, such as "Ann" <sip:+12025550123@host>
// or %2B12025550123. Of several numbers it is the first.
//
// The length of a number must be possible in its country. It does not have to be in
// use, so numbers reserved for samples, such as +1 202 555 0123, are valid. An empty
// text and words such as "anonymous" or "restricted" are an Anonymous caller. An
// error is an *Error, and never holds the number.
func Normalize(raw, region string) (Number, error) {
	region = strings.ToUpper(region)
	if len(raw) > maxLength {
		return Number{}, &Error{Expected: fault.Expect("phone_at_most").Counting(maxLength)}
	}
	if masked.MatchString(raw) {
		return Number{}, errNotPossible
	}
	raw = unwrap(raw)
	if withheld(raw, region) {
		return Number{Anonymous: true}, nil
	}
	number, err := toE164(raw, region)
	if err == nil && isSettled(number) {
		return Number{E164: number}, nil
	}
	if other := otherNumber(raw, number, region); other != "" {
		number, err = other, nil
	}
	if err != nil {
		return Number{}, err
	}
	if !isSettled(number) {
		if other := otherNumber(number, number, ""); other != "" {
			number = other
		}
	}
	if !isStable(number) {
		return Number{}, errNotPossible
	}
	return Number{E164: number}, nil
}

// isStable reports whether a number stays the same when it is parsed again, as a caller is
// recognized by it. It changes only for digits that are not a number, such as a row of
// zeros.
func isStable(e164 string) bool {
	again, err := toE164(e164, "")
	return err == nil && again == e164
}

// isSettled reports whether a number in E.164 is valid and stays the same when it is parsed
// again: a text that was read as such a number means no other. Most texts do.
func isSettled(e164 string) bool {
	parsed, err := phonenumbers.Parse(e164, "")
	return err == nil && phonenumbers.IsValidNumber(parsed) && phonenumbers.IsPossibleNumberWithReason(parsed) == phonenumbers.IS_POSSIBLE &&
		phonenumbers.Format(parsed, phonenumbers.E164) == e164
}

// Plausible reports whether a number in E.164 can belong to somebody: it is possible in
// its country and is not a repeated digit or a sequence of digits, as people enter if
// a form insists on a number. Numbers reserved for samples are plausible.
func Plausible(e164 string) bool {
	parsed, err := phonenumbers.Parse(e164, "")
	if err != nil || !strings.HasPrefix(e164, "+") || !phonenumbers.IsPossibleNumber(parsed) {
		return false
	}
	digits := phonenumbers.GetNationalSignificantNumber(parsed)
	return strings.Trim(digits, digits[:1]) != "" &&
		!strings.Contains("01234567890", digits) && !strings.Contains("09876543210", digits)
}

func toE164(raw, region string) (string, error) {
	parsed, err := phonenumbers.Parse(raw, region)
	if err != nil {
		return "", expected(err, region)
	}
	if phonenumbers.IsPossibleNumberWithReason(parsed) != phonenumbers.IS_POSSIBLE {
		return "", errNotPossible
	}
	return phonenumbers.Format(parsed, phonenumbers.E164), nil
}

// expected returns an error that states what was expected. It drops the library's error, which may quote its input.
func expected(err error, region string) error {
	if errors.Is(err, phonenumbers.ErrInvalidCountryCode) {
		if region == "" {
			return &Error{Expected: fault.Expect("phone_country")}
		}
		return &Error{Expected: fault.Expect("phone_national").With("Country", region)}
	}
	return &Error{Expected: fault.Expect("phone_number")}
}
