package models

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"ringback/models/figures"
	"ringback/models/judged"
	"ringback/models/tracking"
	"ringback/models/visitors"
)

// ForgetVisitor erases a visitor who withdrew consent: the sessions and what was done
// in them, third parties' ids, and the person. The assignments of numbers stay without
// the visitor, so that a call to one of the numbers is not taken for another
// visitor's. Calls and leads stay, except for the raw bodies of the leads, which
// contain the visitor's id. Messages that could not be read and mention the visitor
// are erased, because nothing can be left out of them. Nothing is stored of the visitor if something arrives
// later.
func (s *Store) ForgetVisitor(ctx context.Context, siteID, visitorID string) error {
	return s.db.Tx(ctx, "forgetting a visitor", func(tx *gorm.DB) error {
		if err := s.siteVisitors.KeepOut(tx, siteID, visitorID); err != nil {
			return err
		}
		sessions := func() *gorm.DB {
			return tx.Model(&visitors.Session{}).Select("id").Where("site_id = ? AND visitor_id = ?", siteID, visitorID)
		}
		if err := eraseUnreadOf(tx, siteID, visitorID); err != nil { // before what they are found by is erased
			return err
		}
		leads := tx.Model(&Conversion{}).Select("id").
			Where("site_id = ? AND session_id <> '' AND session_id IN (?)", siteID, sessions())
		err := tx.Model(&EventRow{}).Where("lead IS NOT NULL AND conversion_id IN (?)", leads).Update("raw", nil).Error
		if err != nil {
			return fmt.Errorf("erasing raw leads: %w", err)
		}
		if err := errors.Join(figures.Forget(tx, siteID, sessions()), judged.Forget(tx, siteID, sessions())); err != nil {
			return err
		}
		if err := tracking.Release(tx, siteID, sessions(), s.db.Now()); err != nil {
			return err
		}
		if err := tracking.ForgetHolders(tx, siteID, sessions(), s.db.Now()); err != nil {
			return err
		}
		if err := visitors.EraseSessions(tx, siteID, sessions()); err != nil {
			return err
		}
		return visitors.Erase(tx, siteID, []string{visitorID}) // last: it locks the people of the site until the end
	})
}
