package conversion

import (
	"time"

	"ringback/internal/fault"
)

// CheckCode identifies a check.
type CheckCode string

// The checks. The first five are made by every decision, in this order; the
// destination's own follow. A destination may have further ones.
const (
	CheckSwitch      CheckCode = "switch"
	CheckKind        CheckCode = "kind"
	CheckMetric      CheckCode = "metric"
	CheckTags        CheckCode = "tags"
	CheckTraffic     CheckCode = "traffic"
	CheckVisitorID   CheckCode = "visitor_id"  // the destination needs a visitor id of its own system
	CheckDestination CheckCode = "destination" // Ringback has a destination of the integration's type
	CheckSettings    CheckCode = "settings"    // the destination can use the integration's settings
)

// CheckCodes returns every code of Check that Ringback knows.
func CheckCodes() []CheckCode {
	return []CheckCode{
		CheckSwitch, CheckKind, CheckMetric, CheckTags, CheckTraffic, CheckVisitorID, CheckDestination, CheckSettings,
	}
}

// Check is one thing that a decision looked at. It holds values and no
// sentences: package explanation writes those, in the reader's language.
type Check struct {
	Code   CheckCode `json:"code"`
	Passed bool      `json:"passed"`
	Wanted Wanted    `json:"wanted"`
	Seen   Seen      `json:"seen"`
	Notes  []Note    `json:"notes,omitempty"`
	Reason Reason    `json:"reason,omitempty"` // of the decision, if this is the first check that failed
}

// Wanted is what a check asks for. A check sets the fields that concern it; if
// it sets none, everything is accepted.
type Wanted struct {
	Metrics         []Metric         `json:"metrics,omitempty" doc:"One of these metrics."`
	Tags            *TagFilter       `json:"tags,omitempty"`
	Traffic         *Condition       `json:"traffic,omitempty"`
	VisitorID       *WantedVisitorID `json:"visitor_id,omitempty"`
	DestinationType string           `json:"destination_type,omitempty" doc:"A destination of this type."`
	Text            string           `json:"text,omitempty" doc:"What was wanted, as an earlier version stored it: in English."`
}

// WantedVisitorID is the visitor id that a destination needs.
type WantedVisitorID struct {
	System  string   `json:"system" doc:"The name of the id in visitor_ids." example:"rtbhouse"`
	Name    string   `json:"name" doc:"The system's own name." example:"RTB House"`
	Cookies []string `json:"cookies,omitempty" doc:"The cookies that hold the id, any of them."`
}

// SeenCode is what a check found.
type SeenCode string

// What the checks find.
const (
	SeenOn  SeenCode = "switched_on"
	SeenOff SeenCode = "switched_off"

	SeenRules   SeenCode = "rules"
	SeenNoRules SeenCode = "no_rules"

	SeenMetrics SeenCode = "metrics" // Seen.Metrics says what each one came to

	SeenTagsAtEnd     SeenCode = "tags_at_end"
	SeenTagsAtArrival SeenCode = "tags_at_arrival"
	SeenTagsSoFar     SeenCode = "tags_so_far"

	SeenTraffic SeenCode = "traffic" // Seen.Fields holds what the visit's fields were
	SeenNoVisit SeenCode = "no_visit"

	SeenNotEnded   SeenCode = "not_ended"   // the call goes on
	SeenNeverEnded SeenCode = "never_ended" // the call was closed at the site's limit
	SeenCancelled  SeenCode = "cancelled"   // an operator cancelled the call before its end

	SeenVisitorID            SeenCode = "visitor_id"
	SeenNoVisitorID          SeenCode = "no_visitor_id"
	SeenVisitorIDTooLong     SeenCode = "visitor_id_too_long" // over Seen.MaxBytes
	SeenVisitorIDNotJSON     SeenCode = "visitor_id_bad_json"
	SeenVisitorIDEmpty       SeenCode = "visitor_id_empty"
	SeenVisitorIDUnknown     SeenCode = "visitor_id_unknown" // the system itself wrote that it does not know the visitor
	SeenVisitorIDUnprintable SeenCode = "visitor_id_unprintable"

	SeenNoDestination      SeenCode = "no_such_destination"
	SeenSettingsWrong      SeenCode = "settings_wrong" // Seen.Problems lists the fields
	SeenSettingsNotApplied SeenCode = "settings_not_applied"

	SeenText SeenCode = "text" // a sentence that an earlier version stored
)

// SeenCodes returns every code of Seen.
func SeenCodes() []SeenCode {
	return []SeenCode{
		SeenOn, SeenOff, SeenRules, SeenNoRules, SeenMetrics, SeenTagsAtEnd, SeenTagsAtArrival, SeenTagsSoFar,
		SeenTraffic, SeenNoVisit, SeenNotEnded, SeenNeverEnded, SeenCancelled, SeenVisitorID, SeenNoVisitorID,
		SeenVisitorIDTooLong, SeenVisitorIDNotJSON, SeenVisitorIDEmpty, SeenVisitorIDUnknown, SeenVisitorIDUnprintable,
		SeenNoDestination, SeenSettingsWrong, SeenSettingsNotApplied, SeenText,
	}
}

// Seen is what a check found: a code, and the values that belong to it.
type Seen struct {
	Code     SeenCode       `json:"code"`
	Metrics  []MetricResult `json:"metrics,omitempty"`
	Tags     []string       `json:"tags,omitempty" doc:"The labels that counted."`
	Fields   []FieldSeen    `json:"fields,omitempty" doc:"What the fields of the visit's traffic were."`
	Unmet    []Condition    `json:"unmet,omitempty" doc:"The conditions that did not hold."`
	MaxBytes int            `json:"max_bytes,omitempty"`
	Problems []FieldProblem `json:"problems,omitempty"`
	Text     string         `json:"text,omitempty" doc:"What was seen, as an earlier version stored it: in English."`
}

// FieldSeen is what one field of a visit's traffic was.
type FieldSeen struct {
	Field  string   `json:"field" example:"medium"`
	Values []string `json:"values,omitempty" doc:"Missing if the field was empty."`
	NoSuch bool     `json:"no_such_field,omitempty"`
}

// FieldProblem is a setting that cannot be used.
type FieldProblem struct {
	Path     string            `json:"path" example:"options.url"`
	Expected fault.Expectation `json:"expected" doc:"What was expected of it."`
}

// NoteCode is what a note is about.
type NoteCode string

// The notes.
const (
	NoteLateTag       NoteCode = "tag_after_end"      // Label was put on Seconds after the end
	NoteLateReport    NoteCode = "tag_after_decision" // Label was reported after the decision
	NoteVisit         NoteCode = "visit"              // attribution picked the visit of At by Model
	NoteDirectVisit   NoteCode = "direct_visit"       // likewise, and all visits were direct
	NoteNoVisit       NoteCode = "no_visit"           // no visit is known, so all its fields are empty
	NoteTestVisitorID NoteCode = "test_visitor_id"    // a test event is sent with VisitorID
	NotePersonsID     NoteCode = "id_of_person"       // the id is from an earlier visit of the same person
	NoteText          NoteCode = "text"               // a sentence that an earlier version stored
)

// NoteCodes returns every code of Note.
func NoteCodes() []NoteCode {
	return []NoteCode{
		NoteLateTag, NoteLateReport, NoteVisit, NoteDirectVisit, NoteNoVisit, NoteTestVisitorID, NotePersonsID, NoteText,
	}
}

// Note is something else that is worth knowing about a check: a code, and the
// values that belong to it.
type Note struct {
	Code      NoteCode         `json:"code"`
	Label     string           `json:"label,omitempty"`
	Seconds   int64            `json:"seconds,omitempty"`
	At        *time.Time       `json:"at,omitempty"`
	Model     AttributionModel `json:"model,omitempty"`
	VisitorID string           `json:"visitor_id,omitempty"`
	Evidence  Evidence         `json:"evidence,omitempty" doc:"What links the visit or the visitor id to the conversion."`
	Text      string           `json:"text,omitempty" doc:"The note, as an earlier version stored it: in English."`
}
