package reports

import "ringback/conversion"

// NoVisit is why the visit of a call or lead is not known.
type NoVisit string

// The reasons.
const (
	NoVisitFixedNumber NoVisit = "fixed_number"   // the called number is shown to many at once
	NoVisitNobodyHeld  NoVisit = "nobody_held"    // nobody had been shown the called number of a pool
	NoVisitNumber      NoVisit = "unknown_number" // the called number is none of the site's
	NoVisitNoNumber    NoVisit = "no_number"      // the source did not report which number was called
	NoVisitLead        NoVisit = "lead_without_session"
	NoVisitForgotten   NoVisit = "visit_erased" // the visitor withdrew consent
	NoVisitIsKnown     NoVisit = ""
)

// NoVisits are all reasons, in the order in which they are shown.
var NoVisits = []NoVisit{NoVisitNobodyHeld, NoVisitFixedNumber, NoVisitNumber, NoVisitNoNumber, NoVisitLead, NoVisitForgotten}

// WhyNoVisit returns why a call or lead without a known visit has none. Number is the
// match of the called number, nil if it is none of the site's.
func WhyNoVisit(kind conversion.Kind, called string, number *conversion.NumberMatch) NoVisit {
	switch {
	case kind == conversion.KindLead:
		return NoVisitLead
	case number != nil && number.PoolID == "":
		return NoVisitFixedNumber
	case number != nil:
		return NoVisitNobodyHeld
	case called != "":
		return NoVisitNumber
	default:
		return NoVisitNoNumber
	}
}
