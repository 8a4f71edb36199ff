package conversion

import "time"

// OwnEventPrefix is the beginning of the ids of events that Ringback itself adds to
// a call. Event ids of sources must not begin with it.
const OwnEventPrefix = "ringback:"

// NumberEventID is the id of the event that links a call to the visit or traffic
// that the called number stands for.
const NumberEventID = OwnEventPrefix + "number"

// NumberMatch is the match between a called number and the caller's visit (M10).
type NumberMatch struct {
	NumberID     string `json:"number_id"`
	PoolID       string `json:"pool_id,omitempty"`       // empty for a fixed number, which is shown to many at once
	AssignmentID string `json:"assignment_id,omitempty"` // which session had it from when until when
	// Certainty is "held" if the session had the number when it rang, and "released"
	// if it was the last session that had it. It is "taken" if the session got the
	// number just after the reported start and before the call was reported, so that
	// the source's clock may be slow. It is empty for a fixed number, and if no session
	// had it.
	Certainty NumberCertainty `json:"certainty,omitempty"`
	// Ambiguous is true if another session had the number so shortly before that its
	// visitor may be the caller, or if the caller is known as another visitor who
	// had it. Candidates is the number of possible sessions.
	Ambiguous  bool `json:"ambiguous,omitempty"`
	Candidates int  `json:"candidates,omitempty"`
}

// NumberCertainty is how certain the match of a called number is.
type NumberCertainty string

// The certainties of a match by number.
const (
	NumberHeld     NumberCertainty = "held"
	NumberReleased NumberCertainty = "released"
	NumberTaken    NumberCertainty = "taken"
)

// VisitorEventID is the id of the event that links a call to the session in which a
// third party's visitor id was seen.
const VisitorEventID = OwnEventPrefix + "visitor"

// VisitorMatch is the match between a third party's visitor id, reported with a call
// or lead, and a session (M4).
type VisitorMatch struct {
	System         string    `json:"system"`           // the third party, such as bizible or rtbhouse
	LastActivityAt time.Time `json:"last_activity_at"` // in the session, when it was matched; may be after the call
	// Ambiguous is true if sessions of other visitors fit as well. Candidates is the
	// number of possible sessions.
	Ambiguous  bool `json:"ambiguous,omitempty"`
	Candidates int  `json:"candidates"`
}

// Evidence is what links a visit, or a third party's visitor id, to a conversion.
type Evidence string

// The kinds of evidence, the strongest first. Only EvidenceForm is a claim: anybody
// may write anybody's phone number or e-mail address in a form.
const (
	EvidenceOwn       Evidence = "own"        // the conversion's own session, or the browser or visitor id of the session or of the report
	EvidenceCall      Evidence = "call"       // the same caller: a call from the number was matched with the browser for certain, or came with the visit
	EvidenceVisitorID Evidence = "visitor_id" // another browser with the same visitor id of a third party
	EvidenceForm      Evidence = "form"       // the phone number or e-mail address was written in a form
)

// AllEvidence returns every kind of evidence, the strongest first.
func AllEvidence() []Evidence {
	return []Evidence{EvidenceOwn, EvidenceCall, EvidenceVisitorID, EvidenceForm}
}
