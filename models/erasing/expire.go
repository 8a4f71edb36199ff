package erasing

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/models/figures"
	"ringback/reports"
)

// expireJob names what one process does at a time: erasing what sites keep no longer.
const expireJob = "expiry"

// Progress counts how the erasing of what sites keep no longer goes on.
type Progress interface {
	// Expired counts rows that were erased.
	Expired(what string, rows int)
	// ExpiryLag sets how long the oldest of the rows that are left has been due, zero if
	// none is.
	ExpiryLag(what string, lag time.Duration)
}

// expiring is one kind of what sites keep for a time.
type expiring struct {
	what  string // as in the settings
	days  func(Retention) int
	limit int // rows of one transaction
	piece func(tx *gorm.DB, siteID string, before time.Time, limit int) (piece, error)
}

// piece is what one transaction has erased.
type piece struct {
	rows   int
	oldest time.Time // of these rows, zero if there are none
}

var allExpiring = []expiring{
	{"conversions", func(r Retention) int { return r.Conversions }, batch, expireConversions},
	{"raw_bodies", func(r Retention) int { return r.RawBodies }, 500, expireRawBodies},
	{"attempt_bodies", func(r Retention) int { return r.AttemptBodies }, 500, expireAttemptBodies},
	{"page_views", func(r Retention) int { return r.PageViews }, 500, expirePageViews},
	{"messages", func(r Retention) int { return r.Messages }, 100, expireMessages},
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
		mine, err := e.expire(ctx, x, sites, progress)
		errs = append(errs, err)
		if !mine || ctx.Err() != nil {
			break
		}
	}
	return errors.Join(errs...)
}

// expire erases one kind on all sites. Mine is false if another process is erasing.
func (e *Eraser) expire(ctx context.Context, x expiring, sites []kept, progress Progress) (mine bool, err error) {
	var errs []error
	for len(sites) > 0 {
		var unfinished []kept
		var lag time.Duration
		for _, site := range sites {
			done, mine, err := e.expirePiece(ctx, x, site)
			if !mine || ctx.Err() != nil {
				return mine, errors.Join(append(errs, err)...)
			}
			progress.Expired(x.what, done.rows)
			if done.rows > 0 {
				lag = max(lag, site.before(e.db.Now(), x.days(site.Retention)).Sub(done.oldest))
			}
			if err != nil {
				errs = append(errs, err)
			} else if done.rows == x.limit {
				unfinished = append(unfinished, site)
			}
		}
		if len(unfinished) == 0 && len(errs) == 0 {
			lag = 0
		}
		progress.ExpiryLag(x.what, lag)
		sites = unfinished
	}
	return true, errors.Join(errs...)
}

func (e *Eraser) expirePiece(ctx context.Context, x expiring, site kept) (done piece, mine bool, err error) {
	days := x.days(site.Retention)
	if days <= 0 {
		return piece{}, true, nil
	}
	mine, err = e.db.PieceTx(ctx, "erasing what a site keeps no longer", expireJob, func(tx *gorm.DB) (err error) {
		if done, err = x.piece(tx, site.SiteID, site.before(e.db.Now(), days), x.limit); err != nil {
			return fmt.Errorf("erasing old %s: %w", x.what, err)
		}
		return nil
	})
	if err != nil {
		return piece{}, mine, err
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
func oldest(query *gorm.DB, key, at string, limit int) (ids []string, seqs []int64, done piece, err error) {
	var rows []aged
	err = query.Select(key, at+" AS at").Order(at).Limit(limit).Scan(&rows).Error
	for _, row := range rows {
		ids, seqs = append(ids, row.ID), append(seqs, row.Seq)
	}
	if done.rows = len(rows); done.rows > 0 {
		done.oldest = rows[0].At
	}
	return ids, seqs, done, err
}

// expireConversions erases calls and leads that are done. The sums of the reports keep
// them: they hold nothing personal.
func expireConversions(tx *gorm.DB, siteID string, before time.Time, limit int) (piece, error) {
	settled, err := figures.Settled(tx, siteID, before)
	if err != nil || !settled {
		return piece{}, err
	}
	ids, _, done, err := oldest(tx.Table("conversions").Where("site_id = ? AND at < ? AND state = 'done'", siteID, before).
		Where("NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.conversion_id = conversions.id AND d.state NOT IN ('delivered', 'failed'))"), "id", "at", limit)
	if err != nil || len(ids) == 0 {
		return piece{}, err
	}
	if err := deleteConversions(tx, siteID, ids); err != nil {
		return piece{}, err
	}
	return done, figures.Release(tx, siteID, ids)
}

func expireRawBodies(tx *gorm.DB, siteID string, before time.Time, limit int) (piece, error) {
	_, seqs, done, err := oldest(tx.Table("events").Where("site_id = ? AND received_at < ? AND raw IS NOT NULL", siteID, before), "seq", "received_at", limit)
	if err != nil || len(seqs) == 0 {
		return piece{}, err
	}
	return done, tx.Exec("UPDATE events SET raw = NULL WHERE seq IN ?", seqs).Error
}

func expireAttemptBodies(tx *gorm.DB, siteID string, before time.Time, limit int) (piece, error) {
	ids, _, done, err := oldest(tx.Table("attempts").Where("site_id = ? AND started_at < ? AND request <> '{}'", siteID, before), "id", "started_at", limit)
	if err != nil || len(ids) == 0 {
		return piece{}, err
	}
	return done, tx.Exec("UPDATE attempts SET request = '{}', response = '{}' WHERE id IN ?", ids).Error
}

func expirePageViews(tx *gorm.DB, siteID string, before time.Time, limit int) (piece, error) {
	ids, _, done, err := oldest(tx.Table("page_views").Where("site_id = ? AND at < ?", siteID, before), "id", "at", limit)
	if err != nil || len(ids) == 0 {
		return piece{}, err
	}
	return done, tx.Exec("DELETE FROM page_views WHERE site_id = ? AND id IN ?", siteID, ids).Error
}

func expireMessages(tx *gorm.DB, siteID string, before time.Time, limit int) (piece, error) {
	if err := tx.Exec("DELETE FROM last_messages WHERE site_id = ? AND received_at < ?", siteID, before).Error; err != nil {
		return piece{}, err
	}
	ids, _, done, err := oldest(tx.Table("unread_messages").Where("site_id = ? AND received_at < ?", siteID, before), "id", "received_at", limit)
	if err != nil || len(ids) == 0 {
		return piece{}, err
	}
	return done, tx.Exec("DELETE FROM unread_messages WHERE id IN ?", ids).Error
}
