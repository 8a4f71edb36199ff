package figures

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/internal/fault"
	"ringback/models/database"
	"ringback/models/ownership"
	"ringback/reports"
)

// State is how far a series is.
type State string

// The states of a series.
const (
	Building State = "building" // its facts are being written
	Serving  State = "serving"  // reports are made of it
	Replaced State = "replaced" // another one has taken its place, its rows are being deleted
)

// Series is all facts of a site by one time zone and one set of rules.
type Series struct {
	ID               int64 `gorm:"primaryKey"`
	SiteID           string
	State            State
	TimeZone         string // IANA name
	AbandonedSeconds int    // unanswered calls that waited less were abandoned
	Position         string // while it is built: the last conversion whose facts are written
	Done, Total      int64  // while it is built: conversions whose facts are written, of so many
	CreatedAt        time.Time
	ServedAt         *time.Time // nil until it answers
}

// TableName returns the name of the table.
func (Series) TableName() string { return "report_series" }

// Zone returns the time zone of the series.
func (s Series) Zone() *time.Location { return reports.Zone(s.TimeZone) }

// defaultAbandonedSeconds is what providers use: docs/facts/reports.md.
const defaultAbandonedSeconds = 15

// Begin stores the series of a new site, which has nothing to count yet.
func Begin(tx *gorm.DB, siteID, zone string) error {
	now := tx.NowFunc()
	err := tx.Create(&Series{
		SiteID: siteID, State: Serving, TimeZone: zone, AbandonedSeconds: defaultAbandonedSeconds, ServedAt: &now,
	}).Error
	if err != nil {
		return fmt.Errorf("storing the series of a site: %w", err)
	}
	return nil
}

// Rules are what the facts of a series depend on, beside the conversions themselves.
type Rules struct {
	TimeZone         string
	AbandonedSeconds int
}

// Rebuild stores a new series to be built by changed rules, in place of another that is
// being built. It does nothing if the newest series has these rules. The transaction is
// the one that changes the rules.
func Rebuild(tx *gorm.DB, siteID string, change func(*Rules)) error {
	var all []Series
	err := database.Locked(tx).Where("site_id = ? AND state <> ?", siteID, Replaced).Order("id DESC").Find(&all).Error
	if err != nil || len(all) == 0 {
		return err
	}
	newest := Rules{TimeZone: all[0].TimeZone, AbandonedSeconds: all[0].AbandonedSeconds}
	wanted := newest
	if change(&wanted); wanted == newest {
		return nil
	}
	err = tx.Model(&Series{}).Where("site_id = ? AND state = ?", siteID, Building).Update("state", Replaced).Error
	if err != nil {
		return fmt.Errorf("ending the building of a series: %w", err)
	}
	if serving := all[len(all)-1]; serving.State == Serving && wanted == (Rules{serving.TimeZone, serving.AbandonedSeconds}) {
		return nil // back to the rules that answer
	}
	next := Series{SiteID: siteID, State: Building, TimeZone: wanted.TimeZone, AbandonedSeconds: wanted.AbandonedSeconds}
	return tx.Create(&next).Error
}

// SetRules changes the rules of a site's reports that are no settings of the site.
func (f *Figures) SetRules(ctx context.Context, accountID, siteID string, abandonedSeconds int) error {
	return f.db.Tx(ctx, "changing the rules of reports", func(tx *gorm.DB) error {
		if err := ownership.CheckSite(tx, accountID, siteID); err != nil {
			return err
		}
		return Rebuild(tx, siteID, func(r *Rules) { r.AbandonedSeconds = abandonedSeconds })
	})
}

// SeriesOf returns the series of a site that answers, nil if there is none yet, and the
// one that is being built, nil if there is none.
func (f *Figures) SeriesOf(ctx context.Context, accountID, siteID string) (serving, building *Series, err error) {
	db := f.db.Read(ctx)
	if err := ownership.CheckSite(db, accountID, siteID); err != nil {
		return nil, nil, f.db.WrapErr("reading the series of a site", err)
	}
	var all []Series
	err = db.Where("site_id = ? AND state <> ?", siteID, Replaced).Find(&all).Error
	for i := range all {
		if all[i].State == Serving {
			serving = &all[i]
		} else {
			building = &all[i]
		}
	}
	return serving, building, f.db.WrapErr("reading the series of a site", err)
}

// serving returns the series of a site that answers, fault.Unavailable while the first
// one is being built.
func serving(db *gorm.DB, accountID, siteID string) (Series, error) {
	if err := ownership.CheckSite(db, accountID, siteID); err != nil {
		return Series{}, err
	}
	found, err := database.First[Series](db.Where("site_id = ? AND state = ?", siteID, Serving))
	switch {
	case err != nil:
		return Series{}, err
	case found == nil:
		return Series{}, errFirstBuild()
	}
	return *found, nil
}

// errFirstBuild returns the error for a site without a series that answers.
func errFirstBuild() error {
	return fault.New(fault.Unavailable, "reports_being_built").After(time.Minute)
}

// BeingBuilt returns the ids of all series that are being built, the oldest first.
func (f *Figures) BeingBuilt(ctx context.Context) ([]Series, error) {
	var all []Series
	err := f.db.Read(ctx).Where("state = 'building'").Order("id").Find(&all).Error
	return all, f.db.WrapErr("looking for series to build", err)
}
