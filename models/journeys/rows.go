package journeys

import (
	"time"

	"ringback/touchpoints"
)

// Touchpoint is a touchpoint of a person, with its positions in the person's journey.
// A visit without a position is one too: it may have a position in an opportunity.
type Touchpoint struct {
	SiteID     string `gorm:"primaryKey"`
	Generation int64  `gorm:"primaryKey"`
	ID         string `gorm:"primaryKey"` // the same in each generation
	Holder     string // what it is computed with: "visitor/" and the visitor, or "call/" and the call
	PersonID   string // of crm_people if InCRM; else it stands for somebody whom the CRM does not have
	InCRM      bool
	Kind       touchpoints.Kind
	At         time.Time
	Day        string // of At in the site's time zone, as "2026-05-04"
	SessionID  string // empty for a call of its own
	// ConversionID is the call or lead that it is for, empty for a visit, and for a Task
	// that is not one of Ringback's calls.
	ConversionID string
	TaskID       string // of crm_tasks, empty if there is none
	Type         string
	Medium       string
	Source       string
	Channel      string
	Subchannel   string
	Campaign     string
	LandingPage  string
	Positions    touchpoints.Positions `gorm:"serializer:json"` // in the person's journey; empty for a visit that is no part of it
	Position     string                // Positions as Marketo Measure writes them: "LC, Form", or "-"
	// FirstTouch, LeadCreation and UShaped are what it counts for in the models of people,
	// in hundredths of a percent.
	FirstTouch   int
	LeadCreation int
	UShaped      int
	Removed      bool                   // the rules leave it out of the CRM
	Suppressed   bool                   // the rules leave it out of reports; it has no positions
	Detail       touchpoints.Touchpoint `gorm:"serializer:json"`
	UpdatedAt    time.Time
}

// TableName returns the name of the table.
func (Touchpoint) TableName() string { return "journey_touchpoints" }

// Call is what became of a call.
type Call struct {
	SiteID       string `gorm:"primaryKey"`
	Generation   int64  `gorm:"primaryKey"`
	ID           string `gorm:"primaryKey"` // that of the conversion, or else of the Task
	ConversionID string
	TaskID       string
	PersonID     string // empty if it is nobody's
	Day          string // on which it began in the site's time zone, as "2026-05-04"; empty if not known
	Outcome      touchpoints.Outcome
	Merging      touchpoints.Merging `gorm:"serializer:json"`
	UpdatedAt    time.Time
}

// TableName returns the name of the table.
func (Call) TableName() string { return "journey_calls" }

// Credit is the share of one touchpoint in one opportunity by one model. Those of an
// opportunity and a model add up to 10,000, and to the amount, if there are any.
type Credit struct {
	SiteID        string `gorm:"primaryKey"`
	Generation    int64  `gorm:"primaryKey"`
	OpportunityID string `gorm:"primaryKey"`
	Model         string `gorm:"primaryKey"`
	TouchpointID  string `gorm:"primaryKey"`
	PersonID      string // of the touchpoint
	Position      string // in the journey of the opportunity, as "FT, OC"
	Share         int    // hundredths of a percent
	Amount        int64  // in minor units of Currency
	Currency      string // of the opportunity, empty if not known
	UpdatedAt     time.Time
}

// TableName returns the name of the table.
func (Credit) TableName() string { return "journey_credits" }
