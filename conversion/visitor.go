package conversion

import (
	"slices"
	"time"
)

// visitor is what a conversion itself reports about the visitor of the site. The
// caller's number is no part of it, because the same number may call again from
// another visit.
type visitor struct {
	session string
	ids     map[string]string // by system
	inline  *Traffic          // normalised; nil if none was reported
}

// known reports whether anything links the conversion to a visitor.
func (v visitor) known() bool {
	if v.session != "" || v.inline != nil {
		return true
	}
	for _, id := range v.ids {
		if UsableVisitorID(id) {
			return true
		}
	}
	return false
}

// owns reports whether a visit of the history belongs to this session or visitor,
// and not only to the same person.
func (v visitor) owns(visit Visit) bool {
	if v.session != "" && visit.SessionID == v.session {
		return true
	}
	for system, id := range v.ids {
		if visit.VisitorIDs[system] == id && UsableVisitorID(id) {
			return true
		}
	}
	return false
}

// ownVisitAt returns the time of the visitor's latest visit up to the conversion, or
// zero if none is known. Traffic that was reported with the conversion is a visit
// at its time.
func (v visitor) ownVisitAt(visits []Visit, at time.Time) time.Time {
	if v.inline != nil {
		return at
	}
	var last time.Time
	for _, visit := range visits {
		if v.owns(visit) && !visit.At.After(at) && visit.At.After(last) {
			last = visit.At
		}
	}
	return last
}

// history returns the stored visits and the traffic that was reported with the conversion.
func (v visitor) history(visits []Visit, at time.Time) []Visit {
	if v.inline == nil {
		return visits
	}
	return append(slices.Clone(visits), Visit{SessionID: v.session, At: at, Traffic: *v.inline})
}
