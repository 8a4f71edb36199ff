package models

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
)

// Shown is a number that a visitor is shown in the place of others.
type DisplayedNumber struct {
	Replaces []string // E.164, those on the page
	Number   string   // E.164
	NumberID string   // empty: it is the pool's default number
	PoolID   string   // empty: a number of its own
}

// showNumbers returns the numbers that a session is shown with an activity, and the
// pools that had none free for it. It hands out numbers of pools: no number is
// ever a second session's before the first one's time with it is over
// (requirement M10).
func (s *Store) showNumbers(tx *gorm.DB, plan SitePlan, session Session, a Activity) ([]DisplayedNumber, []string, error) {
	offers := plan.offersFor(session.Traffic)
	had, err := numbersHeld(tx, offers, session)
	if err != nil {
		return nil, nil, err
	}
	var shown []DisplayedNumber
	var dry []string
	for _, o := range offers {
		if o.pool == nil {
			shown = append(shown, DisplayedNumber{Replaces: o.replaces, Number: o.number.Number, NumberID: o.number.ID})
			continue
		}
		number, isDry, err := numberFor(tx, leaseFor(plan, *o.pool, session, a), had[o.pool.ID])
		if err != nil {
			return nil, nil, fmt.Errorf("finding a number of the pool: %w", err)
		}
		if isDry {
			dry = append(dry, o.pool.ID)
		}
		if number.ID == "" {
			number.Number = o.pool.DefaultNumber
		}
		if number.Number != "" {
			shown = append(shown, DisplayedNumber{Replaces: o.replaces, Number: number.Number, NumberID: number.ID, PoolID: o.pool.ID})
		}
	}
	return shown, dry, countExhausted(tx, dry, a.Hit.At)
}

// countDry counts that pools had no number free. It comes last: the pool's row
// is locked from here to the end of the transaction only.
func countExhausted(tx *gorm.DB, pools []string, at time.Time) error {
	slices.Sort(pools) // two sessions lock them in the same order
	for _, id := range pools {
		err := tx.Model(&Pool{}).Where("id = ?", id).
			UpdateColumns(map[string]any{"ran_dry": gorm.Expr("ran_dry + 1"), "ran_dry_at": at}).Error
		if err != nil {
			return fmt.Errorf("counting that the pool ran dry: %w", err)
		}
	}
	return nil
}
