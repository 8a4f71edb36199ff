package visitors

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/identity"
)

// PersonClaim is a phone number or an e-mail address that a visitor wrote in a form.
// It proves nothing: the first visitor who wrote it may be anybody. Later claims of
// the same contact are not stored.
type PersonClaim struct {
	SiteID    string `gorm:"primaryKey"`
	Key       string `gorm:"primaryKey"` // as returned by identity.PhoneKey and EmailKey
	VisitorID string
	CreatedAt time.Time
}

// ClaimContacts stores that a visitor wrote these contacts in a form, for those that
// nobody has claimed before. Empty keys are left out, and so are the keys of the
// site's own numbers. Nothing is stored for a visitor who has been forgotten in the
// meantime, or whose claims are identity.MaxClaims already.
func (s *Store) ClaimContacts(tx *gorm.DB, siteID, visitorID string, contacts ...string) error {
	contacts, err := withoutOwnNumbers(tx, siteID, identity.Keys(contacts...))
	if err != nil || len(contacts) == 0 || visitorID == "" {
		return err
	}
	if known, err := Lock(tx, siteID, visitorID); err != nil || len(known) == 0 {
		return err
	}
	var claimed []string
	err = tx.Model(&PersonClaim{}).Where("site_id = ? AND visitor_id = ?", siteID, visitorID).Pluck("key", &claimed).Error
	if err != nil {
		return fmt.Errorf("reading what a visitor wrote before: %w", err)
	}
	contacts = slices.DeleteFunc(contacts, func(key string) bool { return slices.Contains(claimed, key) })
	contacts = contacts[:min(len(contacts), max(0, identity.MaxClaims-len(claimed)))]
	for _, key := range contacts {
		claim := PersonClaim{SiteID: siteID, Key: key, VisitorID: visitorID, CreatedAt: s.db.Now()}
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&claim).Error; err != nil {
			return fmt.Errorf("storing what a visitor wrote: %w", err)
		}
	}
	return nil
}

// eraseClaims erases what these visitors wrote.
func eraseClaims(tx *gorm.DB, siteID string, visitorIDs []string) error {
	if err := tx.Where("site_id = ? AND visitor_id IN ?", siteID, visitorIDs).Delete(&PersonClaim{}).Error; err != nil {
		return fmt.Errorf("erasing what visitors wrote: %w", err)
	}
	return nil
}
