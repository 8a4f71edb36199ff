package deliveries

import (
	"context"
	"time"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/models/ownership"
)

// Filter selects an account's deliveries. Empty fields select all.
type Filter struct {
	AccountID     string
	SiteID        string
	IntegrationID string
	State         State
	From, To      *time.Time // of CreatedAt, To is exclusive
	ConversionID  string
	IDs           []string // nil selects all
	Resent        *bool    // whether a resend has followed; nil selects both
}

// Deliveries lists deliveries, newest first.
func (s *Store) Deliveries(ctx context.Context, f Filter, page database.Page) (items []Delivery, next string, err error) {
	err = s.db.ReportTx(ctx, "listing deliveries", func(tx *gorm.DB) error {
		query, err := f.query(tx)
		if err != nil {
			return err
		}
		items, next, err = database.PageOfPeriod(query, page, f.From != nil || f.To != nil, "created_at",
			func(d Delivery) (time.Time, string) { return d.CreatedAt, d.ID })
		if err != nil {
			return err
		}
		return findResends(tx, items)
	})
	return items, next, err
}

// query returns the query of the filter.
func (f Filter) query(db *gorm.DB) (*gorm.DB, error) {
	query, err := ownership.HistoryOf(db, f.AccountID, f.SiteID)
	if err != nil {
		return nil, err
	}
	query = database.WhereSet(query, "integration_id = ?", f.IntegrationID)
	query = database.WhereSet(query, "state = ?", f.State)
	query = database.WhereSet(query, "conversion_id = ?", f.ConversionID)
	if f.IDs != nil {
		query = query.Where("id IN ?", f.IDs)
	}
	if f.Resent != nil && *f.Resent {
		query = query.Where("resent")
	} else if f.Resent != nil {
		query = query.Where("NOT resent")
	}
	return database.WhereBetween(query, "created_at", f.From, f.To), nil
}

// findResends sets ResentAs of deliveries.
func findResends(db *gorm.DB, of []Delivery) error {
	conversions := make([]string, 0, len(of))
	for _, d := range of {
		conversions = append(conversions, d.ConversionID)
	}
	var resends []Delivery
	err := db.Select("id", "conversion_id", "integration_id", "n").
		Where("n > 0 AND conversion_id IN ?", conversions).Find(&resends).Error
	LinkResends(of, resends)
	return err
}

// LinkResends sets ResentAs of each delivery to the next one of its conversion and
// integration.
func LinkResends(deliveries, resends []Delivery) {
	type place struct {
		conversion, integration string
		n                       int
	}
	ids := make(map[place]string, len(resends))
	for _, d := range resends {
		ids[place{d.ConversionID, d.IntegrationID, d.ResendNumber}] = d.ID
	}
	for i, d := range deliveries {
		deliveries[i].ResentAs = ids[place{d.ConversionID, d.IntegrationID, d.ResendNumber + 1}]
	}
}

// Delivery returns one delivery of an account with its last attempts.
func (s *Store) Delivery(ctx context.Context, accountID, id string) (Delivery, []Attempt, error) {
	var attempts []Attempt
	d, err := deliveryOf(s.db.Read(ctx), accountID, id)
	if err == nil {
		attempts, err = LastAttempts(s.db.Read(ctx), "deliveries.id = ?", id)
	}
	if err == nil {
		one := []Delivery{d}
		err = findResends(s.db.Read(ctx), one)
		d = one[0]
	}
	return d, attempts, s.db.WrapErr("reading a delivery", err)
}

func deliveryOf(db *gorm.DB, accountID, id string) (Delivery, error) {
	var d Delivery
	if err := db.Where("id = ?", id).Take(&d).Error; err != nil {
		return Delivery{}, database.NotFoundAs("no_such_delivery", err)
	}
	if err := ownership.CheckHistory(db, accountID, d.SiteID); err != nil {
		return Delivery{}, database.NotFoundAs("no_such_delivery", gorm.ErrRecordNotFound)
	}
	return d, nil
}
