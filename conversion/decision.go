package conversion

import "time"

// Verdict is what a decision says.
type Verdict string

// Send makes a delivery; skip makes none.
const (
	Send Verdict = "send"
	Skip Verdict = "skip"
)

// Moment says what was known of the conversion when the decision was made.
type Moment string

// A call is judged at its start, at its end, or without an end: when its deadline
// closed it, or when an operator cancelled it. A lead is judged at its arrival, which is its end.
const (
	AtStart      Moment = "start"
	AtEnd        Moment = "end"
	AtIncomplete Moment = "incomplete"
	AtCancelled  Moment = "cancelled"
)

// Moments returns every moment.
func Moments() []Moment { return []Moment{AtStart, AtEnd, AtIncomplete, AtCancelled} }

// Reason is why a decision came out as it did: the first check that failed, in
// a form that holds no personal data, so that Temporal may show it.
type Reason string

// The reasons. ReasonSent is that of every send.
const (
	ReasonSent        Reason = "all_checks_passed"
	ReasonSwitchedOff Reason = "switched_off"
	ReasonKindOff     Reason = "kind_not_wanted"
	ReasonMetric      Reason = "metric_not_met"
	ReasonTags        Reason = "tag_filter_not_met"
	ReasonTraffic     Reason = "traffic_not_met"
	ReasonNoVisitorID Reason = "no_visitor_id"
	ReasonDestination Reason = "destination_needs_not_met"
	ReasonIncomplete  Reason = "call_never_ended"
	ReasonCancelled   Reason = "call_cancelled"
)

// Decision is the answer for one conversion and one integration, with every
// check that led to it. Checks may hold tags and traffic, so it is not shown to
// Temporal.
type Decision struct {
	Verdict Verdict `json:"verdict"`
	Reason  Reason  `json:"reason"`
	Moment  Moment  `json:"moment"`
	Checks  []Check `json:"checks"`
	Visit   *Visit  `json:"visit,omitempty"` // the visit that attribution picked, nil if none is known
	Text    string  `json:"text,omitempty"`  // the sentence that an earlier version stored; empty in newer decisions
}

// What Facts.Person is.
const (
	PersonByPhone = "phone"
	PersonByEmail = "email"
)

// Facts are what is known of one conversion when it is judged.
type Facts struct {
	Kind       Kind
	At         time.Time // start of the call, arrival of the lead: uniqueness and look-back count from here
	Person     string    // what uniqueness goes by: E.164 phone, else e-mail; empty: anonymous
	PersonBy   string    // PersonByPhone, PersonByEmail, or empty when nobody is known
	Anonymous  bool      // the caller withheld the number
	Ended      bool      // leads: always
	Incomplete bool      // closed without an end
	Cancelled  bool      // incomplete because an operator cancelled it, not by the site's deadline
	EndedAt    time.Time // up to here tags count: of several ends the first
	Answered   bool
	Outcome    Outcome
	Talk       time.Duration
	// TalkUnknown: the source did not say how long they talked; Talk is then 0.
	TalkUnknown bool
	Tags        []Tag // those that count
	LateTags    []Tag // those put on after the end; they never count
	// SessionKnown: a session, a usable visitor id or traffic is known, of this conversion itself.
	SessionKnown bool
	// OwnVisitAt is the latest visit up to At that is of this session or visitor
	// id, inline traffic included; zero: none is known. Visits of the same person
	// alone are not meant: they may be of long ago.
	OwnVisitAt time.Time
	Visits     []Visit // the visitor's history, any order, this visit included
	Earlier    Earlier
}

// Earlier is what is known of earlier conversions of the same kind, person and
// site. Of two at the same instant the one with the smaller id is the earlier.
type Earlier struct {
	LastAt       time.Time // the latest one before Facts.At; zero: none
	LastTargetAt time.Time // the latest target call before Facts.At; zero: none
}

// Ask is one integration's question: its switch, its rules for this kind, its model.
type Ask struct {
	Enabled bool
	Rules   *Rules // nil: this kind is not sent
	Model   AttributionModel
	Site    SiteRules
	// Needs are what the destination itself requires (a visitor id, say), already checked.
	// The reason of a failed one becomes the decision's.
	Needs []Check
}
