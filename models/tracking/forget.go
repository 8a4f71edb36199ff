package tracking

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/visits"
)

// Release ends the leases of sessions. Sessions is a query for their ids. A number that is
// still leased is shown to nobody else for visits.NumberGrace, because the visitor may have
// noted it and call.
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

// ForgetHolders removes session and visitor from the assignments of sessions, and ends the
// assignments. Sessions is a query for the ids of the sessions.
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

// EraseForgotten erases the assignments of forgotten visitors that ended before both times.
// The site keeps what is newer than kept, and a call may still be attributed by what is newer
// than needed.
func EraseForgotten(tx *gorm.DB, siteID string, kept, needed time.Time) error {
	err := tx.Where("session_id = '' AND site_id = ? AND held_until < ? AND held_until < ?", siteID, kept, needed).
		Delete(&Assignment{}).Error
	if err != nil {
		return fmt.Errorf("erasing the assignments of forgotten visitors: %w", err)
	}
	return nil
}
