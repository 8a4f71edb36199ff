package models

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/models/journeys"
	"ringback/visits"
)

// PruneVisits erases up to limit sessions that are older than their site keeps them,
// and the visitors who have no other, and returns the number of these sessions. Those
// of deleted sites are erased too. Unread messages of that age are erased as well. Calls and leads stay, and so do sessions that are
// still needed.
func (s *Store) PruneVisits(ctx context.Context, limit int) (int, error) {
	if err := s.pruneForgotten(ctx); err != nil {
		return 0, err
	}
	if err := s.pruneUnread(ctx); err != nil {
		return 0, err
	}
	var sites []Site
	if err := s.db.Read(ctx).Select("id", "script").Order("id").Find(&sites).Error; err != nil {
		return 0, s.db.WrapErr("reading how long sites keep visits", err)
	}
	pruned := 0
	for _, site := range sites {
		if pruned >= limit {
			break
		}
		n, err := s.pruneSite(ctx, site, limit-pruned)
		if err != nil {
			return pruned, err
		}
		pruned += n
	}
	return pruned, nil
}

// pruneSite erases up to limit old sessions of a site, the oldest first. A site without
// a number of days keeps them all.
func (s *Store) pruneSite(ctx context.Context, site Site, limit int) (int, error) {
	if site.Script.KeepDays <= 0 {
		return 0, nil
	}
	now := s.db.Now()
	kept := now.Add(-time.Duration(site.Script.KeepDays) * 24 * time.Hour)
	needed := now.Add(-visits.ReleasedReach)
	var sessions []Session
	err := outlived(s.db.Read(ctx), site.ID, kept, needed).Order("started_at").Limit(limit).
		Select("id", "visitor_id").Find(&sessions).Error
	if err != nil || len(sessions) == 0 {
		return 0, s.db.WrapErr("looking for old visits", err)
	}
	sessionIDs, visitorIDs := make([]string, len(sessions)), make([]string, len(sessions))
	for i, x := range sessions {
		sessionIDs[i], visitorIDs[i] = x.ID, x.VisitorID
	}
	return len(sessions), s.db.Tx(ctx, "erasing old visits", func(tx *gorm.DB) error {
		if _, err := lockVisitors(tx, site.ID, visitorIDs...); err != nil {
			return err
		}
		if err := eraseSessions(tx, site.ID, sessionIDs); err != nil {
			return err
		}
		if err := journeys.MarkVisitors(tx, site.ID, visitorIDs); err != nil {
			return err
		}
		if err := eraseNobodys(tx, site.ID, kept, needed); err != nil {
			return err
		}
		var gone []string
		others := tx.Model(&Session{}).Select("visitor_id").Where("site_id = ? AND visitor_id IN ?", site.ID, visitorIDs)
		err := tx.Model(&Visitor{}).Where("site_id = ? AND id IN ? AND id NOT IN (?)", site.ID, visitorIDs, others).
			Order("id").Pluck("id", &gone).Error
		if err != nil || len(gone) == 0 {
			return err
		}
		return eraseVisitors(tx, site.ID, gone)
	})
}

// outlived returns a query for a site's sessions that are older than it keeps them and
// not needed any more: their visitor can call none of their numbers, and no call or
// lead of theirs is undecided.
func outlived(db *gorm.DB, siteID string, kept, needed time.Time) *gorm.DB {
	return db.Where("site_id = ? AND started_at < ? AND last_activity_at < ?", siteID, kept, kept).
		Where("NOT EXISTS (SELECT 1 FROM assignments a WHERE a.session_id = sessions.id AND a.held_until > ?)", needed).
		Where("NOT EXISTS (SELECT 1 FROM conversions c WHERE c.session_id = sessions.id AND c.session_id <> '' AND c.decided_at IS NULL)")
}

// eraseNobodys erases the assignments of forgotten visitors once no call can be to
// them.
func eraseNobodys(tx *gorm.DB, siteID string, kept, needed time.Time) error {
	err := tx.Where("session_id = '' AND site_id = ? AND held_until < ? AND held_until < ?", siteID, kept, needed).
		Delete(&Assignment{}).Error
	if err != nil {
		return fmt.Errorf("erasing nobody's assignments: %w", err)
	}
	return nil
}
