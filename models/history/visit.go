package history

import (
	"time"

	"ringback/conversion"
)

// Visit is a visit whose traffic was reported with a call or lead.
type Visit struct {
	ID           string `gorm:"primaryKey"`
	SiteID       string
	ConversionID string // the call or lead that it was reported with
	SessionID    string
	Person       string
	At           time.Time
	Traffic      conversion.Traffic `gorm:"serializer:json"`
	CreatedAt    time.Time
}

// Visitor is the id of the visitor of a visit in one system (rtbhouse, bizible,
// ...), so that visits are found by any of the ids.
type Visitor struct {
	VisitID   string `gorm:"primaryKey"`
	System    string `gorm:"primaryKey"`
	VisitorID string
	SiteID    string
	At        time.Time // as that of the visit
}

// TableName returns the name of the table.
func (Visitor) TableName() string { return "visit_visitors" }
