package conversion

import "time"

// VisitorEventID is the id of the event by which Ringback links a call to the
// session of the visitor whom a third party's id names.
const VisitorEventID = OwnEventPrefix + "visitor"

// VisitorMatch says how a third party's visitor id, which came with a call or a
// lead, led to the session that it belongs to (requirement M4).
type VisitorMatch struct {
	System         string    `json:"system"`           // whose id it is: bizible, rtbhouse, ...
	LastActivityAt time.Time `json:"last_activity_at"` // in the session, as far as was known; may be after the call
	// Ambiguous says that sessions of other visitors fit as well. Candidates counts
	// the sessions in question.
	Ambiguous  bool `json:"ambiguous,omitempty"`
	Candidates int  `json:"candidates"`
}
