package conversion

import "time"

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
