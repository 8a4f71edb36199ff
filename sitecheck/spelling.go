package sitecheck

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"

	"ringback/internal/texts"
	"ringback/phone"
	"ringback/tracker"
)

// The expressions by which the script finds numbers in a text. See
// tracker/src/numberpattern.ts.
var (
	bounds     = tracker.Bounds()
	separators = "(?:" + bounds.Encoded + "|" + bounds.Separator + ")*"

	encoded = regexp.MustCompile(bounds.Encoded)
	abroad  = inGo(`(?:\+|` + bounds.Exit + `)` + separators + `$`)
	other   = inGo(`(?:\+\d{1,3}` + separators + `|` + bounds.Before + `)$`)
	after   = inGo(`^(?:` + bounds.After + `)`)

	wordEnd = regexp.MustCompile(`\w$`)

	ofCountry = inGo(`\+\d{1,3}` + separators + `$`) // ends a text before the number of another country
)

// whiteSpace lists what \s matches in JavaScript.
const whiteSpace = `\t\n\v\f\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`

// inGo compiles an expression of the script, in which \s is in brackets.
func inGo(expression string) *regexp.Regexp {
	return regexp.MustCompile(strings.ReplaceAll(expression, `\s`, whiteSpace))
}

// spelling is one of the ways in which a number to replace is dialed.
type spelling struct {
	of       *wanted
	digits   string
	national bool // it has no country code

	pattern *regexp.Regexp // nil until it is needed
}

// match is a place in a text that has the digits of a number to replace.
type match struct {
	*spelling
	start, end int
	kept       bool // the script leaves it, because of what is before it or after it
	another    bool // it is kept because it is a part of another number, a price or an e-mail address
}

// spellingsOf returns the ways in which a number is dialed, in the order in which the
// script looks for them.
func spellingsOf(w *wanted, written phone.Written) []*spelling {
	var out []*spelling
	for i, digits := range []string{written.Dialled, written.Digits, written.TrunkDigits, written.TrunkDialled, written.Bare} {
		if digits != "" && (i > 0 || digits != written.Digits) {
			out = append(out, &spelling{of: w, digits: digits, national: i != 1 && i != 2})
		}
	}
	return out
}

// asUnits returns a text in which a character that JavaScript has as two units is two
// characters. The scripts read no digit in it.
func asUnits(text string) string {
	const unit = string(unicode.ReplacementChar)
	var out strings.Builder
	for _, r := range text {
		if utf16.RuneLen(r) == 2 {
			out.WriteString(unit + unit)
		} else {
			out.WriteRune(r)
		}
	}
	return out.String()
}

// matchesIn returns the places of numbers in a text, as the script finds them: the first
// that is possible, then the first after it. They are in order. Places that are kept because of what follows
// may overlap with others.
func (s *search) matchesIn(text string) []match {
	digits := texts.Digits(text)
	if len(digits) < minDigits {
		return nil
	}
	decoded := texts.Digits(encoded.ReplaceAllString(text, ""))
	var next []*match
	for _, known := range s.spellings {
		if strings.Contains(digits, known.digits) || strings.Contains(decoded, known.digits) {
			next = append(next, &match{spelling: known, start: -1})
		}
	}
	var found []match
	for from := 0; ; {
		var first *match
		for _, m := range next {
			found = append(found, m.advance(text, from)...)
			if m.start < len(text) && (first == nil || m.start < first.start) {
				first = m
			}
		}
		if first == nil {
			slices.SortStableFunc(found, func(a, b match) int { return cmp.Compare(a.start, b.start) })
			return found
		}
		found = append(found, first.judged(text))
		from = first.end
	}
}

// advance moves the match to the first place from a position on. Its start is the end of
// the text if there is none. It returns the places that it has passed, where the number
// goes on.
func (m *match) advance(text string, from int) (passed []match) {
	if m.start >= from {
		return nil
	}
	if m.pattern == nil {
		m.pattern = inGo(`(?:` + bounds.Encoded + `|\()*` + strings.Join(strings.Split(m.digits, ""), separators))
	}
	for {
		at := m.pattern.FindStringIndex(text[from:])
		if at == nil {
			m.start = len(text)
			return passed
		}
		m.start, m.end = from+at[0], from+at[1]
		if endsDigits(text, m.start) {
			from = m.start + 1
			continue
		}
		tail := text[m.end:min(m.end+maxContext, len(text))]
		if !after.MatchString(tail) {
			return passed
		}
		passed = append(passed, match{spelling: m.spelling, start: m.start, end: m.end, kept: true, another: strings.ContainsAny(tail[:1], "0123456789@")})
		from = m.start + 1
	}
}

// endsDigits reports whether a position is that of a single digit at the end of a word, such
// as the last digit of a postcode. No number begins there.
func endsDigits(text string, at int) bool {
	isDigit := func(i int) bool { return i < len(text) && text[i] >= '0' && text[i] <= '9' }
	return at > 0 && isDigit(at) && wordEnd.MatchString(text[at-1:at]) && at+1 < len(text) && !isDigit(at+1)
}

// judged returns the match with whether it is kept because of what is before it.
func (m *match) judged(text string) match {
	head := headOf(text, m.start)
	out := *m
	switch {
	case abroad.MatchString(head):
		out.kept, out.another = m.national, m.national
	case other.MatchString(head):
		out.kept, out.another = true, strings.ContainsAny(head[len(head)-1:], "0123456789$") || ofCountry.MatchString(head)
	}
	return out
}

// maxContext is how much of a text is read before and after a number, in bytes.
const maxContext = 128

// headOf returns the end of the text before a position. If it is not all of that, it
// begins with a digit if there is one in what is left out, because a number at the
// beginning of a text may be a country code.
func headOf(text string, end int) string {
	if end <= maxContext {
		return text[:end]
	}
	head := text[end-maxContext : end]
	if strings.ContainsAny(text[:end-maxContext], "0123456789") {
		return "0" + head
	}
	return head
}
