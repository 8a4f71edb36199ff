package conversion

// OwnEventPrefix starts the ids of events that Ringback itself adds to a call.
// No source's event id starts with it.
const OwnEventPrefix = "ringback:"

// NumberEventID is the id of the event by which Ringback links a call to what
// the called number stands for.
const NumberEventID = OwnEventPrefix + "number"

// NumberMatch is what the number that was called says of the caller's visit
// (requirement M10).
type NumberMatch struct {
	NumberID     string `json:"number_id"`
	PoolID       string `json:"pool_id,omitempty"`       // empty: a number of its own, shown to many at once
	AssignmentID string `json:"assignment_id,omitempty"` // which session had it from when until when
	// Certainty is "held" when the session had the number as it rang, "released"
	// when it was the last one to have had it; empty for a number without a pool,
	// and when nobody had it.
	Certainty NumberCertainty `json:"certainty,omitempty"`
	// Ambiguous says that another session had the number so shortly before that
	// the call may have been its visitor's, or that the caller is known as another
	// visitor who had it. Candidates counts the sessions in question.
	Ambiguous  bool `json:"ambiguous,omitempty"`
	Candidates int  `json:"candidates,omitempty"`
}

// NumberCertainty says how sure it is whose session a called number means.
type NumberCertainty string

// The certainties of a match by number.
const (
	NumberHeld     NumberCertainty = "held"
	NumberReleased NumberCertainty = "released"
)
