package conversion

import "time"

// Kind is the kind of a conversion.
type Kind string

// The kinds of conversion.
const (
	KindCall Kind = "call"
	KindLead Kind = "lead"
)

// EventType is what a source reported about a call.
type EventType string

// What can happen to a call. Events may come twice, late or out of order.
const (
	EventStarted  EventType = "started"
	EventAnswered EventType = "answered"
	EventTagged   EventType = "tagged"
	EventLinked   EventType = "linked" // a visit became known: session, visitor ids or traffic
	EventEnded    EventType = "ended"
)

// TagOrigin is who put a tag on a call or lead (R6).
type TagOrigin string

// Where tags come from.
const (
	TagByExtension TagOrigin = "extension"
	TagByNumber    TagOrigin = "number"
	TagByHand      TagOrigin = "manual"
	TagByAPI       TagOrigin = "api"
)

// Outcome is how a call ended.
type Outcome string

// The outcomes of a call. All but answered make it a failed call (R5).
const (
	OutcomeAnswered Outcome = "answered"
	OutcomeMissed   Outcome = "missed"
	OutcomeBusy     Outcome = "busy"
	OutcomeFailed   Outcome = "failed"
)

// Outcomes returns every outcome.
func Outcomes() []Outcome {
	return []Outcome{OutcomeAnswered, OutcomeMissed, OutcomeBusy, OutcomeFailed}
}

// CallEvent is one thing that a source reported about a call, already normalised:
// numbers are in E.164 and times in UTC. What was not reported is zero.
type CallEvent struct {
	ID             string            `json:"id"` // the source's own event id; equal ids are one event
	Type           EventType         `json:"type"`
	At             time.Time         `json:"at"`
	Caller         string            `json:"caller,omitempty"` // E.164; empty when unknown or withheld
	Anonymous      bool              `json:"anonymous,omitempty"`
	CallerName     string            `json:"caller_name,omitempty"`
	TrackingNumber string            `json:"tracking_number,omitempty"`
	SessionID      string            `json:"session_id,omitempty"`
	VisitorIDs     map[string]string `json:"visitor_ids,omitempty"` // by system: rtbhouse, bizible, ...
	Traffic        *Traffic          `json:"traffic,omitempty"`
	Tags           []string          `json:"tags,omitempty"`
	TagOrigin      TagOrigin         `json:"tag_origin,omitempty"`
	Extension      string            `json:"extension,omitempty"`
	Outcome        Outcome           `json:"outcome,omitempty"`
	TalkSeconds    *int              `json:"talk_seconds,omitempty"`
	WaitSeconds    *int              `json:"wait_seconds,omitempty"`
	// Number is what the called number says about the visit: whose session had it, or
	// which traffic it stands for. Only Ringback's own event NumberEventID has it.
	Number *NumberMatch `json:"number,omitempty"`
	// Visitor is the visitor id by which the session was found. Only Ringback's own
	// event VisitorEventID has it.
	Visitor *VisitorMatch `json:"visitor,omitempty"`
}

// Lead is a form lead as a source or the script reported it, normalised.
type Lead struct {
	At         time.Time         `json:"at"`
	Name       string            `json:"name,omitempty"`
	Phone      string            `json:"phone,omitempty"` // E.164
	Email      string            `json:"email,omitempty"`
	Form       string            `json:"form,omitempty"`
	PageURL    string            `json:"page_url,omitempty"`
	SessionID  string            `json:"session_id,omitempty"`
	VisitorIDs map[string]string `json:"visitor_ids,omitempty"`
	Traffic    *Traffic          `json:"traffic,omitempty"`
	Tags       []string          `json:"tags,omitempty"`
	Fields     map[string]string `json:"fields,omitempty"`
	// Visitor is the visitor id by which Ringback found the session. It is nil if the
	// lead named its session, or has none.
	Visitor *VisitorMatch `json:"visitor,omitempty"`
}

// Traffic is where a visit came from. Empty fields are unknown. Values that stand for
// nothing, such as "(direct)", "(not set)", "undefined" and {campaign_id}, count as empty.
type Traffic struct {
	Source      string `json:"source,omitempty"`
	Medium      string `json:"medium,omitempty"`
	Campaign    string `json:"campaign,omitempty"`
	Content     string `json:"content,omitempty"`
	Term        string `json:"term,omitempty"`
	Referrer    string `json:"referrer,omitempty"`
	LandingPage string `json:"landing_page,omitempty"`
	PageURL     string `json:"page_url,omitempty"`
	City        string `json:"city,omitempty"`
	Region      string `json:"region,omitempty"`
	Country     string `json:"country,omitempty"`
	Device      string `json:"device,omitempty"`
	Channel     string `json:"channel,omitempty"` // kind of advertising or link, see Channels
	// ClickIDs are the ad platforms' click ids by parameter name: gclid, yclid, ...
	ClickIDs map[string]string `json:"click_ids,omitempty"`
}

// Visit is one visit of a visitor's history, as attribution sees it.
type Visit struct {
	ID        string    `json:"id,omitempty"`
	SessionID string    `json:"session_id,omitempty"`
	At        time.Time `json:"at"`
	Traffic   Traffic   `json:"traffic"`
	// VisitorIDs are the visitor's ids by system, as far as they are stored. They
	// distinguish a visitor's own visits from others of the same person, and are not
	// stored with a decision.
	VisitorIDs map[string]string `json:"-"`
	// Evidence is what links the visit to the conversion, empty in decisions of
	// earlier versions.
	Evidence Evidence `json:"evidence,omitempty"`
}

// Tag is a label on a conversion.
type Tag struct {
	Label  string    `json:"label"`
	Origin TagOrigin `json:"origin"`
	At     time.Time `json:"at"`
}

// ReporterKind is in which way an event was reported.
type ReporterKind string

// The kinds of reporters.
const (
	ByToken    ReporterKind = "token"    // a request with a token of the account
	ByUser     ReporterKind = "user"     // a request of a user who signed in
	ByOperator ReporterKind = "operator" // a request of the operator
	ByWebhook  ReporterKind = "webhook"  // a message that a provider sent
	ByList     ReporterKind = "list"     // the list of calls of a provider's API
	ByScript   ReporterKind = "script"   // the script on the pages of the site
)

// ReporterKinds returns the kinds of reporters.
func ReporterKinds() []ReporterKind {
	return []ReporterKind{ByToken, ByUser, ByOperator, ByWebhook, ByList, ByScript}
}

// Reporter is what reported an event. It is the zero value for the events that Ringback
// adds itself, and for those that were stored before reporters were.
type Reporter struct {
	Kind ReporterKind
	ID   string // of the token or user, or the name of the source in the API; empty for others
	Name string // of the token, user or source as it was then; empty for others
}
