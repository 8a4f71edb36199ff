package revenue

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/reports"
)

// Sums are the sums of all sites. They are safe for concurrent use, and their errors are
// those of the store that they are part of.
type Sums struct {
	db *database.DB

	mu      sync.Mutex
	failing map[string]time.Time // when a site is tried again, by its id
}

// New returns the sums of a database.
func New(db *database.DB) *Sums { return &Sums{db: db, failing: map[string]time.Time{}} }

// pause is how long a site is left alone whose days could not be added up. Without it, the
// other sites would wait for it (G6).
const pause = 10 * time.Minute

// mayWork reports whether a site is not left alone.
func (s *Sums) mayWork(siteID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.db.Now().Before(s.failing[siteID])
}

// ended notes whether the work on a site failed.
func (s *Sums) ended(siteID string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.failing, siteID)
	if err != nil {
		s.failing[siteID] = s.db.Now().Add(pause)
	}
}

// maxRepeated is how many marks a site has before repeated ones are dropped.
const maxRepeated = 200

// WorkRevenue adds up some of the stale days of each site, and reports whether more is
// left. Several processes may call it at once: a site that another one works on is left to
// it.
func (s *Sums) WorkRevenue(ctx context.Context) (more bool, err error) {
	sites, err := s.sitesToSum(ctx)
	if err != nil {
		return false, s.db.WrapErr("looking for stale days", err)
	}
	var errs []error
	for _, g := range sites { // an error of one delays no other (G6)
		if !s.mayWork(g.SiteID) {
			continue
		}
		left, err := s.workOn(ctx, g)
		s.ended(g.SiteID, err)
		if err != nil {
			errs = append(errs, fmt.Errorf("adding up the days of site %s: %w", g.SiteID, err))
		}
		more = more || left
	}
	err = errors.Join(errs...)
	return more && err == nil, err
}

// sitesToSum returns what is shown of the sites that have stale days that are over, stale
// months that have begun, or many repeated marks.
func (s *Sums) sitesToSum(ctx context.Context) ([]generation, error) {
	var marked []struct {
		SiteID     string
		Generation int64
		TimeZone   string
		Grain      string
		First      string
		Marks      int
	}
	err := s.db.Read(ctx).Table("revenue_stale").Select("revenue_stale.site_id, revenue_stale.generation, time_zone, grain, MIN(day) AS first, COUNT(*) AS marks").
		Joins("JOIN journey_rules ON journey_rules.site_id = revenue_stale.site_id AND journey_rules.generation = revenue_stale.generation AND state = 'serving'").
		Group("revenue_stale.site_id, revenue_stale.generation, time_zone, grain").Order("revenue_stale.site_id").Scan(&marked).Error
	var found []generation
	for _, m := range marked {
		g := generation{m.SiteID, m.Generation, m.TimeZone}
		today := reports.DayOf(s.db.Now(), g.zone())
		due := m.Grain == grainDay && m.First < today.String() || m.Grain == grainMonth && m.First <= today.Month().String() || m.Marks > maxRepeated
		if due && !slices.Contains(found, g) {
			found = append(found, g)
		}
	}
	return found, err
}

// workOn adds up some of the stale days of a site, and drops repeated marks of today.
func (s *Sums) workOn(ctx context.Context, g generation) (more bool, err error) {
	err = s.db.Tx(ctx, "adding up days", func(tx *gorm.DB) error {
		// The lock is that of the computing of journeys, which adds up days of its own.
		var locked []int64
		err := database.LockedSkip(tx).Table("journey_rules").Where("site_id = ? AND generation = ? AND state = 'serving'", g.SiteID, g.Generation).
			Pluck("generation", &locked).Error
		if err != nil || len(locked) == 0 {
			return err
		}
		if more, err = SumStale(tx, g.SiteID, g.Generation, g.TimeZone, s.db.Now()); err != nil || more {
			return err
		}
		return dropRepeated(tx, g, reports.DayOf(s.db.Now(), g.zone()).String())
	})
	return more, err
}

// dropRepeated leaves one mark of each of the days that are not over.
func dropRepeated(tx *gorm.DB, g generation, today string) error {
	err := tx.Exec(`DELETE FROM revenue_stale WHERE site_id = ? AND generation = ? AND grain = 'day' AND day >= ? AND seq NOT IN (
		SELECT MAX(seq) FROM revenue_stale WHERE site_id = ? AND generation = ? AND grain = 'day' AND day >= ? GROUP BY day)`,
		g.SiteID, g.Generation, today, g.SiteID, g.Generation, today).Error
	if err != nil {
		return fmt.Errorf("dropping repeated marks: %w", err)
	}
	return nil
}

// EraseSome removes some rows of a generation that is not shown any more, at most limit of
// one table, and reports whether there were any.
func EraseSome(tx *gorm.DB, siteID string, number int64, limit int) (erased bool, err error) {
	for _, table := range []struct{ name, key string }{
		{"revenue_stale", "seq"}, {"revenue_leads", "external_id"}, {"revenue_deals", "opportunity_id"},
	} {
		some := tx.Table(table.name).Select(table.key).Where("site_id = ? AND generation = ?", siteID, number).Limit(limit)
		done := tx.Exec("DELETE FROM "+table.name+" WHERE site_id = ? AND generation = ? AND "+table.key+" IN (?)", siteID, number, some)
		if done.Error != nil || done.RowsAffected > 0 {
			return true, done.Error
		}
	}
	for _, table := range []string{"revenue_days", "revenue_months"} {
		var first []struct{ Dimension, Day string }
		err := tx.Table(table).Select("dimension, day").Where("site_id = ? AND generation = ?", siteID, number).Order("dimension, day").Limit(1).Find(&first).Error
		if err == nil && len(first) > 0 {
			err = tx.Exec("DELETE FROM "+table+" WHERE site_id = ? AND generation = ? AND dimension = ? AND day = ?", siteID, number, first[0].Dimension, first[0].Day).Error
		}
		if err != nil || len(first) > 0 {
			return true, err
		}
	}
	return false, nil
}
