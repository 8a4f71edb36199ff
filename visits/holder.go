package visits

import (
	"cmp"
	"slices"
	"time"

	"ringback/conversion"
)

const (
	// NumberGrace is how long after losing a number a session's visitor may still
	// be the one who calls it, having dialled what the page showed. It is as long
	// as a session lasts without activity.
	NumberGrace = 30 * time.Minute
	// ReleasedReach is how long after a session lost a number a call to it is still
	// taken to be its visitor's, when nobody else has had it since.
	ReleasedReach = 24 * time.Hour
	// RedialReach is how long after a caller had a number as one visitor a call to
	// it may be dialled from the phone's list of calls. Another visitor who has the
	// number by then did not call.
	RedialReach = 90 * 24 * time.Hour
)

// Holder says whose session a call to a number means, and how sure that is
// (requirement M10).
type Holder struct {
	Hold      Hold
	Certainty conversion.NumberCertainty
	// Ambiguous says that another visitor's session had the number within
	// NumberGrace before, both ends included: before the call when the number was
	// held, before it was released otherwise. Or that whoever calls is known to be
	// another visitor who had the number before.
	Ambiguous  bool
	Candidates int // sessions in question, this one included
}

// HolderAt finds whose session a call at this time means, by the holds of the
// called number: the one that had it then, else the last one that had had it,
// within ReleasedReach. A call that a forgotten visitor's hold covers, or that
// comes after it, is nobody's: it must not pass for the call of who had the
// number before. The order of the holds does not matter.
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

// counts reports whether anybody had time to see the number. A forgotten visitor
// had, however short the hold was cut.
func (h Hold) counts() bool { return h.From.Before(h.Until) || h.isNobodys() }

// isNobodys says that the visitor who had the number was forgotten.
func (h Hold) isNobodys() bool { return h.SessionID == "" }

// latest finds the last of the holds that fit. Those of one time are ordered by id.
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

// others are the sessions of other visitors that may have dialled the number by
// this time: they had it within the grace before, or are the caller's. One that
// was forgotten still counts.
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
