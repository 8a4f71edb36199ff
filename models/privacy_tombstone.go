package models

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// forgottenFor is how long nothing is stored of a visitor who withdrew consent: a
// view that is under way, or waits in another tab, arrives by then.
const forgottenFor = 7 * 24 * time.Hour

// errForgotten undoes what an activity of a forgotten visitor would have stored.
var errForgotten = errors.New("the visitor withdrew consent")

// ForgottenVisitor is all that is left of a visitor who withdrew consent, for as
// long as something of the visitor may still arrive. It tells nobody who it was.
type ForgottenVisitor struct {
	SiteID  string `gorm:"primaryKey"`
	Visitor string `gorm:"primaryKey"` // SHA-256 of the site's and the visitor's id, in hex
	Until   time.Time
}

func hashOfVisitor(siteID, visitorID string) string {
	sum := sha256.Sum256([]byte(siteID + "/" + visitorID))
	return hex.EncodeToString(sum[:])
}

// keepOut keeps a visitor from coming back by what arrives later. The visitor's
// row is locked, and made where there is none: what is just being stored of the
// visitor is stored before, and erased, or after, and refused.
func (s *Store) storeTombstone(tx *gorm.DB, siteID, visitorID string) error {
	now := s.db.Now()
	if err := upsertVisitor(tx, siteID, visitorID, now); err != nil {
		return err
	}
	err := tx.Clauses(clause.OnConflict{UpdateAll: true}).
		Create(&ForgottenVisitor{SiteID: siteID, Visitor: hashOfVisitor(siteID, visitorID), Until: now.Add(forgottenFor)}).Error
	if err != nil {
		return fmt.Errorf("remembering whom to forget: %w", err)
	}
	return nil
}

// refuseForgotten returns errForgotten for a visitor who withdrew consent. Only
// visitors without a session need to be looked up.
func (s *Store) refuseForgotten(tx *gorm.DB, siteID, visitorID string) error {
	var found []ForgottenVisitor
	err := tx.Where("site_id = ? AND visitor = ? AND until > ?", siteID, hashOfVisitor(siteID, visitorID), s.db.Now()).
		Limit(1).Find(&found).Error
	if err != nil {
		return fmt.Errorf("looking whether the visitor is forgotten: %w", err)
	}
	if len(found) > 0 {
		return errForgotten
	}
	return nil
}

// withoutVisit makes the lead of a forgotten visitor one that nobody visited for:
// the owner was written to, and keeps what was written.
func (in *NewLead) withoutVisit(tx *gorm.DB) error {
	in.Raw, in.Lead.VisitorIDs = nil, nil // both hold who it was
	return eraseVisitors(tx, in.SiteID, []string{in.Activity.VisitorID})
}

// pruneForgotten erases what kept visitors out whose time is over.
func (s *Store) pruneForgotten(ctx context.Context) error {
	err := s.db.Write(ctx).Where("until <= ?", s.db.Now()).Delete(&ForgottenVisitor{}).Error
	return s.db.WrapErr("erasing which visitors were forgotten", err)
}
