package models

import (
	"fmt"
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

// shown is a session that is shown numbers with an activity, and the result to which they are
// added.
type shown struct {
	plan     websites.Plan
	session  visitors.Session
	activity Activity
	result   *ActivityResult
	offers   []numbers.Offer
	leases   map[string]*tracking.Lease // by pool
}

// showNumbers adds to the results the numbers that sessions are shown, and what became of the
// pools. It leases numbers of pools: no number is ever leased to a second session before the
// lease of the first one is over (M10). Pools that are exhausted are counted last: others wait
// for their rows until the transaction ends.
func (s *Store) showNumbers(tx *gorm.DB, all []*shown) error {
	var leases []*tracking.Lease
	for _, x := range all {
		x.offers, x.leases = x.plan.OffersFor(x.session.Traffic), map[string]*tracking.Lease{}
		for _, pool := range poolsOf(x.offers) {
			l := leaseFor(x.plan, x.plan.Pool(pool), x.session, x.activity)
			x.leases[pool], leases = &l, append(leases, &l)
		}
	}
	if err := tracking.LeaseAll(tx, leases); err != nil {
		return fmt.Errorf("finding numbers of pools: %w", err)
	}
	exhausted, last := map[string]int{}, time.Time{}
	for _, x := range all {
		x.addNumbers()
		for _, pool := range x.result.Exhausted {
			exhausted[pool]++
		}
		if at := x.activity.Hit.At; at.After(last) {
			last = at
		}
	}
	return tracking.CountExhausted(tx, exhausted, last)
}

// addNumbers adds the numbers of the offers to the result.
func (x *shown) addNumbers() {
	for _, o := range x.offers {
		if o.PoolID == "" {
			x.result.Numbers = append(x.result.Numbers, DisplayedNumber{Replaces: o.Replaces, Number: x.plan.Number(o.NumberID).Number, NumberID: o.NumberID})
			continue
		}
		l := x.leases[o.PoolID]
		x.result.count(o.PoolID, l.Outcome)
		number := l.Number
		if number.ID == "" {
			number.Number = l.Pool.DefaultNumber
		}
		if number.Number != "" {
			x.result.Numbers = append(x.result.Numbers, DisplayedNumber{Replaces: o.Replaces, Number: number.Number, NumberID: number.ID, PoolID: o.PoolID})
		}
	}
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
	pools := poolsOf(plan.OffersFor(session.Traffic))
	if len(pools) == 0 {
		return nil
	}
	leased, err := tracking.LeasedBy(tx, session.ID)
	if err != nil {
		return err
	}
	slices.Sort(pools)
	for _, id := range pools {
		l := leaseFor(plan, plan.Pool(id), session, a)
		if l.Number = leased[session.ID][id]; l.Number.ID == "" {
			continue
		}
		if _, err := l.Renew(tx); err != nil {
			return fmt.Errorf("renewing the lease of the session's number: %w", err)
		}
	}
	return nil
}
