package visits

import (
	"cmp"
	"slices"
	"time"

	"ringback/conversion"
)

const (
	// NumberGrace is how long after a session lost a number its visitor may still
	// call the number that the page showed. It is as long as a session lasts
	// without activity.
	NumberGrace = 30 * time.Minute
	// ReleasedReach is how long after a session lost a number a call to the number
	// still leads to the session, if no other session has had it since.
	ReleasedReach = 24 * time.Hour
	// RedialReach is how long after a visitor was shown a number they may still
	// call it from their phone's call log. If another visitor has the number by
	// then, that visitor may not be the caller.
	RedialReach = 90 * 24 * time.Hour
)

// Holder is the session that a call to a number leads to, and how certain that is
// (M10).
type Holder struct {
	Hold      Hold
	Certainty conversion.NumberCertainty
	// Ambiguous is true if another visitor's session had the number within
	// NumberGrace, both ends included: before the call if the number was held, and
	// before the release otherwise. It is also true if the caller is known as
	// another visitor who had the number earlier.
	Ambiguous  bool
	Candidates int // how many sessions are possible, including this one
}

// HolderAt returns the session that a call at this time leads to, by the holds of
// the called number. It is the session that had the number then, or the last one
// that had it within ReleasedReach. A call during or after the hold of a forgotten
// visitor leads to no session; otherwise it would be attributed to the visitor
// before. The order of the holds does not matter.
func HolderAt(holds []Hold, at time.Time) (Holder, bool) {
	hold, found := latest(holds, func(h Hold) bool { return h.covers(at) })
	certainty, seenUntil := conversion.NumberHeld, at
	if !found {
		hold, found = latest(holds, func(h Hold) bool { return h.counts() && !h.From.After(at) && !h.Until.After(at) })
		certainty, seenUntil = conversion.NumberReleased, hold.Until
	}
	if !found || hold.isNobodys() || at.Sub(hold.Until) > ReleasedReach {
		return Holder{}, false
	}
	candidates := 1 + len(others(hold, holds, seenUntil))
	return Holder{Hold: hold, Certainty: certainty, Ambiguous: candidates > 1, Candidates: candidates}, true
}

// OwnHolderAt is HolderAt for a number that belongs to no pool any more: only the
// session that had it at this time counts.
func OwnHolderAt(holds []Hold, at time.Time) (Holder, bool) {
	holder, found := HolderAt(holds, at)
	if !found || holder.Certainty != conversion.NumberHeld {
		return Holder{}, false
	}
	return holder, true
}

// CertainVisitor returns the visitor who called, empty unless that is certain.
func (h Holder) CertainVisitor() string {
	if h.Certainty != conversion.NumberHeld || h.Ambiguous {
		return ""
	}
	return h.Hold.VisitorID
}

// covers reports whether the number was the session's at this time.
func (h Hold) covers(at time.Time) bool { return !h.From.After(at) && at.Before(h.Until) }

// counts reports whether somebody had time to see the number. A forgotten visitor
// always had, because their hold was cut short when they were forgotten.
func (h Hold) counts() bool { return h.From.Before(h.Until) || h.isNobodys() }

// isNobodys reports whether the visitor who had the number was forgotten.
func (h Hold) isNobodys() bool { return h.SessionID == "" }

// latest returns the last of the holds that fit. Holds of the same time are ordered by id.
func latest(holds []Hold, fits func(Hold) bool) (Hold, bool) {
	var fitting []Hold
	for _, h := range holds {
		if fits(h) {
			fitting = append(fitting, h)
		}
	}
	if len(fitting) == 0 {
		return Hold{}, false
	}
	return slices.MaxFunc(fitting, func(a, b Hold) int {
		return cmp.Or(a.From.Compare(b.From), a.Until.Compare(b.Until), cmp.Compare(a.AssignmentID, b.AssignmentID))
	}), true
}

// others returns the sessions of other visitors who may have called the number by
// this time: those that had it within NumberGrace before, and those of the caller.
// A forgotten session counts too.
func others(holder Hold, holds []Hold, until time.Time) map[string]bool {
	sessions := map[string]bool{}
	for _, h := range holds {
		sameVisitor := h.VisitorID != "" && h.VisitorID == holder.VisitorID
		recent := h.Callers || !h.Until.Before(until.Add(-NumberGrace))
		had := h.counts() && !h.From.After(until) && recent
		if had && h.SessionID != holder.SessionID && !sameVisitor {
			sessions[cmp.Or(h.SessionID, h.AssignmentID)] = true
		}
	}
	return sessions
}
