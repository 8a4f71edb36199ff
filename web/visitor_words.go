package web

import (
	"fmt"
	"time"

	"ringback/conversion"
	"ringback/models"
)

// visitWords says how Ringback itself found the visit that a report belongs to:
// by the number that was called, or by a third party's visitor id; empty: it did not.
func visitWords(e models.EventRow, called *models.CalledNumber) string {
	switch {
	case e.Call != nil && e.Call.Number != nil:
		return numberWords(*e.Call, called)
	case e.Call != nil && e.Call.Visitor != nil:
		return visitorWords(*e.Call.Visitor, e.Call.At, "call")
	case e.Lead != nil && e.Lead.Visitor != nil:
		return visitorWords(*e.Lead.Visitor, e.Lead.At, "lead")
	default:
		return ""
	}
}

// visitorWords says by which visitor id the visit of a call or lead was found
// (requirement M4).
func visitorWords(match conversion.VisitorMatch, at time.Time, kind string) string {
	words := fmt.Sprintf("The %s came with the %s id of this visit, %s.", kind, match.System, idleWords(at.Sub(match.LastActivityAt)))
	if match.Ambiguous {
		words += fmt.Sprintf(" Ambiguous: %d visits fit, of visitors with the same ids, so that the %s may be another one's.", match.Candidates, kind)
	}
	return words
}

// idleWords says how long after the last activity of a visit something came.
func idleWords(idle time.Duration) string {
	switch minutes := int(idle / time.Minute); {
	case idle <= 0:
		return "while it went on"
	case minutes == 0:
		return "less than a minute after its last activity"
	case minutes == 1:
		return "1 minute after its last activity"
	default:
		return fmt.Sprintf("%d minutes after its last activity", minutes)
	}
}
