package models

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/internal/ids"
)

// holdAhead is how much longer than it has to a hold is extended, so that a
// visitor who looks at page after page costs a write a minute.
const renewAhead = time.Minute

// stay is the time for which a session needs a number of a pool.
type lease struct {
	pool    Pool
	session Session
	from    time.Time
	until   time.Time
	mayTake func(Pool) bool // nil: always
}

// stayOf reckons from the session's last activity. A number is never given away
// while its session can still go on, however short the pool's own time is.
func leaseFor(plan SitePlan, pool Pool, session Session, a Activity) lease {
	at := a.Hit.At
	last := at
	if session.LastActivityAt.After(last) {
		last = session.LastActivityAt // this activity was reported late
	}
	hold := max(time.Duration(pool.HoldMinutes)*time.Minute, plan.Rules().Inactivity)
	return lease{pool: pool, session: session, from: at, until: last.Add(hold), mayTake: a.MayTake}
}

// numbersHeld finds the numbers that a session was given last, by their pools.
// It may have lost one since.
func numbersHeld(tx *gorm.DB, offers []offer, session Session) (map[string]TrackingNumber, error) {
	var pools []string
	for _, o := range offers {
		if o.pool != nil {
			pools = append(pools, o.pool.ID)
		}
	}
	if len(pools) == 0 {
		return nil, nil
	}
	var numbers []TrackingNumber
	err := tx.Select("id", "number", "pool_id", "held_by", "held_until").
		Where("held_by = ? AND held_by <> '' AND pool_id IN ? AND enabled AND deleted_at IS NULL", session.ID, pools).
		Order("held_until").Find(&numbers).Error
	if err != nil {
		return nil, fmt.Errorf("looking for the session's numbers: %w", err)
	}
	byPool := make(map[string]TrackingNumber, len(numbers))
	for _, n := range numbers {
		byPool[n.PoolID] = n
	}
	return byPool, nil
}

// numberFor returns the session the number it has, for longer, or a free one if it
// may take one. A number without an id: it has none of the pool, which is dry if
// none is free.
func numberFor(tx *gorm.DB, w lease, had TrackingNumber) (number TrackingNumber, isDry bool, err error) {
	if had.ID != "" {
		if kept, err := renew(tx, w, had); err != nil || kept {
			return had, false, err
		}
	}
	if w.mayTake != nil && !w.mayTake(w.pool) {
		return TrackingNumber{}, false, nil
	}
	number, err = freeNumber(tx, w)
	return number, number.ID == "", err
}

// keep extends the hold of a number. It says no when another session took the
// number in the meantime, its time being over.
func renew(tx *gorm.DB, w lease, n TrackingNumber) (bool, error) {
	if n.held(w.until.Add(-time.Microsecond)) {
		return true, nil
	}
	until := w.until.Add(renewAhead)
	updated := tx.Model(&TrackingNumber{}).Where("id = ? AND held_by = ?", n.ID, w.session.ID).UpdateColumn("held_until", until)
	if updated.Error != nil || updated.RowsAffected == 0 {
		return false, updated.Error
	}
	// Its last assignment ends when the number's hold does.
	return true, tx.Model(&Assignment{}).
		Where("session_id = ? AND number_id = ? AND held_until = ?", w.session.ID, n.ID, n.HeldUntil).
		UpdateColumn("held_until", until).Error
}

// freeNumber takes the number that the visitor had last, if it is free, else the
// one that has been free for longest. It passes by numbers that others are just
// taking, so that first visits at the same time do not queue. Waiting for those
// would deadlock: PostgreSQL keeps locked what turns out to be taken.
func freeNumber(tx *gorm.DB, w lease) (TrackingNumber, error) {
	had := tx.Model(&Assignment{}).Select("number_id").
		Where("site_id = ? AND visitor_id = ? AND pool_id = ?", w.session.SiteID, w.session.VisitorID, w.pool.ID).
		Order("held_from DESC").Limit(1)
	var free []TrackingNumber
	err := tx.Clauses(clause.Locking{Strength: "NO KEY UPDATE", Options: "SKIP LOCKED"}).Select("id", "number").
		Where("pool_id = ? AND pool_id <> '' AND site_id = ? AND enabled AND deleted_at IS NULL", w.pool.ID, w.session.SiteID).
		Where("held_until IS NULL OR held_until <= ?", w.from).
		Order(clause.OrderBy{Expression: clause.Expr{SQL: "id = (?) DESC, held_until IS NOT NULL, held_until, id", Vars: []any{had}}}).
		Limit(1).Find(&free).Error
	if err != nil || len(free) == 0 {
		return TrackingNumber{}, err
	}
	return free[0], acquire(tx, w, free[0])
}

// take returns a locked, free number to the session.
func acquire(tx *gorm.DB, w lease, n TrackingNumber) error {
	err := tx.Model(&TrackingNumber{}).Where("id = ?", n.ID).
		UpdateColumns(map[string]any{"held_by": w.session.ID, "held_until": w.until}).Error
	if err != nil {
		return err
	}
	return tx.Create(&Assignment{
		ID: ids.New(ids.Assignment), SiteID: w.session.SiteID, NumberID: n.ID, PoolID: w.pool.ID,
		SessionID: w.session.ID, VisitorID: w.session.VisitorID, From: w.from, Until: w.until,
	}).Error
}
