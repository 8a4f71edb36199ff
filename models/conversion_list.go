package models

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/internal/delivery"
	"ringback/models/database"
)

// ConversionFilter picks an account's conversions; empty fields pick all.
type ConversionFilter struct {
	AccountID  string
	SiteID     string
	Kind       conversion.Kind
	State      ConversionState
	Tag        string     // the exact label, late ones included
	From, To   *time.Time // At: from inclusive, to exclusive
	ExternalID string
}

// Conversions lists conversions, those accepted last first.
func (s *Store) Conversions(ctx context.Context, f ConversionFilter, page Page) ([]Conversion, string, error) {
	query, err := s.ofAccount(ctx, f.AccountID, f.SiteID)
	if err != nil {
		return nil, "", s.db.WrapErr("listing conversions", err)
	}
	query = whereSet(query, "kind = ?", f.Kind)
	query = whereSet(query, "state = ?", f.State)
	query = whereSet(query, "external_id = ?", f.ExternalID)
	query = whereBetween(query, "at", f.From, f.To)
	if f.Tag != "" {
		tagged := s.db.Read(ctx).Model(&ConversionTag{}).Select("conversion_id").
			Where("conversion_tags.site_id = conversions.site_id AND label = ?", f.Tag)
		query = query.Where("id IN (?)", tagged)
	}
	items, next, err := database.PageByID(query, page, func(c Conversion) string { return c.ID })
	return items, next, s.db.WrapErr("listing conversions", err)
}

// ofAccount starts a query for what belongs to an account's site, or to all its
// sites when none is named. Deleted sites stay readable.
func (s *Store) ofAccount(ctx context.Context, accountID, siteID string) (*gorm.DB, error) {
	db := s.db.Read(ctx)
	if siteID == "" {
		return db.Where("site_id IN (?)", db.Model(&Site{}).Select("id").Where("account_id = ?", accountID)), nil
	}
	if _, err := anySiteOf(db, accountID, siteID); err != nil {
		return nil, err
	}
	return db.Where("site_id = ?", siteID), nil
}

// whereBetween adds the bounds of a time that are set.
func whereBetween(query *gorm.DB, column string, from, to *time.Time) *gorm.DB {
	if from != nil {
		query = query.Where(column+" >= ?", *from)
	}
	if to != nil {
		query = query.Where(column+" < ?", *to)
	}
	return query
}

// Detail is all that is stored of one conversion.
type Detail struct {
	Conversion   Conversion
	Site         Site
	Events       []EventRow
	Tags         []ConversionTag
	Decisions    []Decision
	Deliveries   []Delivery           // resends included
	Versions     []IntegrationVersion // those that the decisions were made by
	Attempts     []Attempt
	Session      *Session      // the visitor's on the web site; nil: none is known
	CalledNumber *CalledNumber // what the called number stands for; nil: it is none of the site's
}

// ConversionDetail reads one conversion of an account with all that belongs to it, in order of time.
func (s *Store) ConversionDetail(ctx context.Context, accountID, id string) (Detail, error) {
	d, err := readDetail(s.db.Read(ctx), accountID, id)
	return d, s.db.WrapErr("reading a conversion", err)
}

func readDetail(db *gorm.DB, accountID, id string) (d Detail, err error) {
	if err := db.Where("id = ?", id).Take(&d.Conversion).Error; err != nil {
		return Detail{}, database.NotFoundAs("conversion", err)
	}
	if err := db.Where("id = ? AND account_id = ?", d.Conversion.SiteID, accountID).Take(&d.Site).Error; err != nil {
		return Detail{}, database.NotFoundAs("conversion", err)
	}
	deliveries := db.Model(&Delivery{}).Select("id").Where("conversion_id = ?", id)
	versions := db.Model(&Decision{}).Select("integration_id, integration_version").Where("conversion_id = ?", id)
	for _, part := range []struct {
		into  any
		query *gorm.DB
	}{
		{&d.Events, db.Where("conversion_id = ?", id).Order("seq")},
		{&d.Tags, db.Where("conversion_id = ?", id).Order("at, label")},
		{&d.Decisions, db.Where("conversion_id = ?", id).Order("id")},
		{&d.Deliveries, db.Where("conversion_id = ?", id).Order("id")},
		{&d.Versions, db.Where("(integration_id, version) IN (?)", versions)},
		{&d.Attempts, db.Where("delivery_id IN (?)", deliveries).Order("started_at, id")},
	} {
		if err := part.query.Find(part.into).Error; err != nil {
			return Detail{}, fmt.Errorf("reading %T: %w", part.into, err)
		}
	}
	linkResends(d.Deliveries, d.Deliveries)
	return d, d.readVisit(db)
}

// DeliveryFilter picks an account's deliveries; empty fields pick all.
type DeliveryFilter struct {
	AccountID     string
	SiteID        string
	IntegrationID string
	State         DeliveryState
	From, To      *time.Time // CreatedAt: from inclusive, to exclusive
	ConversionID  string
	Resent        *bool // whether a resend has followed; nil: either
}

// Deliveries lists deliveries, newest first.
func (s *Store) Deliveries(ctx context.Context, f DeliveryFilter, page Page) ([]Delivery, string, error) {
	query, err := s.deliveriesBy(ctx, f)
	if err != nil {
		return nil, "", s.db.WrapErr("listing deliveries", err)
	}
	items, next, err := database.PageByID(query, page, func(d Delivery) string { return d.ID })
	if err == nil {
		err = findResends(s.db.Read(ctx), items)
	}
	return items, next, s.db.WrapErr("listing deliveries", err)
}

func (s *Store) deliveriesBy(ctx context.Context, f DeliveryFilter) (*gorm.DB, error) {
	query, err := s.ofAccount(ctx, f.AccountID, f.SiteID)
	if err != nil {
		return nil, err
	}
	query = whereSet(query, "integration_id = ?", f.IntegrationID)
	query = whereSet(query, "state = ?", f.State)
	query = whereSet(query, "conversion_id = ?", f.ConversionID)
	if f.Resent != nil && *f.Resent {
		query = query.Where(resentSince)
	} else if f.Resent != nil {
		query = query.Where(latestOnly)
	}
	return whereBetween(query, "created_at", f.From, f.To), nil
}

// findResends names the resends that followed deliveries.
func findResends(db *gorm.DB, of []Delivery) error {
	conversions := make([]string, 0, len(of))
	for _, d := range of {
		conversions = append(conversions, d.ConversionID)
	}
	var resends []Delivery
	err := db.Select("id", "conversion_id", "integration_id", "n").
		Where("n > 0 AND conversion_id IN ?", conversions).Find(&resends).Error
	linkResends(of, resends)
	return err
}

// linkResends returns each delivery the next one of its conversion and integration.
func linkResends(deliveries, resends []Delivery) {
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

// Delivery reads one delivery of an account with its attempts in order.
func (s *Store) Delivery(ctx context.Context, accountID, id string) (Delivery, []Attempt, error) {
	var attempts []Attempt
	d, err := deliveryOf(s.db.Read(ctx), accountID, id)
	if err == nil {
		err = s.db.Read(ctx).Where("delivery_id = ?", id).Order("number").Find(&attempts).Error
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
		return Delivery{}, database.NotFoundAs("delivery", err)
	}
	if _, err := anySiteOf(db, accountID, d.SiteID); err != nil {
		return Delivery{}, database.NotFoundAs("delivery", gorm.ErrRecordNotFound)
	}
	return d, nil
}

// Stats is the state of the whole service, for gauges.
type Stats struct {
	Conversions  map[ConversionState]int64 // those not done yet, by state
	OpenBreakers []string                  // integration ids
}

// Stats counts what is under way.
func (s *Store) Stats(ctx context.Context) (Stats, error) {
	stats := Stats{Conversions: map[ConversionState]int64{StateWaiting: 0, StateDispatching: 0}}
	var counts []struct {
		State ConversionState
		Count int64
	}
	db := s.db.Read(ctx)
	err := db.Model(&Conversion{}).Select("state, count(*) AS count").Where("state <> 'done'").
		Group("state").Find(&counts).Error
	for _, c := range counts {
		stats.Conversions[c.State] = c.Count
	}
	if err == nil {
		err = db.Model(&Breaker{}).Where("state = ?", delivery.BreakerOpen).Order("integration_id").
			Pluck("integration_id", &stats.OpenBreakers).Error
	}
	return stats, s.db.WrapErr("counting what is under way", err)
}
