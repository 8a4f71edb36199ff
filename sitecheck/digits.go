package sitecheck

import (
	"strings"
	"unicode"
)

// The bounds of a phone number in a text.
const (
	maxGap    = 99 // characters between two digits
	minDigits = 7  // shorter numbers have no area code
	maxDigits = 15 // E.164
	maxRun    = 60 // digits in one run
)

// run is a part of a text that consists of digits and of characters that people write
// between the digits of a phone number.
type run struct {
	text   string // as written on the page
	digits string
	starts []bool // for each digit, whether it begins a group
	other  bool   // it is a price or begins an e-mail address

	start, end int // where its first digit begins and its last digit ends
}

// runsOf returns the runs in a text that can be phone numbers.
func runsOf(text string) []run {
	var out []run
	var c cutter
	for i, r := range text {
		c.at = i
		if done, ok := c.take(r); ok && !done.other {
			out = append(out, done)
		}
	}
	if last := c.cut(); last.digits != "" && !last.other {
		out = append(out, last)
	}
	return out
}

// cutter splits a text into runs.
type cutter struct {
	text, digits strings.Builder
	gap          strings.Builder // the characters after the last digit
	gapLength    int
	starts       []bool
	price        bool // the run begins after a dollar sign
	after        rune // the character before

	at, start, end int // where the character, the run's first digit and the end of its last digit are
}

// take processes the next character and returns the run that it ends, if any.
func (c *cutter) take(r rune) (ended run, ok bool) {
	before := c.after
	c.after = r
	if r >= '0' && r <= '9' {
		if c.digits.Len() == 0 {
			c.start = c.at
		}
		c.end = c.at + 1
		c.price = c.price || c.digits.Len() == 0 && before == '$'
		c.starts = append(c.starts, c.digits.Len() == 0 || c.gapLength > 0)
		c.text.WriteString(c.gap.String())
		c.gap.Reset()
		c.gapLength = 0
		c.text.WriteRune(r)
		c.digits.WriteRune(r)
		if c.digits.Len() == maxRun {
			return c.cut(), true
		}
		return run{}, false
	}
	ends := !between(r) || c.gapLength == maxGap || r == '(' && c.digits.Len() >= minDigits
	if c.digits.Len() > 0 && ends {
		mail := r == '@' && c.gapLength == 0
		ended, ok = c.cut(), true
		ended.other = ended.other || mail
	}
	switch {
	case c.digits.Len() == 0 && (r == '+' || r == '('):
		c.gap.Reset()
		c.gap.WriteRune(r)
	case c.digits.Len() == 0:
		c.gap.Reset()
	default:
		c.gap.WriteRune(r)
		c.gapLength++
	}
	return ended, ok
}

// cut returns the current run and begins a new one.
func (c *cutter) cut() run {
	out := run{text: c.text.String(), digits: c.digits.String(), starts: c.starts, other: c.price, start: c.start, end: c.end}
	*c = cutter{after: c.after}
	return out
}

// between reports whether people write this character between the digits of a phone
// number.
func between(r rune) bool {
	return strings.ContainsRune("()-./·•−（）－", r) || unicode.Is(unicode.Cf, r) || r >= '\u2010' && r <= '\u2015' || unicode.IsSpace(r)
}
