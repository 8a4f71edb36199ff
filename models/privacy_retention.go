package models

import (
	"context"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/models/journeys"
	"ringback/models/tracking"
	"ringback/visits"
)

// pruneJob names what one process does at a time: erasing what sites keep no longer.
const pruneJob = "retention"

// PruneVisits erases the sessions that are older than their site keeps them, and the
// visitors who have no other, and returns the number of these sessions. Those of deleted
// sites are erased too, and so are unread messages of that age. Calls and leads stay,
// and so do sessions that are still needed. Each transaction erases up to batch
// sessions of one site, and the sites take turns. It ends early if another process is
// erasing: what is left is that one's. An error of one site is returned after the
// others' sessions are erased.
func (s *Store) PruneVisits(ctx context.Context, batch int) (int, error) {
	if err := s.pruneForgotten(ctx); err != nil {
		return 0, err
	}
	if err := errors.Join(s.PruneJudged(ctx), s.pruneUnread(ctx)); err != nil {
		return 0, err
	}
	var sites []Site
	if err := s.db.Read(ctx).Select("id", "script").Order("id").Find(&sites).Error; err != nil {
		return 0, s.db.WrapErr("reading how long sites keep visits", err)
	}
	sites = slices.DeleteFunc(sites, func(site Site) bool { return site.Script.KeepDays <= 0 })
	pruned := 0
	var errs []error
	for len(sites) > 0 {
		var unfinished []Site
		for _, site := range sites {
			n, mine, err := s.pruneSite(ctx, site, batch)
			pruned += n
			if !mine || ctx.Err() != nil {
				return pruned, errors.Join(append(errs, err)...)
			}
			if err != nil {
				errs = append(errs, err)
			} else if n == batch {
				unfinished = append(unfinished, site)
			}
		}
		sites = unfinished
	}
	return pruned, errors.Join(errs...)
}

// pruneSite erases up to limit old sessions of a site, the oldest first, and returns
// their number. Mine is false if another process is erasing.
func (s *Store) pruneSite(ctx context.Context, site Site, limit int) (pruned int, mine bool, err error) {
	now := s.db.Now()
	kept := now.Add(-time.Duration(site.Script.KeepDays) * 24 * time.Hour)
	needed := now.Add(-visits.ReleasedReach)
	mine, err = s.db.PieceTx(ctx, "erasing old visits", pruneJob, func(tx *gorm.DB) (err error) {
		pruned, err = pruneSessions(tx, site.ID, kept, needed, limit)
		return err
	})
	if err != nil {
		return 0, mine, err
	}
	return pruned, mine, nil
}

// pruneSessions erases up to limit sessions that began before kept, with their visitors
// who have no other. Needed is the time until which numbers must have been held for a
// call to them to be still possible.
func pruneSessions(tx *gorm.DB, siteID string, kept, needed time.Time, limit int) (int, error) {
	var sessions []Session
	err := outlived(tx, siteID, kept, needed).Order("started_at").Limit(limit).
		Select("id", "visitor_id").Find(&sessions).Error
	if err != nil || len(sessions) == 0 {
		return 0, err
	}
	sessionIDs, visitorIDs := make([]string, len(sessions)), make([]string, len(sessions))
	for i, x := range sessions {
		sessionIDs[i], visitorIDs[i] = x.ID, x.VisitorID
	}
	if _, err := lockVisitors(tx, siteID, visitorIDs...); err != nil {
		return 0, err
	}
	if err := eraseSessions(tx, siteID, sessionIDs); err != nil {
		return 0, err
	}
	if err := journeys.MarkVisitors(tx, siteID, visitorIDs); err != nil {
		return 0, err
	}
	if err := tracking.EraseForgotten(tx, siteID, kept, needed); err != nil {
		return 0, err
	}
	var gone []string
	err = tx.Model(&Visitor{}).Where("site_id = ? AND id IN ?", siteID, visitorIDs).
		Where("NOT EXISTS (SELECT 1 FROM sessions x WHERE x.site_id = visitors.site_id AND x.visitor_id = visitors.id)").
		Order("id").Pluck("id", &gone).Error
	if err != nil || len(gone) == 0 {
		return len(sessions), err
	}
	return len(sessions), eraseVisitors(tx, siteID, gone)
}

// outlived returns a query for a site's sessions that are older than it keeps them and
// not needed any more: their visitor can call none of their numbers, and no call or
// lead of theirs is undecided.
func outlived(db *gorm.DB, siteID string, kept, needed time.Time) *gorm.DB {
	return db.Where("site_id = ? AND started_at < ? AND last_activity_at < ?", siteID, kept, kept).
		Where("NOT EXISTS (SELECT 1 FROM assignments a WHERE a.session_id = sessions.id AND a.held_until > ?)", needed).
		Where("NOT EXISTS (SELECT 1 FROM conversions c WHERE c.session_id = sessions.id AND c.session_id <> '' AND c.decided_at IS NULL)")
}
