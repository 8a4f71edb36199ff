package web

import (
	"fmt"
	"strings"
	"time"

	"ringback/conversion"
	"ringback/models"
	"ringback/visits"
)

// numberWords says what the number that was called tells of the call's visit
// (requirement M10). Called is nil when the number is not stored any more.
func numberWords(e conversion.Event, called *models.CalledNumber) string {
	name := namedNumber(e.TrackingNumber, called)
	if e.Number.PoolID == "" {
		return ownNumberWords(name, e)
	}
	pool := "its pool"
	if called != nil && called.Pool != nil {
		pool = "the pool " + called.Pool.Name
	}
	if e.Number.AssignmentID == "" {
		return fmt.Sprintf("%s is of %s, and no visit that is still known had it shortly before the call.", name, pool)
	}
	return fmt.Sprintf("%s of %s %s.%s", name, pool, holderWords(*e.Number, called), ambiguityWords(*e.Number))
}

// namedNumber is the number, with the name that its owner gave it.
func namedNumber(number string, called *models.CalledNumber) string {
	if called == nil || called.Number.Name == "" {
		return number
	}
	return fmt.Sprintf("%s (%s)", number, called.Number.Name)
}

func ownNumberWords(name string, e conversion.Event) string {
	words := name + " is a number of its own"
	if t := e.Traffic; t != nil {
		var parts []string
		for _, part := range []string{t.Source, t.Medium, t.Campaign} {
			if part != "" {
				parts = append(parts, part)
			}
		}
		if len(parts) > 0 {
			words += ": it stands for " + strings.Join(parts, " / ")
		}
	}
	return words + "."
}

// holderWords says how the visit had the number.
func holderWords(match conversion.NumberMatch, called *models.CalledNumber) string {
	held := match.Certainty == conversion.NumberHeld
	if called == nil || called.Assignment == nil { // it was deleted since
		if held {
			return "was held by this visit as the call came"
		}
		return "was held by nobody as the call came; this visit had it last"
	}
	if held {
		return "was held by this visit since " + moment(called.Assignment.From)
	}
	return "was held by nobody as the call came; this visit had it last, until " + moment(called.Assignment.Until)
}

func ambiguityWords(match conversion.NumberMatch) string {
	if !match.Ambiguous {
		return ""
	}
	return fmt.Sprintf(" Ambiguous: %d visits may have called. They had it within %d minutes, or the caller is known as one that had it before.",
		match.Candidates, int(visits.NumberGrace.Minutes()))
}

// moment is how pages write a time.
func moment(t time.Time) string { return t.UTC().Format("2 Jan 2006 15:04:05 UTC") }
