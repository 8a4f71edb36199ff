package touchpoints

import (
	"cmp"
	"time"

	"ringback/conversion"
	"ringback/touchpoints/channels"
)

// The types of touchpoints that are not a Task's type, and the sources of those
// whose traffic has none (docs/facts/marketo-measure.md#touchpoints).
const (
	TypeWebVisit = "Web Visit"
	TypeWebForm  = "Web Form"
	TypeWebChat  = "Web Chat"

	SourceTask   = "Salesforce Task" // of a call without a session (M5)
	SourceWeb    = "Web"
	SourceDirect = "Web Direct"
)

// maxType is how many characters Marketo Measure's field for the type holds, and
// maxMedium how many a Task's type has at most.
const (
	maxType   = 16
	maxMedium = 255
)

// Kind is what made a touchpoint.
type Kind string

// The kinds.
const (
	Visit    Kind = "visit"     // a session without a form or call
	FormFill Kind = "form"      // a form or chat
	Call     Kind = "call"      // a call that is merged with a session
	OwnCall  Kind = "task_call" // a call without a session
)

// Touchpoint is one contact of a person: a session, or a call outside of sessions.
type Touchpoint struct {
	ID     string `json:"id"` // that of the session or the Task, with a prefix
	Person string `json:"person"`
	Kind   Kind   `json:"kind"`
	// At is the start of the session, or of the call if there is none.
	At        time.Time `json:"at"`
	SessionID string    `json:"session_id,omitempty"`
	FormID    string    `json:"form_id,omitempty"`
	TaskID    string    `json:"task_id,omitempty"`

	Type    string         `json:"type"`
	Medium  string         `json:"medium,omitempty"`
	Source  string         `json:"source"`
	Channel channels.Match `json:"channel"`
	// Traffic is the web data of the session, nil for a call without one (M5).
	Traffic *conversion.Traffic `json:"traffic,omitempty"`
	FormURL string              `json:"form_url,omitempty"`

	Reasons []Reason `json:"reasons"` // why it is what it is, in the order in which they are shown
}

// Creditable reports whether the touchpoint is more than a visit. A call counts
// like a form (M3).
func (t Touchpoint) Creditable() bool { return t.Kind != Visit }

// Compare orders touchpoints by time, and those of one time by id.
func Compare(a, b Touchpoint) int {
	return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Person, b.Person))
}

// sourceOf returns the source of a touchpoint with web data.
func sourceOf(t conversion.Traffic) string {
	switch {
	case t.Source != "":
		return t.Source
	case t.Direct():
		return SourceDirect
	default:
		return SourceWeb
	}
}

// web returns the web data of a touchpoint, empty if it has none.
func (t Touchpoint) web() conversion.Traffic {
	if t.Traffic == nil {
		return conversion.Traffic{}
	}
	return *t.Traffic
}
