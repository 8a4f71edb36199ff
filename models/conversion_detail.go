package models

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/models/database"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/models/ownership"
	"ringback/models/tracking"
	"ringback/models/visitors"
	"ringback/models/websites"
)

// CalledNumber is the number that was called with what belongs to it, deleted or not.
type CalledNumber struct {
	Number     tracking.Number
	Pool       *tracking.Pool       // nil for a number of its own
	Assignment *tracking.Assignment // nil if no session had the number when the call came, or its visitor was forgotten
}

// readVisit adds the visit that the conversion belongs to, and the number that was
// called.
func (d *Detail) readVisit(db *gorm.DB) (err error) {
	if d.Session, err = visitors.SessionNamed(db, d.Site.ID, d.Conversion.SessionID); err != nil {
		return err
	}
	match := d.numberMatch()
	if match == nil {
		return nil
	}
	number, err := ownership.Find[tracking.Number](db, d.Site.ID, match.NumberID)
	if err != nil || number == nil {
		return err
	}
	d.CalledNumber = &CalledNumber{Number: *number}
	if d.CalledNumber.Pool, err = ownership.Find[tracking.Pool](db, d.Site.ID, match.PoolID); err != nil {
		return err
	}
	had, err := ownership.Find[tracking.Assignment](db, d.Site.ID, match.AssignmentID)
	if had != nil && had.SessionID != "" {
		d.CalledNumber.Assignment = had
	}
	return err
}

// numberMatch returns the match by the called number, nil if it is none of the site's.
func (d *Detail) numberMatch() *conversion.NumberMatch {
	for _, event := range d.Events {
		if event.EventID == conversion.NumberEventID && event.Call != nil {
			return event.Call.Number
		}
	}
	return nil
}

// Detail is what is stored of one conversion, without the bodies that its events came in,
// which may be large and which nobody is shown, and without older attempts.
type Detail struct {
	Conversion   Conversion
	Site         websites.Site
	Events       []EventRow
	Tags         []ConversionTag
	Decisions    []Decision
	Deliveries   []deliveries.Delivery  // resends included
	Versions     []integrations.Version // those that the decisions were made by
	Attempts     []deliveries.Attempt   // the last ones of each delivery
	Session      *visitors.Session      // the visitor's on the web site, nil if none is known
	CalledNumber *CalledNumber          // nil if the number that was called is none of the site's
}

// ConversionDetail returns one conversion of an account with all that belongs to it, in
// the order of time.
func (s *Store) ConversionDetail(ctx context.Context, accountID, id string) (Detail, error) {
	d, err := readDetail(s.db.Read(ctx), accountID, id)
	return d, s.db.WrapErr("reading a conversion", err)
}

func readDetail(db *gorm.DB, accountID, id string) (d Detail, err error) {
	if err := db.Where("id = ?", id).Take(&d.Conversion).Error; err != nil {
		return Detail{}, database.NotFoundAs("no_such_conversion", err)
	}
	if err := db.Where("id = ? AND account_id = ?", d.Conversion.SiteID, accountID).Take(&d.Site).Error; err != nil {
		return Detail{}, database.NotFoundAs("no_such_conversion", err)
	}
	versions := db.Model(&Decision{}).Select("integration_id, integration_version").Where("conversion_id = ?", id)
	for _, part := range []struct {
		into  any
		query *gorm.DB
	}{
		{&d.Events, db.Omit("raw").Where("conversion_id = ?", id).Order("seq")},
		{&d.Tags, db.Where("conversion_id = ?", id).Order("at, label")},
		{&d.Decisions, db.Where("conversion_id = ?", id).Order("id")},
		{&d.Deliveries, db.Where("conversion_id = ?", id).Order("id")},
		{&d.Versions, db.Where("(integration_id, version) IN (?)", versions)},
	} {
		if err := part.query.Find(part.into).Error; err != nil {
			return Detail{}, fmt.Errorf("reading %T: %w", part.into, err)
		}
	}
	if d.Attempts, err = deliveries.LastAttempts(db, "deliveries.conversion_id = ?", id); err != nil {
		return Detail{}, fmt.Errorf("reading its attempts: %w", err)
	}
	deliveries.LinkResends(d.Deliveries, d.Deliveries)
	return d, d.readVisit(db)
}
