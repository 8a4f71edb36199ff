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

// showNumbers adds to the result the numbers that a session is shown with an activity,
// and what became of the pools. It leases numbers of pools: no number is ever
// leased to a second session before the lease of the first one is over (M10).
func (s *Store) showNumbers(tx *gorm.DB, plan SitePlan, session Session, a Activity, result *ActivityResult) error {
	offers := plan.offersFor(session.Traffic)
	leased, err := leasedNumbers(tx, offers, session)
	if err != nil {
		return err
	}
	for _, o := range offers {
		if o.PoolID == "" {
			result.Numbers = append(result.Numbers, DisplayedNumber{Replaces: o.Replaces, Number: plan.number(o.NumberID).Number, NumberID: o.NumberID})
			continue
		}
		pool := plan.pool(o.PoolID)
		number, outcome, err := numberFor(tx, leaseFor(plan, pool, session, a), leased[pool.ID])
		if err != nil {
			return fmt.Errorf("finding a number of the pool: %w", err)
		}
		result.count(pool.ID, outcome)
		if number.ID == "" {
			number.Number = pool.DefaultNumber
		}
		if number.Number != "" {
			result.Numbers = append(result.Numbers, DisplayedNumber{Replaces: o.Replaces, Number: number.Number, NumberID: number.ID, PoolID: pool.ID})
		}
	}
	return countExhausted(tx, result.Exhausted, a.Hit.At)
}

// count adds what became of the lease of one pool's number.
func (r *ActivityResult) count(poolID string, outcome leaseOutcome) {
	switch outcome {
	case leaseNew:
		r.Leased = append(r.Leased, poolID)
	case leaseWithheld:
		r.Withheld = true
	case leaseExhausted:
		r.Exhausted = append(r.Exhausted, poolID)
	case leaseRenewed:
	}
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
