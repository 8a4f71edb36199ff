package visitors

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/models/database"
)

// forgottenFor is how long nothing is stored of a visitor who withdrew consent. A
// view that is being sent, or waits in another tab, arrives by then.
const forgottenFor = 7 * 24 * time.Hour

// ForgottenVisitor is all that is kept of a visitor who withdrew consent, for as long
// as something of the visitor may still arrive. It does not show who it was.
type ForgottenVisitor struct {
	SiteID  string `gorm:"primaryKey"`
	Visitor string `gorm:"primaryKey"` // SHA-256 of the site's and the visitor's id, in hex
	Until   time.Time
}

// hashOfVisitor returns what stands for a visitor in a tombstone.
func hashOfVisitor(siteID, visitorID string) string {
	sum := sha256.Sum256([]byte(siteID + "/" + visitorID))
	return hex.EncodeToString(sum[:])
}

// KeepOut records that nothing of a visitor is to be stored any more. It
// locks the visitor's row, and makes one if there is none: an activity that is being
// stored at the same time is stored before, and erased, or comes after, and is left.
func (s *Store) KeepOut(tx *gorm.DB, siteID, visitorID string) error {
	now := s.db.Now()
	if err := upsertVisitor(tx, siteID, visitorID, now); err != nil {
		return err
	}
	err := tx.Clauses(clause.OnConflict{UpdateAll: true}).
		Create(&ForgottenVisitor{SiteID: siteID, Visitor: hashOfVisitor(siteID, visitorID), Until: now.Add(forgottenFor)}).Error
	if err != nil {
		return fmt.Errorf("storing whom to forget: %w", err)
	}
	return nil
}

// leaveForgotten reports whether a visitor withdrew consent, and erases the row that
// upsertVisitor has stored for such a visitor's activity. Only visitors without a
// session need to be looked up.
func (s *Store) leaveForgotten(tx *gorm.DB, siteID, visitorID string) (bool, error) {
	tombstone, err := database.First[ForgottenVisitor](tx.
		Where("site_id = ? AND visitor = ? AND until > ?", siteID, hashOfVisitor(siteID, visitorID), s.db.Now()))
	if err != nil {
		return false, fmt.Errorf("reading whether the visitor is forgotten: %w", err)
	}
	if tombstone == nil {
		return false, nil
	}
	if err := tx.Where("site_id = ? AND id = ?", siteID, visitorID).Delete(&Visitor{}).Error; err != nil {
		return false, fmt.Errorf("erasing the forgotten visitor: %w", err)
	}
	return true, nil
}

// PruneForgotten erases the tombstones whose time is over.
func (s *Store) PruneForgotten(ctx context.Context) error {
	err := s.db.Write(ctx).Where("until <= ?", s.db.Now()).Delete(&ForgottenVisitor{}).Error
	return s.db.WrapErr("erasing old tombstones", err)
}
