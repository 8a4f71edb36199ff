// Package names splits the names of form fields and URL parameters into words, and
// recognizes names of secrets. It must not know what the fields mean beyond that.
package names

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// Words returns the words of a name in lower case. The words of "billing[eMail]",
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

// The words in names of secrets, including passwords in several languages. Parts also
// count within longer words, as in "csrfmiddlewaretoken"; words count only as a whole.
var (
	secretParts = []string{
		"token", "passw", "secret", "csrf", "xsrf", "nonce", "captcha", "sessid", "sessionid", "apikey", "signature",
		"contrasena", "contraseña", "kennwort", "motdepasse", "пароль", "wachtwoord", "lösenord", "adgangskode", "salasana",
		"socialsecurity", "sozialversicherung", "steuernummer", "steueridentifikation", "nationalinsurance", "passportn", "ausweisnummer", "codicefiscale",
	}
	secretWords = []string{
		"pass", "pwd", "pw", "sid", "otp", "auth", "authorization", "jwt", "hmac", "sig", "turnstile",
		"pin", "ssn", "taxid", "mdp", "senha", "parola", "haslo", "hasło", "şifre", "sifre", "geheimzahl",
		"steuerid", "steuernr", "cpf", "nif", "dni", "curp", "nino", "bsn", "pesel", "aadhaar", "aadhar", "passport", "инн", "снилс", "паспорт", "паспорта",
	}
	// sessionWords are those that may stand beside "session" in the name of a browser's
	// session. With others it is a course or an appointment.
	sessionWords = []string{"session", "id", "key", "user", "data", "hash", "value", "php", "asp", "net", "web", "browser", "client", "login"}
)

// Secret reports whether a name is that of a password, a token, a session or the like,
// or of a national identification number.
func Secret(name string) bool {
	words := Words(name)
	return isSession(words) || slices.ContainsFunc(words, secretWord) || slices.ContainsFunc(Pairs(words), secretWord) || holdsAny(strings.ReplaceAll(joined(name), "secretar", ""), secretParts)
}

// isSession reports whether the words are the name of a browser's session.
func isSession(words []string) bool {
	return slices.Contains(words, "session") && !slices.ContainsFunc(words, func(word string) bool { return !slices.Contains(sessionWords, word) })
}

// Pairs returns each two consecutive words joined, so that "tax_id" counts as "taxid"
// but "taxi_driver" does not.
func Pairs(words []string) []string {
	var joined []string
	for i := 1; i < len(words); i++ {
		joined = append(joined, words[i-1]+words[i])
	}
	return joined
}

func secretWord(word string) bool { return slices.Contains(secretWords, word) }

// joined returns the name as one word, so that "api_key" and "apikey" are the same.
func joined(name string) string { return strings.Join(Words(name), "") }

func holdsAny(s string, parts []string) bool {
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(s, part) })
}
