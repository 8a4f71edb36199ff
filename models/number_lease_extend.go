package models

import (
	"fmt"

	"gorm.io/gorm"
)

// extendHolds lets a session have its numbers for longer, by an activity that is
// shown none. One that another session has taken by now stays that one's.
func (s *Store) renewLeases(tx *gorm.DB, plan SitePlan, session Session, a Activity) error {
	offers := plan.offersFor(session.Traffic)
	had, err := numbersHeld(tx, offers, session)
	if err != nil {
		return err
	}
	for _, o := range offers {
		if o.pool == nil || had[o.pool.ID].ID == "" {
			continue
		}
		if _, err := renew(tx, leaseFor(plan, *o.pool, session, a), had[o.pool.ID]); err != nil {
			return fmt.Errorf("keeping the session's number: %w", err)
		}
	}
	return nil
}
