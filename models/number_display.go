package models

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/models/tracking"
	"ringback/models/visitors"
	"ringback/models/websites"
	"ringback/numbers"
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
func (s *Store) showNumbers(tx *gorm.DB, plan websites.Plan, session visitors.Session, a Activity, result *ActivityResult) error {
	offers := plan.OffersFor(session.Traffic)
	leased, err := tracking.LeasedBy(tx, session.ID, poolsOf(offers))
	if err != nil {
		return err
	}
	for _, o := range offers {
		if o.PoolID == "" {
			result.Numbers = append(result.Numbers, DisplayedNumber{Replaces: o.Replaces, Number: plan.Number(o.NumberID).Number, NumberID: o.NumberID})
			continue
		}
		pool := plan.Pool(o.PoolID)
		number, outcome, err := leaseFor(plan, pool, session, a).Number(tx, leased[pool.ID])
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
	return tracking.CountExhausted(tx, result.Exhausted, a.Hit.At)
}

// count adds what became of the lease of one pool's number.
func (r *ActivityResult) count(poolID string, outcome tracking.LeaseOutcome) {
	switch outcome {
	case tracking.LeaseNew:
		r.Leased = append(r.Leased, poolID)
	case tracking.LeaseWithheld:
		r.Withheld = true
	case tracking.LeaseExhausted:
		r.Exhausted = append(r.Exhausted, poolID)
	case tracking.LeaseRenewed:
	}
}

// poolsOf returns the ids of the pools among offers.
func poolsOf(offers []numbers.Offer) (pools []string) {
	for _, o := range offers {
		if o.PoolID != "" {
			pools = append(pools, o.PoolID)
		}
	}
	return pools
}

// leaseFor returns the lease that a session needs of a pool's number at an activity.
func leaseFor(plan websites.Plan, pool tracking.Pool, session visitors.Session, a Activity) tracking.Lease {
	poolTime := time.Duration(pool.HoldMinutes) * time.Minute
	return tracking.Lease{
		Lease: numbers.NewLease(a.Hit.At, session.LastActivityAt, poolTime, plan.Rules().Inactivity),
		Pool:  pool, Holder: tracking.Holder{SiteID: session.SiteID, SessionID: session.ID, VisitorID: session.VisitorID},
		IsNewAllowed: a.LeasesFrom == nil || a.LeasesFrom[pool.ID],
	}
}

// renewLeases renews the leases of a session's numbers at an activity that is shown
// none. A number that another session has leased by now is left to that session.
func (s *Store) renewLeases(tx *gorm.DB, plan websites.Plan, session visitors.Session, a Activity) error {
	leased, err := tracking.LeasedBy(tx, session.ID, poolsOf(plan.OffersFor(session.Traffic)))
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(leased)) {
		if _, err := leaseFor(plan, plan.Pool(id), session, a).Renew(tx, leased[id]); err != nil {
			return fmt.Errorf("renewing the lease of the session's number: %w", err)
		}
	}
	return nil
}
