package forms

import (
	"regexp"
	"slices"
	"strings"

	"ringback/internal/names"
)

// Sensitive reports whether a field must never be stored: a password, a one-time code,
// a payment card number, or a value such as a token that a program has put into the
// form. The script already leaves these out; this is the second line of defense. A card
// number within a text is not Sensitive: Read masks it and stores the text.
func Sensitive(f Field) bool {
	f = f.cleaned()
	return f.holdsSecret() || f.namesSecret()
}

// holdsSecret reports whether the field's attributes mark a secret, or its whole value
// is a payment card number. No mapping changes that.
func (f Field) holdsSecret() bool {
	if strings.EqualFold(f.Type, "password") || f.isCard() {
		return true
	}
	return slices.ContainsFunc(strings.Fields(strings.ToLower(f.Autocomplete)), func(word string) bool {
		return strings.HasPrefix(word, "cc-") || slices.Contains([]string{"current-password", "new-password", "one-time-code"}, word)
	})
}

// paymentWords lists the words for payment cards and bank accounts in field names.
var paymentWords = []string{
	"card", "cardnumber", "creditcard", "debitcard", "ccnumber", "ccnum", "cardno", "cc", "pan", "cvv", "cvv2", "cvc", "cvc2", "csc", "cvn",
	"securitycode", "cardexpiry", "iban", "kreditkarte", "kartennummer", "kartennr", "tarjeta", "cartao", "cartão", "карта", "карты",
	"kontonummer", "accountnumber", "sortcode", "routingnumber",
}

// otherCards lists the words beside "card" for cards that pay nothing.
var otherCards = []string{
	"business", "visiting", "contact", "boarding", "sim", "membership", "member", "loyalty", "club", "bonus", "library", "greeting", "invitation", "wedding",
	"report", "score", "memory", "graphics", "sound", "post",
}

// namesSecret reports whether the field's name or label refers to a secret.
func (f Field) namesSecret() bool {
	words := names.Words(f.Name)
	m := meaningOf(words)
	contact := (m == phone || m == email) && f.plausible(m) == m || byNumberPart(f) == phoneCode // as in cardPhone, that of a card on the page, and phone_cc
	if names.Secret(f.Name) || isPayment(words) && !contact {
		return true
	}
	return shared(names.Words(f.Label), []string{"password", "cvv", "cvc", "iban"})
}

// isPayment reports whether words name a payment card or a bank account.
func isPayment(words []string) bool {
	words = slices.Concat(words, names.Pairs(words))
	if shared(words, otherCards) {
		words = slices.DeleteFunc(words, func(word string) bool { return word == "card" })
	}
	return shared(words, paymentWords)
}

// digitRuns matches digits in the notation of card numbers: with at most one space, dot
// or hyphen between two digits. A run that begins with "+" or "00" is a phone number.
var digitRuns = regexp.MustCompile(`\+?\d(?:[ .-]?\d){12,}`)

// cardMask replaces the digits of a payment card number within a text.
const cardMask = "****"

// The lengths of card numbers (ISO/IEC 7812), and the longest phone number (E.164).
const (
	shortestCard = 13
	longestCard  = 19
	longestPhone = 15
)

// isCard reports whether the whole value is a payment card number. The value of a
// textarea is a text.
func (f Field) isCard() bool {
	return !strings.EqualFold(f.Type, "textarea") && digitRuns.FindString(f.Value) == f.Value && f.masked().Value == cardMask
}

// masked returns the field with the payment card numbers in its value masked. It keeps
// the rest of the text, because every tenth long number looks like a card number. In a
// field for a phone number, only numbers that are too long for one are masked.
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

// holdsCard reports whether consecutive groups of digits in a run are a card number. An
// expiry date or a code may be next to it.
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

// luhn reports whether the last digit is the Luhn check digit of the others, as on
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
