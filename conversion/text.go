package conversion

import (
	"fmt"
	"strings"
	"time"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

// fold makes two texts equal when they differ only in case or in how their
// letters are composed. Every comparison of labels and traffic goes through it.
func fold(s string) string { return cases.Fold().String(norm.NFC.String(s)) }

// dateWords writes a moment as owners read it. It is in UTC, because a decision
// reads the same for everybody who looks at it.
func dateWords(t time.Time) string { return t.UTC().Format("2 January 2006, 15:04 UTC") }

// spanWords writes a length of time in its largest whole unit.
func spanWords(d time.Duration) string {
	switch {
	case d < time.Second:
		return "less than a second"
	case d < time.Minute:
		return countWords(int(d/time.Second), "second")
	case d < time.Hour:
		return countWords(int(d/time.Minute), "minute")
	case d < 48*time.Hour:
		return countWords(int(d/time.Hour), "hour")
	default:
		return countWords(int(d/(24*time.Hour)), "day")
	}
}

// countWords writes a number with its noun: "1 day", "4 minutes".
func countWords(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// joinSome joins up to five parts and counts the rest, so that a sentence stays one.
func joinSome(parts []string, separator string) string {
	const shown = 5
	if len(parts) <= shown {
		return strings.Join(parts, separator)
	}
	rest := fmt.Sprintf("%d more", len(parts)-shown)
	return strings.Join(append(parts[:shown:shown], rest), separator)
}
