package models

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/internal/ids"
	"ringback/models/database"
	"ringback/numbers"
)

// lease is the lease of a pool's number that a session needs.
type lease struct {
	numbers.Lease
	pool         Pool
	session      Session
	isNewAllowed bool // the session may get a number that it does not have yet
}

// leaseOutcome is what became of the lease that a session needs.
type leaseOutcome int

const (
	leaseRenewed   leaseOutcome = iota // the session keeps the number it has
	leaseNew                           // it got a number that it did not have
	leaseWithheld                      // it may not get one
	leaseExhausted                     // the pool had none free
)

// leaseFor returns the lease that a session needs of a pool's number at an activity.
func leaseFor(plan SitePlan, pool Pool, session Session, a Activity) lease {
	poolTime := time.Duration(pool.HoldMinutes) * time.Minute
	return lease{
		Lease: numbers.NewLease(a.Hit.At, session.LastActivityAt, poolTime, plan.Rules().Inactivity),
		pool:  pool, session: session, isNewAllowed: a.LeasesFrom == nil || a.LeasesFrom[pool.ID],
	}
}

// leasedNumbers returns the numbers that a session leased last, by their pools. The
// session may have lost one since.
func leasedNumbers(tx *gorm.DB, offers []numbers.Offer, session Session) (map[string]TrackingNumber, error) {
	var pools []string
	for _, o := range offers {
		if o.PoolID != "" {
			pools = append(pools, o.PoolID)
		}
	}
	if len(pools) == 0 {
		return nil, nil
	}
	var rows []TrackingNumber
	err := tx.Select("id", "number", "pool_id", "held_by", "held_until").
		Where("held_by = ? AND held_by <> '' AND pool_id IN ? AND enabled AND deleted_at IS NULL", session.ID, pools).
		Order("held_until").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading the session's numbers: %w", err)
	}
	byPool := make(map[string]TrackingNumber, len(rows))
	for _, n := range rows {
		byPool[n.PoolID] = n
	}
	return byPool, nil
}

// numberFor renews the session's lease of a number, or acquires a free one if it may
// have one. The number has no id if the session gets none.
func numberFor(tx *gorm.DB, l lease, leased TrackingNumber) (TrackingNumber, leaseOutcome, error) {
	if leased.ID != "" {
		if renewed, err := renew(tx, l, leased); err != nil || renewed {
			return leased, leaseRenewed, err
		}
	}
	if !l.isNewAllowed {
		return TrackingNumber{}, leaseWithheld, nil
	}
	number, err := acquireFree(tx, l)
	if err != nil || number.ID == "" {
		return TrackingNumber{}, leaseExhausted, err
	}
	return number, leaseNew, nil
}

// renewLeases renews the leases of a session's numbers at an activity that is shown
// none. A number that another session has leased by now is left to that session.
func (s *Store) renewLeases(tx *gorm.DB, plan SitePlan, session Session, a Activity) error {
	leased, err := leasedNumbers(tx, plan.offersFor(session.Traffic), session)
	if err != nil {
		return err
	}
	for _, id := range slices.Sorted(maps.Keys(leased)) {
		if _, err := renew(tx, leaseFor(plan, plan.pool(id), session, a), leased[id]); err != nil {
			return fmt.Errorf("renewing the lease of the session's number: %w", err)
		}
	}
	return nil
}

// renew extends the lease of a number. It returns false if the lease was over and
// another session has acquired the number in the meantime, or if the session has had
// the number for numbers.MaxLease.
func renew(tx *gorm.DB, l lease, n TrackingNumber) (bool, error) {
	until, isNeeded := l.Renewal(n.HeldUntil)
	if !isNeeded {
		return true, nil
	}
	current := tx.Model(&Assignment{}).Select("1").
		Where("session_id = ? AND number_id = ? AND held_until = ? AND held_from > ?", l.session.ID, n.ID, n.HeldUntil, l.From.Add(-numbers.MaxLease))
	updated := tx.Model(&TrackingNumber{}).Where("id = ? AND held_by = ? AND EXISTS (?)", n.ID, l.session.ID, current).UpdateColumn("held_until", until)
	if updated.Error != nil || updated.RowsAffected == 0 {
		return false, updated.Error
	}
	// Its last assignment ends with the lease.
	return true, tx.Model(&Assignment{}).
		Where("session_id = ? AND number_id = ? AND held_until = ?", l.session.ID, n.ID, n.HeldUntil).
		UpdateColumn("held_until", until).Error
}

// acquireFree leases the number that the visitor had last, if it is free, or else
// the one that has been free for longest. It skips numbers that others are just
// acquiring, so that first visits at the same time do not wait for each other.
// Waiting could deadlock: PostgreSQL keeps rows locked that turn out to be taken.
func acquireFree(tx *gorm.DB, l lease) (TrackingNumber, error) {
	had := tx.Model(&Assignment{}).Select("number_id").
		Where("site_id = ? AND visitor_id = ? AND pool_id = ?", l.session.SiteID, l.session.VisitorID, l.pool.ID).
		Order("held_from DESC").Limit(1)
	var free []TrackingNumber
	err := database.LockedSkip(tx).Select("id", "number").
		Where("pool_id = ? AND pool_id <> '' AND site_id = ? AND enabled AND deleted_at IS NULL", l.pool.ID, l.session.SiteID).
		Where("held_until IS NULL OR held_until <= ?", l.From).
		Order(clause.OrderBy{Expression: clause.Expr{SQL: "id = (?) DESC, held_until IS NOT NULL, held_until, id", Vars: []any{had}}}).
		Limit(1).Find(&free).Error
	if err != nil || len(free) == 0 {
		return TrackingNumber{}, err
	}
	return free[0], acquire(tx, l, free[0])
}

// acquire leases a locked, free number to the session.
func acquire(tx *gorm.DB, l lease, n TrackingNumber) error {
	err := tx.Model(&TrackingNumber{}).Where("id = ?", n.ID).
		UpdateColumns(map[string]any{"held_by": l.session.ID, "held_until": l.Until}).Error
	if err != nil {
		return err
	}
	return tx.Create(&Assignment{
		ID: ids.New(ids.Assignment), SiteID: l.session.SiteID, NumberID: n.ID, PoolID: l.pool.ID,
		SessionID: l.session.ID, VisitorID: l.session.VisitorID, From: l.From, Until: l.Until,
	}).Error
}
