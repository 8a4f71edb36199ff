package phone

import "strings"

// withheldWords lists the words that networks and providers send instead of a number.
var withheldWords = []string{
	"anonymous", "blocked", "private", "restricted", "unavailable", "unknown", "withheld",
	"no caller id", "not available", "caller id blocked",
}

// withheldNumbers holds such words as dialed on a telephone keypad: carriers that can
// send only digits send +266696687 for "anonymous". None of them exists in the
// numbering plan of the country that it seems to belong to.
var withheldNumbers = spellAll("anonymous", "blocked", "restricted", "unavailable", "unknown")

// withheld reports whether raw stands for a caller without a number.
func withheld(raw string) bool {
	if raw == "" || withheldNumbers[raw] {
		return true
	}
	word := strings.Join(strings.FieldsFunc(strings.ToLower(raw), notLetter), " ")
	for _, w := range withheldWords {
		if word == w && !strings.ContainsAny(raw, "0123456789") {
			return true
		}
	}
	return false
}

// notLetter splits "Restricted_Caller", "<anonymous>" and the like into words.
func notLetter(r rune) bool { return r < 'a' || r > 'z' }

func spellAll(words ...string) map[string]bool {
	spelled := make(map[string]bool, len(words))
	for _, w := range words {
		spelled["+"+spell(w)] = true
	}
	return spelled
}

// spell returns the keys of a telephone keypad (ITU-T E.161) that spell a word.
func spell(word string) string {
	const keys = "22233344455566677778889999"
	digits := make([]byte, len(word))
	for i := range len(word) {
		digits[i] = keys[word[i]-'a']
	}
	return string(digits)
}
