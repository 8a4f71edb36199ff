package revenue

import (
	"context"
	"time"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/reports"
)

// generation is the figures of a site that are shown.
type generation struct {
	SiteID     string
	Generation int64
	TimeZone   string
}

func (g generation) zone() *time.Location { return reports.Zone(g.TimeZone) }

// Order is by what the keys with the largest sums come first.
type Order struct {
	Figure reports.CreditID
	Model  string
	// Worth is what one minor unit of each currency is worth in one of them. Other currencies
	// do not count. It is nil if the figure is no money.
	Worth map[string]float64
}

// Query asks for the sums of a site.
type Query struct {
	Dimension Dimension
	Span      reports.Span
	ByDay     bool     // sums for each day, too
	Under     []string // only keys that begin with these values
	Like      string   // only keys with this text, in any case; empty means all
	Keys      []string // only these keys, nil means all
	Order     *Order   // nil means the order of the keys
	Limit     int      // how many keys, zero means all; it needs Order

	// Compared is another span in which the same keys are read, nil if there is none.
	Compared *reports.Span
}

// Answer is what a query was answered with.
type Answer struct {
	TimeZone string
	AsOf     time.Time // what happened until then is counted
	Values   []Value
	Compared []Value // of the span that is compared with
}

// Revenue returns sums of a site of an account. Those of a key follow each other.
func (s *Sums) Revenue(ctx context.Context, accountID, siteID string, queries ...Query) (answers []Answer, err error) {
	err = s.ReadRevenue(ctx, accountID, siteID, Whole, func(ask Ask) error {
		answers, err = ask(queries...)
		return err
	})
	return answers, err
}

// Ask returns the sums that some queries ask for.
type Ask func(queries ...Query) ([]Answer, error)

// ReadRevenue calls read once. All that it asks for is of the same moment, so that totals
// and rows fit together. Finest is the dimension with the longest keys that it asks for. An
// error of read is returned.
func (s *Sums) ReadRevenue(ctx context.Context, accountID, siteID string, finest Dimension, read func(Ask) error) error {
	return s.reading(ctx, accountID, siteID, finest, func(r *reading) error { return read(r.answers) })
}

// EachRevenue calls f with each value that a query finds, those of a key after each
// other. An error of f ends it and is returned.
func (s *Sums) EachRevenue(ctx context.Context, accountID, siteID string, q Query, f func(Value) error) error {
	return s.reading(ctx, accountID, siteID, q.Dimension, func(r *reading) error {
		if q.Span.Days() <= 0 {
			return nil
		}
		return r.each(q, f)
	})
}

// RevenueZone returns the time zone by whose days a site's figures count.
func (s *Sums) RevenueZone(ctx context.Context, accountID, siteID string) (*time.Location, error) {
	g, err := serving(s.db.Read(ctx), accountID, siteID)
	return g.zone(), s.db.WrapErr("reading the time zone of a report", err)
}

// serving returns the generation of a site that is shown. Its number is zero, which no row
// has, if nothing is computed yet.
func serving(db *gorm.DB, accountID, siteID string) (generation, error) {
	g := generation{SiteID: siteID}
	err := db.Table("sites").Select("time_zone").
		Where("id = ? AND account_id = ? AND deleted_at IS NULL", siteID, accountID).Take(&g.TimeZone).Error
	if err := database.NotFoundAs("no_such_site", err); err != nil {
		return g, err
	}
	found, err := database.First[generation](db.Table("journey_rules").Where("site_id = ? AND state = 'serving'", siteID))
	if err != nil || found == nil {
		return g, err
	}
	return *found, nil
}

// asOf returns until when everything is counted, but for what cannot be computed and is put
// off. If the sums of many days are stale, those of some are read nevertheless.
func (s *Sums) asOf(tx *gorm.DB, g generation) (time.Time, error) {
	var waiting, old []struct{ CreatedAt time.Time }
	err := tx.Table("journey_marks").Select("created_at").Where("site_id = ? AND due_at IS NULL", g.SiteID).Order("seq").Limit(1).Find(&waiting).Error
	if err != nil {
		return time.Time{}, err
	}
	var days int64
	marks := func() *gorm.DB {
		return tx.Table("revenue_stale").Where("site_id = ? AND generation = ? AND grain = 'day'", g.SiteID, g.Generation)
	}
	if err := marks().Distinct("day").Count(&days).Error; err != nil {
		return time.Time{}, err
	}
	if days > reports.MaxFresh {
		err = marks().Select("created_at").Order("seq").Limit(1).Find(&old).Error
	}
	until := s.db.Now()
	for _, mark := range append(waiting, old...) {
		if mark.CreatedAt.Before(until) {
			until = mark.CreatedAt
		}
	}
	return until, err
}
