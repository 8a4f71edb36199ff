package phone

import (
	"errors"
	"strings"

	"github.com/nyaruka/phonenumbers"
)

// Written holds the notations of one number on web pages.
type Written struct {
	Digits        string // international, without the plus: 12025550123, 442079460123
	Dialled       string // as dialed within its country: 2025550123, 02079460123
	National      string // as written within its country: (202) 555-0123, 020 7946 0123
	International string // as written for readers abroad: +1 202-555-0123, +44 20 7946 0123
}

// Formats returns the notations of a number in E.164. The error never holds the number.
func Formats(e164 string) (Written, error) {
	parsed, err := phonenumbers.Parse(e164, "")
	if err != nil || !strings.HasPrefix(e164, "+") {
		return Written{}, errors.New("expected a phone number in E.164, such as +12025550123")
	}
	national := phonenumbers.Format(parsed, phonenumbers.NATIONAL)
	return Written{
		Digits:        phonenumbers.NormalizeDigitsOnly(e164),
		Dialled:       phonenumbers.NormalizeDigitsOnly(national),
		National:      national,
		International: phonenumbers.Format(parsed, phonenumbers.INTERNATIONAL),
	}, nil
}
