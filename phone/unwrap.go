package phone

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"
)

// The wrappers of numbers.
var (
	inBrackets = regexp.MustCompile(`<([^<>]*)>[^<>]*$`)           // "Ann" <sip:+12025550123@host>
	scheme     = regexp.MustCompile(`(?i)^[a-z][a-z\d-]*:(?://)?`) // tel:+12025550123, callto://+12025550123
	hasNumber  = regexp.MustCompile(`(?:\d[\s().-]*){7}`)
	atHost     = regexp.MustCompile(`^([+\d\s().-]+)(?:[;:][^@]*)?@.*$`) // 12025550123@host
	wholeFloat = regexp.MustCompile(`^(\+?\d+)\.0+$`)                    // of a spreadsheet
	exponent   = regexp.MustCompile(`(?i)^(\d)[.,](\d+)e\+?(\d+)$`)      // likewise
)

// unwrap returns the number in a text without what phone systems, contacts and
// spreadsheets put around it.
func unwrap(raw string) string {
	if decoded, err := url.PathUnescape(raw); err == nil {
		raw = decoded
	}
	raw = strings.Trim(strings.Map(plain, raw), " \"'`")
	if found := inBrackets.FindStringSubmatchIndex(raw); found != nil && found[2] < found[3] {
		name, address := raw[:found[0]], raw[found[2]:found[3]]
		if isSentenceOf(letters(name)) && !hasNumber.MatchString(address) {
			return "" // an address of a service for those who withhold their number
		}
		raw = strings.TrimSpace(address)
	}
	if bare := scheme.ReplaceAllString(raw, ""); !strings.Contains(bare, "phone-context") {
		raw = bare
	}
	raw = atHost.ReplaceAllString(raw, "$1")
	raw = userOf(raw)
	raw = wholeFloat.ReplaceAllString(raw, "$1")
	if found := exponent.FindStringSubmatch(raw); found != nil && strconv.Itoa(len(found[2])) == found[3] {
		raw = found[1] + found[2] // otherwise digits are missing
	}
	return strings.TrimSpace(raw)
}

// userOf returns the user of an address such as anonymous@anonymous.invalid or
// unknown:5060 if it is a word for no number, or else the text as it is.
func userOf(raw string) string {
	if end := strings.IndexAny(raw, "@;.:"); end > 0 && isSentenceOf(letters(raw[:end])) && !strings.ContainsAny(raw[:end], "0123456789") {
		return raw[:end]
	}
	return raw
}

// plain leaves out invisible characters, such as the marks of the direction of writing
// that are copied along with contacts, and returns a space for a sign between digits.
func plain(r rune) rune {
	switch {
	case unicode.Is(unicode.Cf, r):
		return -1
	case unicode.IsSpace(r), unicode.IsControl(r), strings.ContainsRune("·•∙⋅・_|", r):
		return ' '
	default:
		return plainDigit(r)
	}
}

// PlainDigits returns a text with the digits of all writing systems as 0 to 9.
func PlainDigits(text string) string { return strings.Map(plainDigit, text) }

// plainDigit returns the digit that a character is, or else the character. Each writing
// system has its ten digits in one row, and rows may follow one another.
func plainDigit(r rune) rune {
	if r <= unicode.MaxASCII || !unicode.Is(unicode.Nd, r) {
		return r
	}
	first := r
	for unicode.Is(unicode.Nd, first-1) {
		first--
	}
	return '0' + (r-first)%10
}

// masked matches a number of which digits are left out: 202555XXXX, +1 202 555 ****. The
// letters on the keys of a telephone would make another number of it.
var masked = regexp.MustCompile(`\d[\s().-]*(?:[xX]{3}|[*•]{2})|[xX]{3}[\s().-]*\d`)

// What is beside a number, and prefixes that are not as they should be.
var (
	remark      = regexp.MustCompile(`\([^()\d]*\)|(?:\s+\p{L}[\p{L}.]*)+\s*$`)
	pause       = regexp.MustCompile(`(?i)(\d)\s*[wp,;]+\s*\d*#?$`)
	several     = regexp.MustCompile(`(?i)\s*(?:[/|;,]|\s(?:or|and|und|oder|ou|e|y|o|или|и)\s)\s*`)
	zeroPrefix  = regexp.MustCompile(`^\+?\s*0\s?0\s*`)
	digitsAlone = regexp.MustCompile(`^[1-9]\d{9,14}$`)
	trunkAfter  = regexp.MustCompile(`^\+(\d{1,3})0(\d+)$`)
	mexican     = regexp.MustCompile(`^\+?\s*52\D*1\D*(\d[\d\s().-]*)$`) // the 1 of mobile numbers, until 2019
	mexicanCell = regexp.MustCompile(`^04[45]\D*(\d[\d\s().-]*)$`)
	trunkTwice  = regexp.MustCompile(`^8\D*([08]\D*\d[\d\s().-]*)$`) // 8 8 495, and 8 050 in place of 050
	mexicanFar  = regexp.MustCompile(`^01\D*([1-9][\d\s().-]*)$`)    // the prefix of long-distance calls, until 2019
	shownByUser = regexp.MustCompile(`^\*(?:82|31#)\s*`)             // the prefix with which people show a number that is usually hidden
	parameters  = regexp.MustCompile(`^(\+?[\d\s().-]+)[:;?&+].*$`)  // +12025550123:5060, +12025550123?call
	parameter   = regexp.MustCompile(`(?i)^\D*\?.*\b(?:phone|number|tel|to)=(\+?[\d\s().-]+)(?:&.*)?$`)
	russian     = regexp.MustCompile(`^\+\s*8(\D*[39]\d.*)$`) // +8 in place of 8; no country has +83 or +89
)

// otherNumber returns the number in E.164 that a text means beside the one that it was
// read as, which is empty if it could not be read. The result is empty if there is none.
// Beside a number that is settled there is no other, so it is not asked for these. In place of
// another, only a valid one counts.
func otherNumber(raw, number, region string) string {
	for _, notation := range otherNotations(raw, number) {
		if other, err := toE164(notation, region); err == nil && (number == "" || IsValid(other)) {
			return other
		}
	}
	return ""
}

// notations are the texts that are meant by others, the most likely first.
var notations = []struct {
	pattern *regexp.Regexp
	meant   string
}{
	{trunkAfter, "+$1$2"}, {mexican, "+52$1"}, {mexicanCell, "+52$1"}, {russian, "+7$1"}, {trunkTwice, "$1"}, {mexicanFar, "$1"}, {zeroPrefix, "+"}, {digitsAlone, "+$0"},
	{remark, ""}, {pause, "$1"}, {shownByUser, ""}, {parameters, "$1"}, {parameter, "$1"},
}

// otherNotations returns what a text may mean beside the number that it was read as.
func otherNotations(raw, number string) []string {
	var others []string
	if once := withCodeOnce(raw); once != "" {
		others = append(others, once)
	}
	for _, n := range notations {
		for _, text := range []string{raw, number} {
			if n.pattern.MatchString(text) {
				others = append(others, n.pattern.ReplaceAllString(text, n.meant))
			}
		}
	}
	if first := several.Split(raw, 2)[0]; number == "" && first != raw {
		others = append(others, first)
	}
	return others
}

// IsValid reports whether a number in E.164 can be in use by the numbering plan of its
// country.
func IsValid(e164 string) bool {
	parsed, err := phonenumbers.Parse(e164, "")
	return err == nil && phonenumbers.IsValidNumber(parsed)
}
