package tracking

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/visits"
)

// Release ends the leases of sessions, a query for their ids, at a time. The numbers are not shown to others while
// the visitor, who may have noted the number, may still call.
func Release(tx *gorm.DB, siteID string, sessions *gorm.DB, now time.Time) error {
	err := tx.Model(&Number{}).Where("site_id = ? AND held_by IN (?)", siteID, sessions).
		UpdateColumns(map[string]any{
			"held_by":    "",
			"held_until": gorm.Expr("CASE WHEN held_until > ? THEN ? ELSE held_until END", now, now.Add(visits.NumberGrace)),
		}).Error
	if err != nil {
		return fmt.Errorf("releasing numbers: %w", err)
	}
	return nil
}

// ForgetHolders removes session and visitor from the assignments of sessions, a query for
// their ids, and ends them.
func ForgetHolders(tx *gorm.DB, siteID string, sessions *gorm.DB, now time.Time) error {
	err := tx.Model(&Assignment{}).Where("site_id = ? AND session_id IN (?)", siteID, sessions).
		UpdateColumns(map[string]any{
			"session_id": "", "visitor_id": "",
			"held_until": gorm.Expr("CASE WHEN held_until > ? THEN ? ELSE held_until END", now, now),
		}).Error
	if err != nil {
		return fmt.Errorf("removing visitors from assignments: %w", err)
	}
	return nil
}

// EraseNobodys erases the assignments of forgotten visitors that ended before the site
// keeps them and before a call may still be to them.
func EraseNobodys(tx *gorm.DB, siteID string, kept, needed time.Time) error {
	err := tx.Where("session_id = '' AND site_id = ? AND held_until < ? AND held_until < ?", siteID, kept, needed).
		Delete(&Assignment{}).Error
	if err != nil {
		return fmt.Errorf("erasing nobody's assignments: %w", err)
	}
	return nil
}
