package models

import (
	"time"

	"gorm.io/gorm"
)

// Shown is a number that a visitor is shown in the place of others.
type Shown struct {
	Replaces []string // E.164, those on the page
	Number   string   // E.164
	NumberID string   // empty: it is the pool's default number
	PoolID   string   // empty: a number of its own
}

// showNumbers gives the numbers that a session is shown at this time, and the
// pools that had none free for it.
func (s *Store) showNumbers(tx *gorm.DB, plan SitePlan, session Session, at time.Time) ([]Shown, []string, error) {
	return nil, nil, nil
}
