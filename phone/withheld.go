package phone

import (
	"regexp"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/unicode/norm"
)

// withheldNumbers holds such words as dialed on a telephone keypad: carriers that can
// send only digits send +266696687 for "anonymous". None of them exists in the
// numbering plan of the country that it seems to belong to.
var withheldNumbers = spellAll("anonymous", "blocked", "restricted", "unavailable", "unknown")

// The texts that stand for no number.
var (
	nothing    = regexp.MustCompile(`^[^\pL\pN]*(?:0[^\pL1-9]*|[xX]{3,}[^\pL\pN]*(?:[xX]+[^\pL\pN]*)*)?$`) // signs, zeros, an x for each digit
	ofAndroid  = regexp.MustCompile(`^-[1-4]$`)                                                            // the presentation in Android's list of calls
	hiding     = regexp.MustCompile(`^\s*(?:\*67|\*43|\*23#?|\*31\*|#31#)`)                                // the prefix with which people hide their number
	absent     = regexp.MustCompile(`(?i)^[op]$`)                                                          // out of area and private, in caller ID on analog lines
	separators = regexp.MustCompile(`[\s().-]+`)
)

// withheld reports whether raw stands for a caller without a number. The region is
// that of numbers without a country code.
func withheld(raw, region string) bool {
	for _, without := range []*regexp.Regexp{nothing, ofAndroid, hiding, absent} {
		if without.MatchString(raw) {
			return true
		}
	}
	if strings.ContainsAny(raw, "0123456789") {
		return spellsWithheld(raw, region)
	}
	return isSentenceOf(letters(raw))
}

// WithoutPrefix returns a number without the prefix that hides the caller's own number.
// A call with this prefix is one of a withheld number. In a form the prefix is a part
// of what somebody dials.
func WithoutPrefix(raw string) string { return hiding.ReplaceAllString(raw, "") }

// spellsWithheld reports whether the digits of a number spell a word for no number.
func spellsWithheld(raw, region string) bool {
	digits := separators.ReplaceAllString(raw, "")
	if international, is := strings.CutPrefix(digits, "00"); is {
		digits = "+" + international
	}
	return withheldNumbers[digits] || withheldNumbers["+"+digits] && !isNumberOf(digits, region)
}

// letters returns the letters of a text, in lower case and as they are composed in the
// lists of words.
func letters(text string) []rune {
	return []rune(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) || r == '\'' {
			return r
		}
		return -1
	}, strings.ToLower(norm.NFKC.String(text))))
}

// isSentenceOf reports whether a text without spaces consists of withheldWords and filler
// alone, with at least one of the former.
func isSentenceOf(text []rune) bool {
	const none, ofFiller, withWord = 0, 1, 2
	reached := make([]int, len(text)+1) // by how many letters: the best sentence of the text before
	reached[0] = ofFiller
	for end := 1; end <= len(text); end++ {
		for start := range end {
			word := string(text[start:end])
			switch {
			case reached[start] == none:
			case withheldWords[word]:
				reached[end] = withWord
			case filler[word]:
				reached[end] = max(reached[end], reached[start])
			}
		}
	}
	return len(text) > 0 && reached[len(text)] == withWord
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
