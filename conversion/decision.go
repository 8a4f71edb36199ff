package conversion

import "time"

// Verdict is the outcome of a decision.
type Verdict string

// Send leads to a delivery, skip does not.
const (
	Send Verdict = "send"
	Skip Verdict = "skip"
)

// Moment is how much was known of the conversion when the decision was made.
type Moment string

// A call is judged at its start, at its end, or without an end: after its deadline
// closed it, or after an operator cancelled it. A lead is judged at its arrival,
// which is its end.
const (
	AtStart      Moment = "start"
	AtEnd        Moment = "end"
	AtIncomplete Moment = "incomplete"
	AtCancelled  Moment = "cancelled"
)

// Moments returns every moment.
func Moments() []Moment { return []Moment{AtStart, AtEnd, AtIncomplete, AtCancelled} }

// Reason is the first check that failed. It holds no personal data, so that
// Temporal may show it.
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

// Reasons returns every reason.
func Reasons() []Reason {
	return []Reason{
		ReasonSent, ReasonSwitchedOff, ReasonKindOff, ReasonMetric, ReasonTags, ReasonTraffic, ReasonNoVisitorID, ReasonDestination,
		ReasonIncomplete, ReasonCancelled,
	}
}

// Decision is the answer for one conversion and one integration, with every
// check that led to it. Checks may hold tags and traffic, so it is not shown to
// Temporal.
type Decision struct {
	Verdict Verdict `json:"verdict"`
	Reason  Reason  `json:"reason"`
	Moment  Moment  `json:"moment"`
	Checks  []Check `json:"checks"`
	Visit   *Visit  `json:"visit,omitempty"` // the visit that attribution picked, nil if none is known
	// VisitorIDEvidence is what links each third party's visitor id of the event to the
	// conversion, by system.
	VisitorIDEvidence map[string]Evidence `json:"visitor_id_evidence,omitempty"`

	Text string `json:"text,omitempty"` // the sentence that an earlier version stored; empty in newer decisions
}

// What Facts.Person is.
const (
	PersonByPhone = "phone"
	PersonByEmail = "email"
)

// Facts are what is known of one conversion when it is judged.
type Facts struct {
	Kind       Kind      `json:"kind"`
	At         time.Time `json:"at"`                   // start of the call, arrival of the lead: uniqueness and look-back count from here
	Person     string    `json:"person,omitempty"`     // what uniqueness goes by: the phone in E.164, else the e-mail; empty if neither is known
	PersonBy   string    `json:"person_by,omitempty"`  // PersonByPhone or PersonByEmail; empty if Person is
	Anonymous  bool      `json:"anonymous,omitempty"`  // the caller withheld the number
	Ended      bool      `json:"ended,omitempty"`      // always true for leads
	Incomplete bool      `json:"incomplete,omitempty"` // closed without an end
	Cancelled  bool      `json:"cancelled,omitempty"`  // incomplete because an operator cancelled it, not by the site's deadline
	EndedAt    time.Time `json:"ended_at,omitzero"`    // tags count up to it; the first one if there are several ends
	Answered   bool      `json:"answered,omitempty"`
	Outcome    Outcome   `json:"outcome,omitempty"`
	// Talk is the time that was talked, in nanoseconds when it is stored.
	Talk time.Duration `json:"talk,omitempty"`
	// TalkUnknown is set if the source did not report the talk time; Talk is then 0.
	TalkUnknown bool  `json:"talk_unknown,omitempty"`
	Tags        []Tag `json:"tags,omitempty"`      // those that count
	LateTags    []Tag `json:"late_tags,omitempty"` // those put on after the end; they never count
	// SessionKnown is set if a session, a usable visitor id or traffic of this
	// conversion itself is known.
	SessionKnown bool `json:"session_known,omitempty"`
	// OwnVisitAt is the time of the latest visit up to At of this session or visitor
	// id, including inline traffic. It is zero if none is known. Other visits of the
	// same person do not count: they may be from long ago.
	OwnVisitAt time.Time `json:"own_visit_at,omitzero"`
	Visits     []Visit   `json:"visits,omitempty"` // the visitor's history, any order, this visit included
	Earlier    Earlier   `json:"earlier,omitzero"`
}

// Earlier is what is known of the other conversions of the same kind, person and site
// that come before this one: because they started earlier, or were decided earlier. Of two at the same instant the one with the smaller id is the earlier.
type Earlier struct {
	LastAt       time.Time `json:"last_at,omitzero"`        // the latest one before Facts.At; zero if there is none
	LastTargetAt time.Time `json:"last_target_at,omitzero"` // the latest target call before Facts.At; zero if there is none
	// CountedAt is the first one after Facts.At that was decided as unique already,
	// because it was reported sooner. It is zero if there is none.
	CountedAt       time.Time `json:"counted_at,omitzero"`
	CountedTargetAt time.Time `json:"counted_target_at,omitzero"` // likewise, of those decided as unique target calls
}

// Criteria are what one integration asks of a conversion.
type Criteria struct {
	Enabled bool   // the integration is switched on
	Rules   *Rules // nil if this kind of conversion is not sent
	Model   AttributionModel
	Site    SiteRules
	// Needs are what the destination itself requires, for example a visitor id. They
	// are checked already. The reason of the first failed one may become the decision's.
	Needs []Check
}
