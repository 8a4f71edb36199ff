package outbox

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/models/database"
)

// DueSignals claims up to limit signals that are due. If more are due, sites take
// equal parts, so that the backlog of one does not delay the signals of another (G6).
// The signals of a site that have been due for longest come first: a postponed
// signal comes after those that were not. Claimed signals are not due again until hold has
// passed, so that two processes never claim the same one, and none is lost if a
// process ends.
func (o *Outbox) DueSignals(ctx context.Context, now time.Time, limit int, hold time.Duration) ([]Signal, error) {
	c := claim{db: o.db.Write(ctx), now: now, hold: hold}
	signals, err := c.take(limit)
	slices.SortFunc(signals, func(a, b Signal) int { return cmp.Compare(a.Seq, b.Seq) })
	return signals, o.db.WrapErr("claiming signals of the outbox", err)
}

// KeepSignals has signals due at a time that is later than they are due now, so that they are left
// to the process that has them in memory. It returns their numbers, in ascending order. Left out
// are those that a sweep has claimed for longer, that somebody is just claiming or removing, and
// that are gone.
func (o *Outbox) KeepSignals(ctx context.Context, seqs []int64, until time.Time) (kept []int64, err error) {
	db := o.db.Write(ctx)
	unclaimed := db.Model(&Signal{}).Where("seq IN ? AND next_try_at < ?", seqs, until)
	signals, err := change(db, unclaimed, map[string]any{"next_try_at": until}, "seq")
	for _, s := range signals {
		kept = append(kept, s.Seq)
	}
	slices.Sort(kept)
	return kept, o.db.WrapErr("keeping signals of the outbox", err)
}

// Due returns a query for whether there is a signal that can be claimed. While Temporal is
// away, many signals wait, and none of them may be due. By a plan that holds for any time,
// PostgreSQL would read them all to find one that is, so the query asks for the earliest time.
func Due(db *gorm.DB, now time.Time) *gorm.DB {
	return db.Raw("SELECT COALESCE((SELECT MIN(next_try_at) FROM outbox) <= ?, false)", now)
}

// claim is one process's claim of due signals.
type claim struct {
	db   *gorm.DB
	now  time.Time
	hold time.Duration
}

func (c claim) take(limit int) ([]Signal, error) {
	var due int64
	some := c.due("").Select("seq").Order("next_try_at").Limit(limit + 1) // in an order, else PostgreSQL may read all that wait to find them
	if err := c.db.Table("(?) AS due", some).Count(&due).Error; err != nil || due == 0 {
		return nil, err
	}
	if due <= int64(limit) {
		return c.of("", limit)
	}
	return c.fairly(limit)
}

// fairly claims an equal part for each site, and then what is due for longest.
func (c claim) fairly(limit int) ([]Signal, error) {
	sites, err := c.sites()
	if err != nil {
		return nil, err
	}
	var signals []Signal
	part, first := max(limit/max(len(sites), 1), 1), rand.IntN(max(len(sites), 1))
	for i := range sites {
		site := sites[(first+i)%len(sites)] // another begins each time, in case there are more than the limit
		claimed, err := c.of(site, min(part, limit-len(signals)))
		if err != nil {
			return nil, err
		}
		if signals = append(signals, claimed...); len(signals) >= limit {
			return signals, nil
		}
	}
	rest, err := c.of("", limit-len(signals))
	return append(signals, rest...), err
}

// sites returns the sites with due signals. It reads one index entry for each, and
// not one for each signal.
func (c claim) sites() (sites []string, err error) {
	err = c.db.Raw(`WITH RECURSIVE due (site_id) AS (
		SELECT site_id FROM (SELECT site_id FROM outbox WHERE next_try_at <= @now ORDER BY site_id LIMIT 1) AS first
		UNION ALL
		SELECT (SELECT later.site_id FROM outbox AS later WHERE later.site_id > due.site_id AND later.next_try_at <= @now
			ORDER BY later.site_id LIMIT 1) FROM due WHERE due.site_id IS NOT NULL
	) SELECT site_id FROM due WHERE site_id IS NOT NULL`, map[string]any{"now": c.now}).Scan(&sites).Error
	return sites, err
}

// of claims signals of a site, or of all sites if it is empty.
func (c claim) of(site string, limit int) ([]Signal, error) {
	return change(c.db, c.due(site).Order("next_try_at, seq").Limit(limit),
		map[string]any{"next_try_at": c.now.Add(c.hold), "tries": gorm.Expr("tries + 1")})
}

// change changes the signals that a query finds, without those that others have locked, and
// returns these columns of them, or all. The rows are chosen in a
// materialised query: PostgreSQL may evaluate a subquery again for each row that it
// updates, and one that skips locked rows then chooses others each time, more than its limit.
func change(db, query *gorm.DB, values map[string]any, columns ...string) (signals []Signal, err error) {
	err = db.Model(&signals).Clauses(database.Returning(columns...)).
		Where("seq IN (WITH chosen AS MATERIALIZED (?) SELECT seq FROM chosen)", database.LockedSkip(query.Select("seq"))).Updates(values).Error
	return signals, err
}

func (c claim) due(site string) *gorm.DB {
	query := c.db.Model(&Signal{}).Where("next_try_at <= ?", c.now)
	if site != "" {
		query = query.Where("site_id = ?", site)
	}
	return query
}
