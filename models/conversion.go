package models

import (
	"time"

	"ringback/conversion"
)

// ConversionState says where a conversion stands.
type ConversionState string

// The states of a conversion, in their order.
const (
	StateWaiting     ConversionState = "waiting"     // for the call to end, or for late data after it
	StateDispatching ConversionState = "dispatching" // decided; deliveries are under way
	StateDone        ConversionState = "done"        // every integration has its end state
)

// Conversion is one call or lead, as folded from the events accepted so far.
// After its decisions were made the facts stand still: later events are kept
// and shown as late.
type Conversion struct {
	ID         string `gorm:"primaryKey"`
	SiteID     string
	Kind       conversion.Kind
	Source     string // api, script, callrail, ...
	ExternalID string
	State      ConversionState
	WorkflowID string

	At             time.Time // start of the call, arrival of the lead
	Person         string    // what uniqueness goes by: E.164 phone or lower-case e-mail; empty: anonymous
	Phone          string
	Anonymous      bool
	Name           string
	Email          string
	TrackingNumber string
	Extension      string
	SessionID      string
	VisitorIDs     map[string]string   `gorm:"serializer:json"`
	Traffic        *conversion.Traffic `gorm:"serializer:json"`
	AnsweredAt     *time.Time
	EndedAt        *time.Time
	Outcome        conversion.Outcome
	TalkSeconds    *int
	WaitSeconds    *int
	Incomplete     bool  // closed at the deadline without an end
	Unique         *bool `gorm:"column:is_unique"` // "unique" is a keyword of SQL
	Target         *bool `gorm:"column:is_target"`
	UniqueTarget   *bool `gorm:"column:is_unique_target"`
	Form           string
	PageURL        string
	Fields         map[string]string `gorm:"serializer:json"`

	CreatedAt  time.Time  // accepted
	DecidedAt  *time.Time // all decisions made; what comes later is late
	DoneAt     *time.Time
	RequeuedAt *time.Time `gorm:"column:revived_at"` // when its workflow was last signalled again because it was stuck
}

// CloseAt returns when a call whose end is not reported is closed, by the settings
// of its site.
func (c Conversion) CloseAt(s Site) time.Time {
	return conversion.CloseAt(c.At, c.CreatedAt, time.Duration(s.MaxCallMinutes)*time.Minute)
}

// Event is one accepted report, raw and normalised. Seq orders acceptance.
type EventRow struct {
	Seq          int64 `gorm:"primaryKey"`
	ConversionID string
	SiteID       string
	EventID      string // the source's; unique within the conversion
	Type         string // an EventType, or "lead"
	At           time.Time
	Call         *conversion.Event `gorm:"serializer:json"`
	Lead         *conversion.Lead  `gorm:"serializer:json"`
	Raw          []byte            // the body as it arrived
	ReceivedAt   time.Time
	Late         bool // it came after the decisions and changed none
}

// TableName is shorter than the name of the type, which has to differ from
// conversion.Event.
func (EventRow) TableName() string { return "events" }

// ConversionTag is a tag on a conversion, for reading and filtering.
type ConversionTag struct {
	ConversionID string `gorm:"primaryKey"`
	Label        string `gorm:"primaryKey"`
	SiteID       string
	Origin       conversion.TagOrigin
	At           time.Time
	Late         bool // after the end or after the decisions: it never counts
}

// Visit is one known visit of a visitor: in this part of Ringback those that
// came inline with calls and leads.
type Visit struct {
	ID           string `gorm:"primaryKey"`
	SiteID       string
	ConversionID string // the conversion that brought it inline; empty for the script's
	SessionID    string
	Person       string
	At           time.Time
	Traffic      conversion.Traffic `gorm:"serializer:json"`
	CreatedAt    time.Time
}

// VisitVisitor says by which id a system (rtbhouse, bizible, ...) knew the
// visitor of a visit, so that visits are found by any of the ids.
type VisitVisitor struct {
	VisitID   string `gorm:"primaryKey"`
	System    string `gorm:"primaryKey"`
	VisitorID string
	SiteID    string
}

// Decision is a stored decision.
type Decision struct {
	ID                 string `gorm:"primaryKey"`
	ConversionID       string
	SiteID             string
	IntegrationID      string
	IntegrationVersion int
	IntegrationType    string
	IntegrationName    string
	Verdict            conversion.Verdict
	Reason             conversion.Reason
	Moment             conversion.Moment
	Detail             conversion.Decision `gorm:"serializer:json"`
	CreatedAt          time.Time
}

// Signal is a row of the outbox: something a workflow must hear of.
type Signal struct {
	Seq          int64 `gorm:"primaryKey"`
	WorkflowID   string
	SiteID       string
	ConversionID string
	DeliveryID   string            // resends only
	Kind         conversion.Kind   // empty for resends
	EventType    string            // of the event that was stored, or EventRevived; of resends empty, or EventRevived
	Trace        map[string]string `gorm:"serializer:json"` // W3C trace context of the request
	Tries        int
	NextTryAt    time.Time
	CreatedAt    time.Time
}

// TableName keeps the business's word for it.
func (Signal) TableName() string { return "outbox" }
