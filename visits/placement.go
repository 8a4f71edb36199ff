package visits

import "time"

// arrivalSlack is how far the times of two hits may differ from their real order:
// each includes the time of its request, which is longest for a visitor's first.
const arrivalSlack = 15 * time.Second

// Placement is where a hit belongs: to a session that there is, or to one that it
// begins.
type Placement struct {
	SessionID  string // empty for a new session
	MovesStart bool   // the session begins with Start from now on
	Start      Step   // of a new session or with MovesStart: how the session begins
}

// New reports whether the hit begins a session.
func (p Placement) New() bool { return p.SessionID == "" }

// Place returns the placement of a hit that is not before the start of its
// visitor's newest session, which is nil for a new visitor.
func Place(newest *Session, h Hit, r Rules) Placement {
	step := Next(newest, h, r)
	if newest != nil && !step.New {
		return Placement{SessionID: newest.ID}
	}
	return Placement{Start: step}
}

// MayBeStartOf reports whether a hit that Place lets begin a session may be the
// start of the newest session instead: an arrival that follows the start of a
// direct session by moments. The request of the first page took longer than that
// of the next one then. AsStartOf decides it, by the first view of the session.
func (p Placement) MayBeStartOf(newest *Session, h Hit) bool {
	return p.New() && newest != nil && h.At.Sub(newest.StartedAt) <= arrivalSlack &&
		newest.Traffic.Direct() && !p.Start.Traffic.Direct()
}

// AsStartOf returns the placement as the start of the newest session if the
// session's first view came from a page of the site that was never reported.
func (p Placement) AsStartOf(newest Session, first Hit, r Rules) Placement {
	if !r.FromWithin(first) {
		return p
	}
	return Placement{SessionID: newest.ID, MovesStart: true, Start: p.Start}
}

// PlaceLate returns the placement of a hit that is reported after hits which
// followed it: it is between the session before it, nil if there is none, and the
// session after it. The sessions become those that the hits would have made in
// their order, as far as no session has to be split for that.
func PlaceLate(before *Session, after Session, h Hit, r Rules) Placement {
	placement := Place(before, h, r)
	arrived := placement.New() && !placement.Start.Traffic.Direct()
	ahead := after.StartedAt.Sub(h.At)
	switch {
	case !arrived && ahead <= arrivalSlack:
		return Placement{SessionID: after.ID}
	case before != nil && !h.At.After(before.LastActivityAt):
		return Placement{SessionID: before.ID}
	case !placement.New() || ahead > r.Inactivity || !after.Traffic.Direct():
		return placement
	}
	return Placement{SessionID: after.ID, MovesStart: true, Start: placement.Start}
}
