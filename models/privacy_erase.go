package models

import (
	"context"
	"fmt"

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
	return s.db.Tx(ctx, "forgetting a visitor", func(tx *gorm.DB) error {
		if err := s.storeTombstone(tx, siteID, visitorID); err != nil {
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
		err := tx.Model(&EventRow{}).Where("lead IS NOT NULL AND conversion_id IN (?)", leads).Update("raw", nil).Error
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
	now := s.db.Now()
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
	now := s.db.Now()
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
	if err := erasePeople(tx, siteID, visitorIDs); err != nil {
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
