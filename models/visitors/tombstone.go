package visitors

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
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

// leaveForgotten sets which of the visitors of activities withdrew consent, and erases the rows
// that upsertVisitors has stored for them. Newest has their newest sessions: only visitors without
// one need to be looked up.
func (s *Store) leaveForgotten(tx *gorm.DB, all []*Seen, newest map[string]*Session) error {
	all = slices.DeleteFunc(slices.Clone(all), func(seen *Seen) bool { return newest[seen.visitor()] != nil })
	if len(all) == 0 {
		return nil
	}
	hashes := make([][]string, len(all))
	for i, seen := range all {
		hashes[i] = []string{seen.Site.ID, hashOfVisitor(seen.Site.ID, seen.Activity.VisitorID)}
	}
	from, value := database.Listed(tx, "seen", []string{"site", "hash"}, hashes)
	var tombstones []ForgottenVisitor // compared with the time here: by a condition, PostgreSQL may read all that are in time
	err := tx.Raw("SELECT f.* FROM forgotten_visitors AS f JOIN "+from+" ON f.site_id = seen.site AND f.visitor = seen.hash", value).Scan(&tombstones).Error
	if err != nil {
		return fmt.Errorf("reading which visitors are forgotten: %w", err)
	}
	now := s.db.Now()
	for i, seen := range all {
		seen.IsForgotten = slices.ContainsFunc(tombstones, func(f ForgottenVisitor) bool {
			return f.SiteID == hashes[i][0] && f.Visitor == hashes[i][1] && f.Until.After(now)
		})
		if !seen.IsForgotten {
			continue
		}
		if err := tx.Where("site_id = ? AND id = ?", seen.Site.ID, seen.Activity.VisitorID).Delete(&Visitor{}).Error; err != nil {
			return fmt.Errorf("erasing the forgotten visitor: %w", err)
		}
	}
	return nil
}

// PruneForgotten erases the tombstones whose time is over, unless another process does.
func (s *Store) PruneForgotten(ctx context.Context) error {
	_, err := s.db.PieceTx(ctx, "erasing old tombstones", "tombstones", func(tx *gorm.DB) error {
		return tx.Where("until <= ?", s.db.Now()).Delete(&ForgottenVisitor{}).Error
	})
	return err
}
