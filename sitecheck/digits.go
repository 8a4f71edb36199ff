package sitecheck

import (
	"strings"
	"unicode"
)

// The bounds of what may be a phone number in a text.
const (
	maxGap    = 4  // characters between two of its digits, as the script takes them
	minDigits = 7  // fewer are no number with an area code
	maxDigits = 15 // E.164
	maxRun    = 60 // digits of one run that are looked at
)

// run is a stretch of a text that consists of digits and what people write
// between the digits of a phone number.
type run struct {
	text   string // as it is written
	digits string
	starts []bool // by digit: something stands between it and the digit before
}

// runsOf cuts a text into its runs.
func runsOf(text string) []run {
	var out []run
	var c cutter
	for _, r := range text {
		if done, ok := c.take(r); ok {
			out = append(out, done)
		}
	}
	if c.digits.Len() > 0 {
		out = append(out, c.cut())
	}
	return out
}

// cutter collects one run after the other.
type cutter struct {
	text, digits strings.Builder
	gap          strings.Builder // what stands after the last digit
	gapLength    int
	starts       []bool
}

// take takes the next character, and gives the run that it ends.
func (c *cutter) take(r rune) (ended run, ok bool) {
	if r >= '0' && r <= '9' {
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
		ended, ok = c.cut(), true
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

// cut ends the run.
func (c *cutter) cut() run {
	out := run{text: c.text.String(), digits: c.digits.String(), starts: c.starts}
	*c = cutter{}
	return out
}

// between reports whether people write it between the digits of a phone number.
func between(r rune) bool {
	return strings.ContainsRune("()-./", r) || r >= '\u2010' && r <= '\u2015' || unicode.IsSpace(r)
}

// find reports whether the run has the digits of a number, whole: not as a part of a longer one.
func (r run) find(digits string) bool {
	for from := 0; ; {
		i := strings.Index(r.digits[from:], digits)
		if i < 0 || digits == "" {
			return false
		}
		begin := from + i
		end := begin + len(digits)
		if r.starts[begin] && (end == len(r.digits) || r.starts[end]) {
			return true
		}
		from = begin + 1
	}
}

// trunk is how the digit that is dialled within a country alone is often written
// behind the country's code: +44 (0)20 7946 0123.
const trunk = "(0)"
