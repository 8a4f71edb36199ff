package conversion

import (
	"cmp"
	"slices"
	"time"
)

// Call is the sum of the events of one call. Times that are not known are zero.
type Call struct {
	FirstEventAt time.Time // the time of the earliest event of any type
	StartedAt    time.Time
	AnsweredAt   time.Time
	FirstEndedAt time.Time // the earliest end reported, up to which tags count; never before StartedAt
	EndedAt      time.Time // the latest end reported, from which outcome and talk time are taken

	Caller         string // E.164; empty if unknown or withheld
	Anonymous      bool   // the caller withheld the number, and no event has it
	CallerName     string
	TrackingNumber string
	Extension      string

	SessionID  string
	VisitorIDs map[string]string // by system
	Traffic    *Traffic          // reported with the call, normalised; nil if none was reported
	Tags       []Tag             // each label once, with the time at which it was first put on

	Outcome     Outcome // empty until the call has ended
	TalkSeconds *int    // nil if the call has not ended, or was answered for an unknown time
	WaitSeconds *int    // nil if it was not reported
}

// At returns the time of the call: its start, or the time of its earliest event as
// long as no start is known.
func (c Call) At() time.Time { return cmp.Or(c.StartedAt, c.FirstEventAt) }

// Ended reports whether the call has reported its end.
func (c Call) Ended() bool { return !c.EndedAt.IsZero() }

// Answered reports whether somebody took the call. After its end the outcome decides.
func (c Call) Answered() bool {
	if c.Ended() {
		return c.Outcome == OutcomeAnswered
	}
	return !c.AnsweredAt.IsZero()
}

// TagsAtEnd divides the tags into those that were on the call when it ended,
// including those reported with the end, and those that came later and never
// count (R6). If several ends were reported, the first counts: a corrected outcome
// must not admit tags that were put on after it. Before the end all tags count.
//
// Sources cut times to seconds. An end without a fraction may have been at any time of
// its second, so a tag of that second was put on before it.
func (c Call) TagsAtEnd() (counted, late []Tag) {
	end := c.FirstEndedAt
	if end.Equal(end.Truncate(time.Second)) {
		end = end.Add(time.Second - 1)
	}
	for _, t := range c.Tags {
		if c.Ended() && t.At.After(end) {
			late = append(late, t)
		} else {
			counted = append(counted, t)
		}
	}
	return counted, late
}

// Facts returns the facts that a decision is based on. The visitor's history and the
// earlier calls of this number come from the store. Traffic that was reported with
// the call is one more visit, at the time of the call. If the call was closed at its
// deadline, set Incomplete in the result; if it was cancelled, set Cancelled too.
func (c Call) Facts(visits []Visit, earlier Earlier) Facts {
	counted, late := c.TagsAtEnd()
	who := visitor{session: c.SessionID, ids: c.VisitorIDs, inline: c.Traffic}
	f := Facts{
		Kind:         KindCall,
		At:           c.At(),
		Person:       c.Caller,
		Anonymous:    c.Anonymous,
		Ended:        c.Ended(),
		EndedAt:      c.FirstEndedAt,
		Answered:     c.Answered(),
		Outcome:      c.Outcome,
		TalkUnknown:  c.TalkSeconds == nil,
		Tags:         counted,
		LateTags:     late,
		SessionKnown: who.known(),
		OwnVisitAt:   who.ownVisitAt(visits, c.At()),
		Visits:       who.history(visits, c.At()),
		Earlier:      earlier,
	}
	if c.Caller != "" {
		f.PersonBy = PersonByPhone
	}
	if c.TalkSeconds != nil {
		f.Talk = time.Duration(*c.TalkSeconds) * time.Second
	}
	return f
}

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
	return append(slices.Clone(visits), Visit{SessionID: v.session, At: at, Traffic: *v.inline, Evidence: EvidenceOwn})
}
