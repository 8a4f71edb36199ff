package tracking

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

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

	Number  Number // that it gets; for Renew the one that it leased last. Without an id if there is none
	Outcome LeaseOutcome
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

// LeasedBy returns the numbers that sessions leased last, by session and pool. A session may
// have lost one since.
func LeasedBy(tx *gorm.DB, sessionIDs ...string) (map[string]map[string]Number, error) {
	var rows []Number
	// A join would read all numbers while PostgreSQL does not know how many there are.
	err := tx.Select("id", "number", "pool_id", "held_by", "held_until").
		Where("held_by IN ? AND held_by <> '' AND enabled AND deleted_at IS NULL", sessionIDs).Order("held_until").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading the numbers of sessions: %w", err)
	}
	leased := make(map[string]map[string]Number, len(sessionIDs))
	for _, n := range rows {
		if leased[n.HeldBy] == nil {
			leased[n.HeldBy] = map[string]Number{}
		}
		leased[n.HeldBy][n.PoolID] = n
	}
	return leased, nil
}

// LeaseAll renews the leases of the numbers that sessions leased last, or acquires free ones
// for those that may have one, and sets what became of each. Leases that one session needs of one
// pool follow each other.
func LeaseAll(tx *gorm.DB, leases []*Lease) error {
	ofSession := func(l *Lease) [2]string { return [2]string{l.Holder.SessionID, l.Pool.ID} }
	for _, round := range database.Rounds(leases, ofSession) {
		if err := leaseEach(tx, round); err != nil {
			return err
		}
	}
	return nil
}

// leaseEach is LeaseAll for different sessions or pools. All transactions renew leases in the same
// order, and before they acquire numbers, for which nothing is waited for.
func leaseEach(tx *gorm.DB, leases []*Lease) error {
	sessions := make([]string, len(leases))
	for i, l := range leases {
		sessions[i] = l.Holder.SessionID
	}
	leased, err := LeasedBy(tx, sessions...)
	if err != nil {
		return err
	}
	for _, l := range leases {
		l.Number = leased[l.Holder.SessionID][l.Pool.ID]
	}
	wanting, err := renewAll(tx, leases)
	if err != nil {
		return err
	}
	return acquireAll(tx, wanting)
}

// renewAll renews leases, and returns those that need another number, by pool.
func renewAll(tx *gorm.DB, leases []*Lease) (map[string][]*Lease, error) {
	wanting := map[string][]*Lease{} // by pool
	for _, l := range slices.SortedFunc(slices.Values(leases), func(a, b *Lease) int { return strings.Compare(a.Number.ID, b.Number.ID) }) {
		if l.Number.ID != "" {
			if renewed, err := l.Renew(tx); err != nil {
				return nil, err
			} else if renewed {
				l.Outcome = LeaseRenewed
				continue
			}
		}
		if l.Number = (Number{}); l.IsNewAllowed {
			wanting[l.Pool.ID] = append(wanting[l.Pool.ID], l)
		} else {
			l.Outcome = LeaseWithheld
		}
	}
	return wanting, nil
}

// acquireAll acquires free numbers of pools.
func acquireAll(tx *gorm.DB, wanting map[string][]*Lease) error {
	var acquired []*Lease
	for _, pool := range slices.Sorted(maps.Keys(wanting)) {
		if err := acquireFree(tx, wanting[pool]); err != nil {
			return err
		}
		for _, l := range wanting[pool] {
			if l.Outcome = LeaseExhausted; l.Number.ID != "" {
				l.Outcome, acquired = LeaseNew, append(acquired, l)
			}
		}
	}
	return storeAcquired(tx, acquired)
}

// Renew extends the lease of the number that the session leased last. It returns false if the
// lease was over and another session has acquired the number in the meantime, or if the session
// has had the number for numbers.MaxLease.
func (l Lease) Renew(tx *gorm.DB) (bool, error) {
	n := l.Number
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

// acquireFree sets for leases of one pool the number that the visitor of each had last, if it is
// free, or else the one that has been free for longest. It locks the numbers, and skips those
// that others are just acquiring, so that first visits at the same time do not wait for each
// other. Waiting could deadlock: PostgreSQL keeps rows locked that turn out to be taken.
func acquireFree(tx *gorm.DB, leases []*Lease) error {
	// The earliest comes first, because fewer numbers are free for it.
	slices.SortStableFunc(leases, func(a, b *Lease) int { return a.From.Compare(b.From) })
	before, had := hadBefore(tx, leases), map[*Lease]string{}
	if len(leases) > 1 { // the only one gets the first number that is found
		var err error
		if had, err = freeAgain(tx, before, leases); err != nil {
			return err
		}
		before = listOf(tx, had)
	}
	var free []Number
	err := database.LockedSkip(tx).Select("id", "number", "held_until").
		Where("pool_id = ? AND pool_id <> '' AND site_id = ? AND enabled AND deleted_at IS NULL", leases[0].Pool.ID, leases[0].Holder.SiteID).
		Where("held_until IS NULL OR held_until <= ?", leases[len(leases)-1].From).
		Order(clause.OrderBy{Expression: clause.Expr{SQL: "id IN (SELECT had FROM (" + before.Text + ") AS before) DESC, held_until IS NOT NULL, held_until, id", Vars: before.Values}}).
		Limit(len(leases)).Find(&free).Error
	if err != nil {
		return fmt.Errorf("finding free numbers: %w", err)
	}
	for _, isWanted := range []func(*Lease, Number) bool{
		func(l *Lease, n Number) bool { return had[l] == n.ID },
		func(*Lease, Number) bool { return true },
	} {
		for _, l := range leases {
			i := slices.IndexFunc(free, func(n Number) bool { return !numbers.IsLeased(n.HeldUntil, l.From) && isWanted(l, n) })
			if l.Number.ID == "" && i >= 0 {
				l.Number = free[i]
				free = slices.Delete(free, i, i+1)
			}
		}
	}
	return nil
}

// hadBefore returns the query for the numbers of a pool that the visitors of leases had last,
// with the places of the leases.
func hadBefore(tx *gorm.DB, leases []*Lease) database.Query {
	visitors := make([][]string, len(leases))
	for i, l := range leases {
		visitors[i] = []string{strconv.Itoa(i), l.Holder.VisitorID}
	}
	from, value := database.Listed(tx, "wanting", []string{"place", "visitor"}, visitors)
	return database.Q(`SELECT place, n.id AS had, n.held_until FROM `+from+` JOIN tracking_numbers AS n ON n.id = (SELECT number_id FROM assignments AS a
		WHERE a.site_id = ? AND a.visitor_id = wanting.visitor AND a.pool_id = ? ORDER BY a.held_from DESC LIMIT 1)`, value, leases[0].Holder.SiteID, leases[0].Pool.ID)
}

// freeAgain returns those numbers that a query of hadBefore finds and that are free for the
// visitors who had them.
func freeAgain(tx *gorm.DB, before database.Query, leases []*Lease) (map[*Lease]string, error) {
	var rows []struct {
		Place, Had string
		HeldUntil  *time.Time
	}
	if err := before.Scan(tx, &rows); err != nil {
		return nil, fmt.Errorf("reading which numbers visitors had: %w", err)
	}
	had := make(map[*Lease]string, len(rows))
	for _, row := range rows {
		if i, err := strconv.Atoi(row.Place); err == nil && !numbers.IsLeased(row.HeldUntil, leases[i].From) {
			had[leases[i]] = row.Had
		}
	}
	return had, nil
}

// listOf returns the query for numbers that visitors had.
func listOf(tx *gorm.DB, had map[*Lease]string) database.Query {
	rows := make([][]string, 0, len(had))
	for _, id := range had {
		rows = append(rows, []string{id})
	}
	from, value := database.Listed(tx, "listed", []string{"had"}, rows)
	return database.Q("SELECT had FROM "+from, value)
}

// storeAcquired leases locked, free numbers to sessions.
func storeAcquired(tx *gorm.DB, leases []*Lease) error {
	if len(leases) == 0 {
		return nil
	}
	held, assignments := make([]Number, len(leases)), make([]Assignment, len(leases))
	for i, l := range leases {
		held[i] = Number{ID: l.Number.ID, HeldBy: l.Holder.SessionID, HeldUntil: &l.Until}
		assignments[i] = Assignment{
			ID: ids.New(ids.Assignment), SiteID: l.Holder.SiteID, NumberID: l.Number.ID, PoolID: l.Pool.ID,
			SessionID: l.Holder.SessionID, VisitorID: l.Holder.VisitorID, From: l.From, Until: l.Until,
		}
	}
	if err := database.UpdateEach(tx, held, "held_by", "held_until"); err != nil {
		return fmt.Errorf("leasing numbers: %w", err)
	}
	if err := database.Together(tx, database.InsertAll(assignments)); err != nil {
		return fmt.Errorf("storing who has numbers: %w", err)
	}
	return nil
}
