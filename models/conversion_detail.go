package models

import (
	"errors"

	"gorm.io/gorm"

	"ringback/conversion"
)

// Called is what the number that was called stands for, deleted or not.
type CalledNumber struct {
	Number     TrackingNumber
	Pool       *Pool       // nil: it is a number of its own
	Assignment *Assignment // nil: no session had it as the call came, or its visitor was forgotten
}

// readVisit adds the visit that the conversion belongs to, and the number that told of it.
func (d *Detail) readVisit(db *gorm.DB) (err error) {
	if d.Session, err = sessionNamed(db, d.Site.ID, d.Conversion.SessionID); err != nil {
		return err
	}
	match := d.numberMatch()
	if match == nil {
		return nil
	}
	number, err := ifThere[TrackingNumber](db, d.Site.ID, match.NumberID)
	if err != nil || number == nil {
		return err
	}
	d.CalledNumber = &CalledNumber{Number: *number}
	if d.CalledNumber.Pool, err = ifThere[Pool](db, d.Site.ID, match.PoolID); err != nil {
		return err
	}
	had, err := ifThere[Assignment](db, d.Site.ID, match.AssignmentID)
	if had != nil && had.SessionID != "" {
		d.CalledNumber.Assignment = had
	}
	return err
}

// numberMatch is what the called number told; nil: it is none of the site's.
func (d *Detail) numberMatch() *conversion.NumberMatch {
	for _, event := range d.Events {
		if event.EventID == conversion.NumberEventID && event.Call != nil {
			return event.Call.Number
		}
	}
	return nil
}

// ifThere reads a row of a site by its id; nil when there is none.
func ifThere[T any](db *gorm.DB, siteID, id string) (*T, error) {
	var row T
	err := db.Where("id = ? AND site_id = ?", id, siteID).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &row, nil
}
