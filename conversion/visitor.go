package conversion

import (
	"slices"
	"time"
)

// visitor is what a conversion itself says of who came to the site. Who called
// is no part of it: the same number may call again from quite another visit.
type visitor struct {
	session string
	ids     map[string]string // by system
	inline  *Traffic          // normalised; nil: none was given
}

// known reports whether anything ties the conversion to a visitor.
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

// owns reports whether a visit of the history is of this session or visitor,
// rather than one that only the person has in common.
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

// ownVisitAt returns when the visitor's latest visit up to the conversion was;
// zero when none is known. Traffic given inline is a visit at the conversion.
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

// history adds traffic that came with the conversion to the visits that the store knows.
func (v visitor) history(visits []Visit, at time.Time) []Visit {
	if v.inline == nil {
		return visits
	}
	return append(slices.Clone(visits), Visit{SessionID: v.session, At: at, Traffic: *v.inline})
}
