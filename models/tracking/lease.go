package tracking

import (
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/internal/ids"
	"ringback/models/database"
	"ringback/numbers"
)

// Lease is the lease of a pool's number that a session needs.
type Lease struct {
	numbers.Lease
	Pool         Pool
	Holder       Holder
	IsNewAllowed bool // the session may get a number that it does not have yet
}

// Holder is the session that a number is leased to.
type Holder struct {
	SiteID    string
	SessionID string
	VisitorID string
}

// LeaseOutcome is what became of the lease that a session needs.
type LeaseOutcome int

// What can become of a lease.
const (
	LeaseRenewed   LeaseOutcome = iota // the session keeps the number it has
	LeaseNew                           // it got a number that it did not have
	LeaseWithheld                      // it may not get one
	LeaseExhausted                     // the pool had none free
)

// LeasedBy returns the numbers of these pools that a session leased last, by their
// pools. The session may have lost one since.
func LeasedBy(tx *gorm.DB, sessionID string, pools []string) (map[string]Number, error) {
	if len(pools) == 0 {
		return nil, nil
	}
	var rows []Number
	err := tx.Select("id", "number", "pool_id", "held_by", "held_until").
		Where("held_by = ? AND held_by <> '' AND pool_id IN ? AND enabled AND deleted_at IS NULL", sessionID, pools).
		Order("held_until").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading the session's numbers: %w", err)
	}
	byPool := make(map[string]Number, len(rows))
	for _, n := range rows {
		byPool[n.PoolID] = n
	}
	return byPool, nil
}

// Number renews the lease of the number that the session leased last, or acquires a free
// one if the session may have one. The number has no id if the session gets none.
func (l Lease) Number(tx *gorm.DB, leased Number) (Number, LeaseOutcome, error) {
	if leased.ID != "" {
		if renewed, err := l.Renew(tx, leased); err != nil || renewed {
			return leased, LeaseRenewed, err
		}
	}
	if !l.IsNewAllowed {
		return Number{}, LeaseWithheld, nil
	}
	number, err := l.acquireFree(tx)
	if err != nil || number.ID == "" {
		return Number{}, LeaseExhausted, err
	}
	return number, LeaseNew, nil
}

// Renew extends the lease of a number. It returns false if the lease was over and
// another session has acquired the number in the meantime, or if the session has had
// the number for numbers.MaxLease.
func (l Lease) Renew(tx *gorm.DB, n Number) (bool, error) {
	until, isNeeded := l.Renewal(n.HeldUntil)
	if !isNeeded {
		return true, nil
	}
	current := tx.Model(&Assignment{}).Select("1").
		Where("session_id = ? AND number_id = ? AND held_until = ? AND held_from > ?", l.Holder.SessionID, n.ID, n.HeldUntil, l.From.Add(-numbers.MaxLease))
	updated := tx.Model(&Number{}).Where("id = ? AND held_by = ? AND EXISTS (?)", n.ID, l.Holder.SessionID, current).UpdateColumn("held_until", until)
	if updated.Error != nil || updated.RowsAffected == 0 {
		return false, updated.Error
	}
	// Its last assignment ends with the lease.
	return true, tx.Model(&Assignment{}).
		Where("session_id = ? AND number_id = ? AND held_until = ?", l.Holder.SessionID, n.ID, n.HeldUntil).
		UpdateColumn("held_until", until).Error
}

// acquireFree leases the number that the visitor had last, if it is free, or else
// the one that has been free for longest. It skips numbers that others are just
// acquiring, so that first visits at the same time do not wait for each other.
// Waiting could deadlock: PostgreSQL keeps rows locked that turn out to be taken.
func (l Lease) acquireFree(tx *gorm.DB) (Number, error) {
	had := tx.Model(&Assignment{}).Select("number_id").
		Where("site_id = ? AND visitor_id = ? AND pool_id = ?", l.Holder.SiteID, l.Holder.VisitorID, l.Pool.ID).
		Order("held_from DESC").Limit(1)
	var free []Number
	err := database.LockedSkip(tx).Select("id", "number").
		Where("pool_id = ? AND pool_id <> '' AND site_id = ? AND enabled AND deleted_at IS NULL", l.Pool.ID, l.Holder.SiteID).
		Where("held_until IS NULL OR held_until <= ?", l.From).
		Order(clause.OrderBy{Expression: clause.Expr{SQL: "id = (?) DESC, held_until IS NOT NULL, held_until, id", Vars: []any{had}}}).
		Limit(1).Find(&free).Error
	if err != nil || len(free) == 0 {
		return Number{}, err
	}
	return free[0], l.acquire(tx, free[0])
}

// acquire leases a locked, free number to the session.
func (l Lease) acquire(tx *gorm.DB, n Number) error {
	err := tx.Model(&Number{}).Where("id = ?", n.ID).
		UpdateColumns(map[string]any{"held_by": l.Holder.SessionID, "held_until": l.Until}).Error
	if err != nil {
		return err
	}
	return tx.Create(&Assignment{
		ID: ids.New(ids.Assignment), SiteID: l.Holder.SiteID, NumberID: n.ID, PoolID: l.Pool.ID,
		SessionID: l.Holder.SessionID, VisitorID: l.Holder.VisitorID, From: l.From, Until: l.Until,
	}).Error
}
