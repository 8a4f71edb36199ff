package models

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
)

// DisplayedNumber is a number that a visitor is shown in place of others.
type DisplayedNumber struct {
	Replaces []string // E.164, the numbers on the page
	Number   string   // E.164
	NumberID string   // empty for the default number of the pool
	PoolID   string   // empty for a number of its own
}

// showNumbers returns the numbers that a session is shown with an activity, and the
// pools that had none free for it. It leases numbers of pools: no number is ever
// leased to a second session before the lease of the first one is over (M10).
func (s *Store) showNumbers(tx *gorm.DB, plan SitePlan, session Session, a Activity) ([]DisplayedNumber, []string, error) {
	offers := plan.offersFor(session.Traffic)
	leased, err := leasedNumbers(tx, offers, session)
	if err != nil {
		return nil, nil, err
	}
	var shown []DisplayedNumber
	var exhausted []string
	for _, o := range offers {
		if o.PoolID == "" {
			shown = append(shown, DisplayedNumber{Replaces: o.Replaces, Number: plan.number(o.NumberID).Number, NumberID: o.NumberID})
			continue
		}
		pool := plan.pool(o.PoolID)
		number, isExhausted, err := numberFor(tx, leaseFor(plan, pool, session, a), leased[pool.ID])
		if err != nil {
			return nil, nil, fmt.Errorf("finding a number of the pool: %w", err)
		}
		if isExhausted {
			exhausted = append(exhausted, pool.ID)
		}
		if number.ID == "" {
			number.Number = pool.DefaultNumber
		}
		if number.Number != "" {
			shown = append(shown, DisplayedNumber{Replaces: o.Replaces, Number: number.Number, NumberID: number.ID, PoolID: pool.ID})
		}
	}
	return shown, exhausted, countExhausted(tx, exhausted, a.Hit.At)
}

// countExhausted counts that pools had no number free. It comes last: the rows of
// the pools are locked from here to the end of the transaction only.
func countExhausted(tx *gorm.DB, pools []string, at time.Time) error {
	slices.Sort(pools) // all transactions lock them in the same order
	for _, id := range pools {
		err := tx.Model(&Pool{}).Where("id = ?", id).
			UpdateColumns(map[string]any{"ran_dry": gorm.Expr("ran_dry + 1"), "ran_dry_at": at}).Error
		if err != nil {
			return fmt.Errorf("counting that the pool was exhausted: %w", err)
		}
	}
	return nil
}
