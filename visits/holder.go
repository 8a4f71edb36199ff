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
	// ClockSkew is how far the clock of a source may be slow. A session that got the
	// number within that time after the reported start of the call, and before the
	// call was reported, may be the caller's.
	ClockSkew = 5 * time.Minute
)

// Holder is the session that a call to a number leads to, and how certain that is
// (M10).
type Holder struct {
	Hold      Hold
	Certainty conversion.NumberCertainty
	// Ambiguous is true if another visitor's session had the number within
	// NumberGrace, both ends included: before the call if the number was held, and
	// before the release otherwise. It is also true if the caller is known as
	// another visitor who had the number earlier, or if another visitor got it so
	// shortly after that the source's clock may be slow.
	Ambiguous  bool
	Candidates int // how many sessions are possible, including this one
}

// CalledAt returns the time at which a number was called whose holder is looked for: the
// start of the call, or the time at which the call was reported if that is earlier. No call
// is reported before it begins, so the clock of its source is fast then.
func CalledAt(start, reported time.Time) time.Time {
	if reported.Before(start) {
		return reported
	}
	return start
}

// HolderAt returns the session that a call at this time leads to, by the holds of
// the called number. It is the session that had the number then. If there is none, it
// is the last one that had it within NumberGrace; or else the first one that got it
// before the call was reported, within ClockSkew; or else the last one that had it
// within ReleasedReach. A call during or after the hold of a forgotten visitor leads to
// no session; otherwise it would be attributed to the visitor before. The order of the
// holds does not matter.
func HolderAt(holds []Hold, at, reported time.Time) (Holder, bool) {
	hold, found := latest(holds, func(h Hold) bool { return h.covers(at) })
	certainty, seenUntil := conversion.NumberHeld, at
	if !found {
		hold, found = latest(holds, func(h Hold) bool { return h.counts() && !h.From.After(at) && !h.Until.After(at) })
		certainty, seenUntil = conversion.NumberReleased, hold.Until
	}
	found = found && at.Sub(hold.Until) <= ReleasedReach
	taken := takenAfter(holds, at, reported)
	if len(taken) > 0 && (!found || at.Sub(hold.Until) > NumberGrace) {
		if found {
			taken = append(taken, hold)
		}
		hold, found, certainty = taken[0], true, conversion.NumberTaken
	}
	if !found || hold.isNobodys() {
		return Holder{}, false
	}
	sessions := others(hold, holds, seenUntil)
	for _, h := range taken {
		hold.addOther(sessions, h)
	}
	candidates := 1 + len(sessions)
	return Holder{Hold: hold, Certainty: certainty, Ambiguous: candidates > 1, Candidates: candidates}, true
}

// takenAfter returns the holds that began after the reported start of a call and before
// it was reported, within ClockSkew, in the order of their beginnings.
func takenAfter(holds []Hold, at, reported time.Time) []Hold {
	if limit := at.Add(ClockSkew); reported.After(limit) {
		reported = limit
	}
	var taken []Hold
	for _, h := range holds {
		if h.counts() && h.From.After(at) && !h.From.After(reported) {
			taken = append(taken, h)
		}
	}
	slices.SortFunc(taken, func(a, b Hold) int {
		return cmp.Or(a.From.Compare(b.From), a.Until.Compare(b.Until), cmp.Compare(a.AssignmentID, b.AssignmentID))
	})
	return taken
}

// OwnHolderAt is HolderAt for a number that belongs to no pool any more: only the
// session that had it at this time counts.
func OwnHolderAt(holds []Hold, at, reported time.Time) (Holder, bool) {
	holder, found := HolderAt(holds, at, reported)
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
		recent := h.Callers || !h.Until.Before(until.Add(-NumberGrace))
		if h.counts() && !h.From.After(until) && recent {
			holder.addOther(sessions, h)
		}
	}
	return sessions
}

// addOther adds a session to those of other visitors than the holder's.
func (h Hold) addOther(sessions map[string]bool, other Hold) {
	sameVisitor := other.VisitorID != "" && other.VisitorID == h.VisitorID
	if other.SessionID != h.SessionID && !sameVisitor {
		sessions[cmp.Or(other.SessionID, other.AssignmentID)] = true
	}
}
