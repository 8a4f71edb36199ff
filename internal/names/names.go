// Package names reads the names of form fields and of parameters in addresses:
// the words they are made of, and whether they tell of a secret. It must not
// know what the fields mean beyond that.
package names

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Words returns the words of a name without case: those of "billing[eMail]",
// "billing-e-mail" and "billingEMail" are billing, e and mail.
func Words(name string) []string {
	var words []string
	var word []rune
	end := func() {
		if len(word) > 0 {
			words = append(words, cases.Fold().String(string(word)))
			word = nil
		}
	}
	var before rune
	for _, r := range norm.NFC.String(name) {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r):
			end()
		case unicode.IsUpper(r) && unicode.IsLower(before), unicode.IsLetter(r) && unicode.IsDigit(before):
			end()
			word = append(word, r)
		default:
			word = append(word, r)
		}
		before = r
	}
	end()
	return words
}

// The words by which programs and people name secrets, passwords in several
// languages among them. Parts count inside longer words too, as in
// "csrfmiddlewaretoken"; the others only by themselves.
var (
	secretParts = []string{
		"token", "passw", "secret", "csrf", "xsrf", "nonce", "captcha", "sessid", "sessionid", "apikey", "signature",
		"contrasena", "contraseña", "kennwort", "motdepasse", "пароль",
	}
	secretWords = []string{
		"pass", "pwd", "pw", "session", "sid", "otp", "auth", "authorization", "jwt", "hmac", "sig", "turnstile",
		"pin", "ssn", "taxid", "mdp", "senha", "parola", "haslo", "hasło",
	}
)

// Secret reports whether a name tells of a password, a token, a session or the
// like, or of a number by which a state knows a person.
func Secret(name string) bool {
	words := Words(name)
	return slices.ContainsFunc(words, secretWord) || slices.ContainsFunc(pairs(words), secretWord) || holdsAny(joined(name), secretParts)
}

// pairs are every two words that follow each other, in one: "tax_id" is "taxid"
// as well, though "taxi_driver" is not.
func pairs(words []string) []string {
	var joined []string
	for i := 1; i < len(words); i++ {
		joined = append(joined, words[i-1]+words[i])
	}
	return joined
}

func secretWord(word string) bool { return slices.Contains(secretWords, word) }

// joined is the name in one word, so that "api_key" and "apikey" are the same.
func joined(name string) string { return strings.Join(Words(name), "") }

func holdsAny(s string, parts []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(s, part) })
}
