package forms

import (
	"regexp"
	"slices"
	"strings"

	"ringback/internal/names"
)

// Sensitive reports whether a field must never be kept: a password, a one-time code,
// a payment card, or what programs put into forms for themselves. The script
// leaves these out already; this is the second line of defence. A card's number
// within a text is not what the field is for: Read masks it and keeps the text.
func Sensitive(f Field) bool {
	f = f.cleaned()
	return f.holdsSecret() || f.namesSecret()
}

// holdsSecret reports whether the field is one for a secret, or its value is the
// number of a payment card and nothing else. No mapping changes that.
func (f Field) holdsSecret() bool {
	if strings.EqualFold(f.Type, "password") || f.isCard() {
		return true
	}
	return slices.ContainsFunc(strings.Fields(strings.ToLower(f.Autocomplete)), func(word string) bool {
		return strings.HasPrefix(word, "cc-") || slices.Contains([]string{"current-password", "new-password", "one-time-code"}, word)
	})
}

// paymentWords are those of payment cards and bank accounts in names of fields.
var paymentWords = []string{
	"card", "cardnumber", "creditcard", "debitcard", "ccnumber", "ccnum", "cardno", "cc", "pan", "cvv", "cvv2", "cvc", "cvc2", "csc", "cvn",
	"securitycode", "cardexpiry", "iban", "kreditkarte", "kartennummer", "kartennr", "tarjeta", "карта", "карты",
}

// namesSecret reports whether the field's name or label tells of a secret.
func (f Field) namesSecret() bool {
	if names.Secret(f.Name) || shared(names.Words(f.Name), paymentWords) {
		return true
	}
	return shared(names.Words(f.Label), []string{"password", "cvv", "cvc", "iban"})
}

// digitRuns are digits as card numbers are written: with at most one space, dot
// or hyphen between two. One that begins with "+" or "00" is a phone number.
var digitRuns = regexp.MustCompile(`\+?\d(?:[ .-]?\d){12,}`)

// cardMask stands for the digits of a payment card's number within a text.
const cardMask = "****"

// The lengths of card numbers (ISO/IEC 7812), and the longest phone number (E.164).
const (
	shortestCard = 13
	longestCard  = 19
	longestPhone = 15
)

// isCard reports whether the value is the number of a payment card and nothing
// else. What is written into several lines is a text.
func (f Field) isCard() bool {
	return !strings.EqualFold(f.Type, "textarea") && digitRuns.FindString(f.Value) == f.Value && f.masked().Value == cardMask
}

// masked returns the field without the numbers of payment cards in its text: every
// tenth number that is long enough looks like one, so the rest is kept. In a field
// for a phone number only what is too long for one is taken to be a card.
func (f Field) masked() Field {
	shortest := shortestCard
	if m := f.means(); m == phone || m == phoneRest {
		shortest = longestPhone + 1
	}
	f.Value = digitRuns.ReplaceAllStringFunc(f.Value, func(run string) string {
		if strings.HasPrefix(run, "+") || strings.HasPrefix(run, "00") || !holdsCard(run, shortest) {
			return run
		}
		return cardMask
	})
	return f
}

// holdsCard reports whether some of a run's groups of digits are a card number: an
// expiry date or a code may stand beside it.
func holdsCard(run string, shortest int) bool {
	groups := strings.FieldsFunc(run, func(r rune) bool { return r == ' ' || r == '.' || r == '-' })
	for i := range groups {
		number := ""
		for _, group := range groups[i:] {
			number += group
			if len(number) > longestCard {
				break
			}
			if len(number) >= shortest && luhn(number) {
				return true
			}
		}
	}
	return false
}

// luhn reports whether the last digit is the check digit of the others, as on
// payment cards.
func luhn(number string) bool {
	sum := 0
	for i := range len(number) {
		digit := int(number[len(number)-1-i] - '0')
		if i%2 == 1 {
			if digit *= 2; digit > 9 {
				digit -= 9
			}
		}
		sum += digit
	}
	return sum%10 == 0
}
