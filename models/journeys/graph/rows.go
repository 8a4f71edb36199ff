package graph

import (
	"cmp"
	"time"

	"ringback/conversion"
	"ringback/identity"
)

// sessionRow is what is needed of a session.
type sessionRow struct {
	ID             string
	SiteID         string
	VisitorID      string
	StartedAt      time.Time
	LastActivityAt time.Time
	Traffic        conversion.Traffic `gorm:"serializer:json"`
	Carried        bool
	VisitorIDs     map[string]string `gorm:"serializer:json"`
}

// TableName returns the name of the table.
func (sessionRow) TableName() string { return "sessions" }

// conversionRow is what is needed of a call or lead.
type conversionRow struct {
	ID         string
	SiteID     string
	Kind       conversion.Kind
	At         time.Time
	Person     string
	Phone      string
	Email      string
	SessionID  string
	VisitorIDs map[string]string `gorm:"serializer:json"`
	PageURL    string

	phoneKey, emailKey string // of package identity, set by withKeys
}

// TableName returns the name of the table.
func (conversionRow) TableName() string { return "conversions" }

// withKeys returns the row with its keys: to make them takes longer than to read the row.
func (c conversionRow) withKeys() conversionRow {
	c.phoneKey, c.emailKey = identity.PhoneKey(c.Phone), identity.EmailKey(c.Email)
	return c
}

// contact returns the key of the number or else the address of a call or lead, empty if neither
// identifies anybody.
func (c conversionRow) contact() string {
	return cmp.Or(c.phoneKey, c.emailKey)
}

// personRow is what is needed of a person of the CRM.
type personRow struct {
	ID         string
	SiteID     string
	ExternalID string
	Account    string
	Email      string
	Phone      string
	SameAs     string
	AddedAt    *time.Time
}

// TableName returns the name of the table.
func (personRow) TableName() string { return "crm_people" }

// taskRow is what is needed of the Task of a call in the CRM.
type taskRow struct {
	ID           string
	SiteID       string
	ExternalID   string
	ConversionID string
	Person       string
	Type         string
	BizibleID    string
	At           *time.Time
	DateOnly     bool
	Deleted      bool
}

// TableName returns the name of the table.
func (taskRow) TableName() string { return "crm_tasks" }

// keyRow is one thing that a visitor is known by.
type keyRow struct {
	Key      string
	PersonID string
}

// browserRow is a BizibleId of a visitor or conversion.
type browserRow struct {
	SiteID    string `gorm:"primaryKey"`
	BizibleID string `gorm:"primaryKey"`
	Ref       string `gorm:"primaryKey"` // a node
}

// TableName returns the name of the table.
func (browserRow) TableName() string { return "journey_browsers" }
