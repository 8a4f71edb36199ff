package models

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/visits"
)

// ForgetVisitor erases a visitor who withdrew consent: the sessions, what was
// done in them, what third parties call the visitor, and who the visitor is. When
// the visitor was shown which numbers stays, as nobody's: a call to one of them
// is no other visitor's. Calls and leads stay, but for the raw bodies of those
// leads: they hold the visitor's id. What arrives of the visitor later brings
// nobody back.
func (s *Store) ForgetVisitor(ctx context.Context, siteID, visitorID string) error {
	return s.inTx(ctx, "forgetting a visitor", func(tx *gorm.DB) error {
		if err := s.keepOut(tx, siteID, visitorID); err != nil {
			return err
		}
		sessions := func() *gorm.DB {
			return tx.Model(&Session{}).Select("id").Where("site_id = ? AND visitor_id = ?", siteID, visitorID)
		}
		if err := eraseVisitors(tx, siteID, []string{visitorID}); err != nil {
			return err
		}
		leads := tx.Model(&Conversion{}).Select("id").
			Where("site_id = ? AND session_id <> '' AND session_id IN (?)", siteID, sessions())
		err := tx.Model(&Event{}).Where("lead IS NOT NULL AND conversion_id IN (?)", leads).Update("raw", nil).Error
		if err != nil {
			return fmt.Errorf("erasing raw leads: %w", err)
		}
		if err := s.releaseNumbers(tx, siteID, sessions()); err != nil {
			return err
		}
		if err := s.forgetHolders(tx, siteID, sessions()); err != nil {
			return err
		}
		return eraseSessions(tx, siteID, sessions())
	})
}

// releaseNumbers takes their numbers from sessions. Nobody is shown them while
// the visitor, who still has the number at hand, may call.
func (s *Store) releaseNumbers(tx *gorm.DB, siteID string, sessions *gorm.DB) error {
	now := s.now()
	err := tx.Model(&TrackingNumber{}).Where("site_id = ? AND held_by IN (?)", siteID, sessions).
		UpdateColumns(map[string]any{
			"held_by":    "",
			"held_until": gorm.Expr("CASE WHEN held_until > ? THEN ? ELSE held_until END", now, now.Add(visits.NumberGrace)),
		}).Error
	if err != nil {
		return fmt.Errorf("releasing numbers: %w", err)
	}
	return nil
}

// forgetHolders makes the assignments of sessions nobody's, and ends them.
func (s *Store) forgetHolders(tx *gorm.DB, siteID string, sessions *gorm.DB) error {
	now := s.now()
	err := tx.Model(&Assignment{}).Where("site_id = ? AND session_id IN (?)", siteID, sessions).
		UpdateColumns(map[string]any{
			"session_id": "", "visitor_id": "",
			"held_until": gorm.Expr("CASE WHEN held_until > ? THEN ? ELSE held_until END", now, now),
		}).Error
	if err != nil {
		return fmt.Errorf("forgetting who had numbers: %w", err)
	}
	return nil
}

// eraseSessions erases sessions, a list or a query, with all that happened in them.
func eraseSessions(tx *gorm.DB, siteID string, sessions any) error {
	for _, part := range []any{&PageView{}, &Assignment{}} {
		if err := tx.Where("site_id = ? AND session_id IN (?)", siteID, sessions).Delete(part).Error; err != nil {
			return fmt.Errorf("erasing %T: %w", part, err)
		}
	}
	if err := tx.Where("site_id = ? AND id IN (?)", siteID, sessions).Delete(&Session{}).Error; err != nil {
		return fmt.Errorf("erasing sessions: %w", err)
	}
	return nil
}

// eraseVisitors erases visitors, and who they are known to be.
func eraseVisitors(tx *gorm.DB, siteID string, visitorIDs []string) error {
	if err := forgetPeople(tx, siteID, visitorIDs); err != nil {
		return err
	}
	if err := tx.Where("site_id = ? AND visitor_id IN ?", siteID, visitorIDs).Delete(&VisitorID{}).Error; err != nil {
		return fmt.Errorf("erasing visitors' ids: %w", err)
	}
	if err := tx.Where("site_id = ? AND id IN ?", siteID, visitorIDs).Delete(&Visitor{}).Error; err != nil {
		return fmt.Errorf("erasing visitors: %w", err)
	}
	return nil
}

// PruneVisits erases up to limit sessions that are older than their site keeps
// them, and the visitors who have no other; it says how many sessions those
// were. Those of deleted sites go too. Calls and leads stay.
func (s *Store) PruneVisits(ctx context.Context, limit int) (int, error) {
	if err := s.pruneForgotten(ctx); err != nil {
		return 0, err
	}
	var sites []Site
	if err := s.read(ctx).Select("id", "script").Order("id").Find(&sites).Error; err != nil {
		return 0, s.problem("reading how long sites keep visits", err)
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

// pruneSite erases up to limit old sessions of a site, the oldest first. A site
// that keeps them for no number of days keeps them all.
func (s *Store) pruneSite(ctx context.Context, site Site, limit int) (int, error) {
	if site.Script.KeepDays <= 0 {
		return 0, nil
	}
	kept := s.now().Add(-time.Duration(site.Script.KeepDays) * 24 * time.Hour)
	old := func(db *gorm.DB) *gorm.DB {
		return db.Where("site_id = ? AND started_at < ? AND last_activity_at < ?", site.ID, kept, kept).
			Order("started_at").Limit(limit)
	}
	var sessions []Session
	if err := old(s.read(ctx)).Select("id", "visitor_id").Find(&sessions).Error; err != nil || len(sessions) == 0 {
		return 0, s.problem("looking for old visits", err)
	}
	sessionIDs, visitorIDs := make([]string, len(sessions)), make([]string, len(sessions))
	for i, x := range sessions {
		sessionIDs[i], visitorIDs[i] = x.ID, x.VisitorID
	}
	return len(sessions), s.inTx(ctx, "erasing old visits", func(tx *gorm.DB) error {
		if _, err := lockVisitors(tx, site.ID, visitorIDs...); err != nil {
			return err
		}
		if err := eraseSessions(tx, site.ID, sessionIDs); err != nil {
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
