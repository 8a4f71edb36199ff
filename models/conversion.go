package models

import (
	"time"

	"ringback/conversion"
	"ringback/models/history"
	"ringback/models/visitors"
	"ringback/models/websites"
)

// ConversionState is how far a conversion is.
type ConversionState string

// The states of a conversion, in their order.
const (
	StateWaiting     ConversionState = "waiting"     // for the call to end, or for late data after it
	StateDispatching ConversionState = "dispatching" // decided; deliveries are under way
	StateDone        ConversionState = "done"        // every integration has its end state
)

// Conversion is one call or lead, as folded from the events accepted so far.
// Once its decisions are made, its facts do not change any more: later events are
// stored and shown as late.
type Conversion struct {
	ID         string `gorm:"primaryKey"`
	SiteID     string
	Kind       conversion.Kind
	Source     string // api, script, callrail, ...
	ExternalID string
	State      ConversionState
	WorkflowID string

	At             time.Time // start of the call, arrival of the lead
	Person         string    // E.164 phone or lower-case e-mail, by which uniqueness is decided; empty if anonymous
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
	Incomplete     bool  // closed at the deadline, without an end
	Unique         *bool `gorm:"column:is_unique"` // "unique" is a keyword of SQL
	Target         *bool `gorm:"column:is_target"`
	UniqueTarget   *bool `gorm:"column:is_unique_target"`
	Form           string
	PageURL        string
	Fields         map[string]string `gorm:"serializer:json"`

	CreatedAt  time.Time  // when it was accepted
	DecidedAt  *time.Time // when all decisions were made; what is reported later is late
	DoneAt     *time.Time
	RequeuedAt *time.Time `gorm:"column:revived_at"` // when its workflow was last signalled again because it was stuck
}

// CloseAt returns when a call whose end is not reported is closed, by the settings
// of its site.
func (c Conversion) CloseAt(s websites.Site) time.Time {
	return conversion.CloseAt(c.At, c.CreatedAt, time.Duration(s.MaxCallMinutes)*time.Minute)
}

// EventRow is one accepted report, raw and normalised. Seq orders acceptance.
type EventRow struct {
	Seq          int64 `gorm:"primaryKey"`
	ConversionID string
	SiteID       string
	EventID      string // the source's; unique within the conversion
	Type         string // an EventType, or "lead"
	At           time.Time
	Call         *conversion.CallEvent `gorm:"serializer:json"`
	Lead         *conversion.Lead      `gorm:"serializer:json"`
	Raw          []byte                // the body as it arrived
	ReceivedAt   time.Time
	Late         bool                // it came after the decisions and changed none
	Reporter     conversion.Reporter `gorm:"embedded;embeddedPrefix:reporter_"`
}

// TableName is shorter than the name of the type, which has to differ from
// conversion.CallEvent.
func (EventRow) TableName() string { return "events" }

// subject returns what the visitors of the conversion are found by.
func (c Conversion) subject() visitors.Subject {
	return visitors.Subject{
		SiteID: c.SiteID, Kind: c.Kind, SessionID: c.SessionID, Phone: c.Phone, Email: c.Email, VisitorIDs: c.VisitorIDs,
	}
}

// historyOf returns the conversion as package history reads what came before it.
func (c Conversion) historyOf() history.Of {
	return history.Of{
		SiteID: c.SiteID, ConversionID: c.ID, Kind: c.Kind, At: c.At, SessionID: c.SessionID, Person: c.Person, VisitorIDs: c.VisitorIDs,
	}
}
