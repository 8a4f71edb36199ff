package erasing

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"gorm.io/gorm"

	"ringback/models/figures"
	"ringback/reports"
)

// expireJob names what one process does at a time: erasing what sites keep no longer.
const expireJob = "expiry"

// expiring is one kind of what sites keep for a time.
type expiring struct {
	what  string // as in the settings
	days  func(Retention) int
	limit int     // rows of one transaction
	rows  []Dated // what may be due
	piece func(tx *gorm.DB, x span, limit int) (Piece, error)
}

// span is what is erased of a site: all from a time on and before another.
type span struct {
	siteID       string
	from, before time.Time
}

// in returns a query for the rows in the span.
func (x span) in(tx *gorm.DB, d Dated) *gorm.DB {
	query := tx.Table(d.Table).Where("site_id = ? AND "+d.At+" >= ? AND "+d.At+" < ?", x.siteID, x.from, x.before)
	if d.Where != "" {
		query = query.Where(d.Where)
	}
	return query
}

// The rows that expire.
var (
	doneConversions = Dated{"conversions", "at", "state = 'done'"}
	rawBodies       = Dated{"events", "received_at", "raw IS NOT NULL"}
	attemptBodies   = Dated{"attempts", "started_at", "request <> '{}'"}
	pageViews       = Dated{"page_views", "at", ""}
	lastMessages    = Dated{"last_messages", "received_at", ""}
	unreadMessages  = Dated{"unread_messages", "received_at", ""}
)

var allExpiring = []expiring{
	{"conversions", func(r Retention) int { return r.Conversions }, batch, []Dated{doneConversions}, expireConversions},
	{"raw_bodies", func(r Retention) int { return r.RawBodies }, 500, []Dated{rawBodies}, expireRawBodies},
	{"attempt_bodies", func(r Retention) int { return r.AttemptBodies }, 500, []Dated{attemptBodies}, expireAttemptBodies},
	{"page_views", func(r Retention) int { return r.PageViews }, 500, []Dated{pageViews}, expirePageViews},
	{"messages", func(r Retention) int { return r.Messages }, 100, []Dated{lastMessages, unreadMessages}, expireMessages},
}

// kept is a site with its retention and its zone.
type kept struct {
	Retention
	TimeZone string
}

// before returns the time before which what is kept for so many days is erased. It is the
// beginning of a day of the site: reports add up whole days.
func (k kept) before(now time.Time, days int) time.Time {
	zone := reports.Zone(k.TimeZone)
	year, month, day := now.In(zone).Date()
	return time.Date(year, month, day-days, 0, 0, 0, 0, zone)
}

// Expire erases what sites keep no longer, also what is left of deleted sites. The sites
// take turns, and each transaction erases a piece of one site. It ends early if another
// process is erasing: what is left is that one's. An error of one site is returned after
// the others have had their turns.
func (e *Eraser) Expire(ctx context.Context, progress Progress) error {
	var sites []kept
	err := e.db.Read(ctx).Table("site_retention").Select("site_retention.*, sites.time_zone").
		Joins("JOIN sites ON sites.id = site_retention.site_id").Order("site_id").Find(&sites).Error
	if err != nil {
		return e.db.WrapErr("reading how long sites keep what", err)
	}
	var errs []error
	for _, x := range allExpiring {
		due, err := e.due(ctx, x, sites)
		if err != nil {
			return errors.Join(append(errs, err)...)
		}
		turns := Turns[kept]{What: x.what, Limit: x.limit, Erase: func(ctx context.Context, site kept, from time.Time) (Piece, bool, error) {
			return e.expire(ctx, x, site, from)
		}}
		mine, err := turns.Run(ctx, due, progress)
		errs = append(errs, err)
		if !mine || ctx.Err() != nil {
			break
		}
	}
	return errors.Join(errs...)
}

// due returns those of the sites that have anything of a kind that is due.
func (e *Eraser) due(ctx context.Context, x expiring, sites []kept) (due []kept, err error) {
	before := map[string]time.Time{}
	for _, site := range sites {
		if days := x.days(site.Retention); days > 0 {
			before[site.SiteID] = site.before(e.db.Now(), days)
		}
	}
	has := map[string]bool{}
	for _, rows := range x.rows {
		found, err := rows.Due(e.db.Read(ctx), before)
		if err != nil {
			return nil, e.db.WrapErr("looking for "+x.what+" that are kept no longer", err)
		}
		maps.Copy(has, found)
	}
	for _, site := range sites {
		if has[site.SiteID] {
			due = append(due, site)
		}
	}
	return due, nil
}

// expire erases one piece of one kind on a site, of what is as old as a time or younger.
// Mine is false if another process is erasing.
func (e *Eraser) expire(ctx context.Context, x expiring, site kept, from time.Time) (done Piece, mine bool, err error) {
	before := site.before(e.db.Now(), x.days(site.Retention))
	mine, err = e.db.PieceTx(ctx, "erasing what a site keeps no longer", expireJob, func(tx *gorm.DB) (err error) {
		if done, err = x.piece(tx, span{site.SiteID, from, before}, x.limit); err != nil {
			return fmt.Errorf("erasing old %s: %w", x.what, err)
		}
		return nil
	})
	if err != nil {
		return Piece{}, mine, err
	}
	if done.Rows > 0 {
		done.Due = before.Sub(done.Oldest)
	}
	return done, mine, nil
}

// aged is what is read of rows that are due.
type aged struct {
	ID  string
	Seq int64
	At  time.Time
}

// oldest returns up to limit rows of a query, the oldest first, with their ids and, as a
// piece, their number and age.
func oldest(query *gorm.DB, key, at string, limit int) (ids []string, seqs []int64, done Piece, err error) {
	var rows []aged
	err = query.Select(key, at+" AS at").Order(at).Limit(limit).Scan(&rows).Error
	for _, row := range rows {
		ids, seqs = append(ids, row.ID), append(seqs, row.Seq)
	}
	if done.Rows = len(rows); done.Rows > 0 {
		done.Oldest, done.Newest = rows[0].At, rows[done.Rows-1].At
	}
	return ids, seqs, done, err
}

// expireConversions erases calls and leads that are done. The sums of the reports keep
// them: they hold nothing personal.
func expireConversions(tx *gorm.DB, x span, limit int) (Piece, error) {
	settled, err := figures.Settled(tx, x.siteID, x.before)
	if err != nil || !settled {
		return Piece{}, err
	}
	ids, _, done, err := oldest(x.in(tx, doneConversions).
		Where("NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.conversion_id = conversions.id AND d.state NOT IN ('delivered', 'failed'))"), "id", "at", limit)
	if err != nil || len(ids) == 0 {
		return Piece{}, err
	}
	if err := deleteConversions(tx, x.siteID, ids); err != nil {
		return Piece{}, err
	}
	return done, figures.Release(tx, x.siteID, ids)
}

func expireRawBodies(tx *gorm.DB, x span, limit int) (Piece, error) {
	_, seqs, done, err := oldest(x.in(tx, rawBodies), "seq", "received_at", limit)
	if err != nil || len(seqs) == 0 {
		return Piece{}, err
	}
	return done, tx.Exec("UPDATE events SET raw = NULL WHERE seq IN ?", seqs).Error
}

func expireAttemptBodies(tx *gorm.DB, x span, limit int) (Piece, error) {
	ids, _, done, err := oldest(x.in(tx, attemptBodies), "id", "started_at", limit)
	if err != nil || len(ids) == 0 {
		return Piece{}, err
	}
	return done, tx.Exec("UPDATE attempts SET request = '{}', response = '{}' WHERE id IN ?", ids).Error
}

func expirePageViews(tx *gorm.DB, x span, limit int) (Piece, error) {
	ids, _, done, err := oldest(x.in(tx, pageViews), "id", "at", limit)
	if err != nil || len(ids) == 0 {
		return Piece{}, err
	}
	return done, tx.Exec("DELETE FROM page_views WHERE site_id = ? AND id IN ?", x.siteID, ids).Error
}

func expireMessages(tx *gorm.DB, x span, limit int) (Piece, error) {
	if err := tx.Exec("DELETE FROM last_messages WHERE site_id = ? AND received_at < ?", x.siteID, x.before).Error; err != nil {
		return Piece{}, err
	}
	ids, _, done, err := oldest(x.in(tx, unreadMessages), "id", "received_at", limit)
	if err != nil || len(ids) == 0 {
		return Piece{}, err
	}
	return done, tx.Exec("DELETE FROM unread_messages WHERE id IN ?", ids).Error
}
