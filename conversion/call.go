package conversion

import (
	"cmp"
	"time"
)

// Call is what the events of one call add up to. Times that are not known are zero.
type Call struct {
	FirstEventAt time.Time // the earliest thing reported, whatever it was
	StartedAt    time.Time
	AnsweredAt   time.Time
	FirstEndedAt time.Time // the earliest end reported: tags count up to it; never before StartedAt
	EndedAt      time.Time // the latest end reported, which outcome and talk time go by

	Caller         string // E.164; empty when unknown or withheld
	Anonymous      bool   // the caller withheld the number, and no event knows it
	CallerName     string
	TrackingNumber string
	Extension      string

	SessionID  string
	VisitorIDs map[string]string // by system
	Traffic    *Traffic          // given inline, normalised; nil: none was given
	Tags       []Tag             // each label once, at the first time it was put on

	Outcome     Outcome // empty until the call has ended
	TalkSeconds *int    // nil: not ended, or answered and nothing says for how long
	WaitSeconds *int    // nil: not reported
}

// At returns the time of the call: its start, or the earliest thing reported of
// it as long as no start is known.
func (c Call) At() time.Time { return cmp.Or(c.StartedAt, c.FirstEventAt) }

// Ended reports whether the call has reported its end.
func (c Call) Ended() bool { return !c.EndedAt.IsZero() }

// Answered reports whether somebody took the call. Once it has ended the outcome decides.
func (c Call) Answered() bool {
	if c.Ended() {
		return c.Outcome == OutcomeAnswered
	}
	return !c.AnsweredAt.IsZero()
}

// TagsAtEnd parts the tags into those that were on the call when it ended, the
// end's own included, and those that came later and never count (requirement R6).
// Of several ends the first one counts: a correction of how the call went must
// not let in tags that were put on after it. Until the call has ended all count so far.
func (c Call) TagsAtEnd() (counted, late []Tag) {
	for _, t := range c.Tags {
		if c.Ended() && t.At.After(c.FirstEndedAt) {
			late = append(late, t)
		} else {
			counted = append(counted, t)
		}
	}
	return counted, late
}

// Facts returns what a decision goes by. The visitor's history and the earlier
// calls of this number come from the store; traffic given inline is one more
// visit, at the time of the call. A call that its deadline closed is the
// caller's to mark: set Incomplete. So is one that was cancelled: set Cancelled too.
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
