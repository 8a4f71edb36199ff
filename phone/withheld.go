package phone

import (
	"slices"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// withheldWords lists the words that networks and providers send instead of a number,
// without those of filler.
var withheldWords = []string{
	"anonymous", "blocked", "private", "restricted", "unavailable", "unknown", "withheld",
	"no", "not available", "out of area", "unlisted", "anonimo", "anônimo", "privado", "desconhecido",
	"скрыт", "скрытый", "анонимный", "неизвестен", "неизвестный", "не определен", "не определён",
}

// filler lists the words that may stand beside the others, as in "Private Number",
// "Restricted_Caller" and "No Caller ID".
var filler = []string{"caller", "callers", "number", "name", "id", "call", "número", "numero", "номер", "абонент"}

// withheldNumbers holds such words as dialed on a telephone keypad: carriers that can
// send only digits send +266696687 for "anonymous". None of them exists in the
// numbering plan of the country that it seems to belong to.
var withheldNumbers = spellAll("anonymous", "blocked", "restricted", "unavailable", "unknown")

// withheld reports whether raw stands for a caller without a number. The region is
// that of numbers without a country code.
func withheld(raw, region string) bool {
	if raw == "" || withheldNumbers[raw] || withheldNumbers["+"+raw] && !isNumberOf(raw, region) {
		return true
	}
	if strings.ContainsAny(raw, "0123456789") {
		return false
	}
	words := strings.FieldsFunc(strings.ToLower(raw), func(r rune) bool { return !unicode.IsLetter(r) })
	words = slices.DeleteFunc(words, func(word string) bool { return slices.Contains(filler, word) })
	return slices.Contains(withheldWords, strings.Join(words, " "))
}

// isNumberOf reports whether these digits are a number of the region.
func isNumberOf(digits, region string) bool {
	parsed, err := phonenumbers.Parse(digits, region)
	return err == nil && phonenumbers.IsValidNumberForRegion(parsed, region)
}

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
