// Package crm holds what is read of a CRM, as data that does not depend on the CRM:
// people, opportunities and Tasks, and how far each kind of record has been read. Clients
// of CRMs are below it.
//
// It must not know of any CRM's API, the database, or Temporal.
package crm

import (
	"time"

	"ringback/touchpoints"
)

// Position is how far the records of one kind have been read, in the order of their last
// changes. The zero value is the beginning.
type Position struct {
	At time.Time // of the last change, by the CRM's clock
	// ID is the last record that was read of those that changed at that time. If it is
	// empty, none of them was.
	ID string
}

// Page is a part of the changed records of one kind.
type Page struct {
	Rows    int // records that were read, those of which nothing is kept too
	Deleted int // of these
	Last    Position

	People        []Person
	Opportunities []Opportunity
	Tasks         []Task
}

// Person is a lead or contact.
type Person struct {
	ID      string
	Account string
	Email   string
	Phone   string // as people wrote it
	AddedAt time.Time
	SameAs  string // the person that it has become, empty if none
	Deleted bool
}

// Opportunity is a deal with its people and the stages that it entered.
type Opportunity struct {
	ID       string
	Account  string
	OpenedAt time.Time
	ClosedAt time.Time // zero while it is open
	Won      bool
	Amount   int64  // in minor units
	Currency string // ISO 4217, empty if not known
	People   []touchpoints.Role
	Stages   []touchpoints.StageEntry
	Deleted  bool
}

// Task is the Task of a call.
type Task struct {
	ID           string
	ConversionID string // the call or lead that Ringback made it for, empty if it did not
	Person       string // the lead or contact that it is about, empty if nobody
	Type         string // empty if nobody has filled it in
	BizibleID    string
	At           time.Time // the start of the call, zero if not known
	DateOnly     bool      // At is a day without a time of day
	Deleted      bool
	ChangedAt    time.Time
}

// IsOfCall reports whether the Task can become a touchpoint: others are not kept.
func (t Task) IsOfCall() bool { return t.BizibleID != "" || t.ConversionID != "" }
