package models

import (
	"context"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/models/erasing"
	"ringback/models/journeys"
	"ringback/models/tracking"
	"ringback/models/visitors"
	"ringback/models/websites"
	"ringback/visits"
)

// pruneJob names what one process does at a time: erasing what sites keep no longer.
const pruneJob = "retention"

// PruneVisits erases the sessions that are older than their site keeps them, and the
// visitors who have no other, and returns the number of these sessions. Those of deleted
// sites are erased too, and so are unread messages of that age. Calls and leads stay,
// and so do sessions that are still needed. Each transaction erases up to batch
// sessions of one site, and the sites take turns. It ends early if another process is
// erasing: what is left is that one's. An error of one site is returned after the
// others' sessions are erased.
func (s *Store) PruneVisits(ctx context.Context, batch int, progress erasing.Progress) (int, error) {
	if err := s.PruneForgotten(ctx); err != nil {
		return 0, err
	}
	if err := errors.Join(s.PruneJudged(ctx), s.pruneUnread(ctx)); err != nil {
		return 0, err
	}
	var all []websites.Site
	if err := s.db.Read(ctx).Select("id", "script").Order("id").Find(&all).Error; err != nil {
		return 0, s.db.WrapErr("reading how long sites keep visits", err)
	}
	all, err := s.withOldSessions(ctx, all)
	if err != nil {
		return 0, s.db.WrapErr("looking for visits that are kept no longer", err)
	}
	pruned := 0
	turns := erasing.Turns[websites.Site]{What: "visits", Limit: batch, Erase: func(ctx context.Context, site websites.Site, from time.Time) (erasing.Piece, bool, error) {
		done, mine, err := s.pruneSite(ctx, site, from, batch)
		pruned += done.Rows
		return done, mine, err
	}}
	_, err = turns.Run(ctx, all, progress)
	return pruned, err
}

// keptSince returns the time before which visits are not kept if they are kept for so many days.
func keptSince(now time.Time, days int) time.Time {
	return now.Add(-time.Duration(days) * 24 * time.Hour)
}

// withOldSessions returns the sites that have sessions from before they keep them.
func (s *Store) withOldSessions(ctx context.Context, all []websites.Site) ([]websites.Site, error) {
	before, now := map[string]time.Time{}, s.db.Now()
	for _, site := range all {
		if days := site.Script.KeepDays; days > 0 {
			before[site.ID] = keptSince(now, days)
		}
	}
	due, err := erasing.Dated{Table: "sessions", At: "started_at"}.Due(s.db.Read(ctx), before)
	return slices.DeleteFunc(all, func(site websites.Site) bool { return !due[site.ID] }), err
}

// outlived are the sessions of a site that it keeps no longer: those that began from a time
// on and before another. Numbers that were held after needed may still be called.
type outlived struct {
	siteID             string
	from, kept, needed time.Time
}

// pruneSite erases up to limit old sessions of a site that did not begin before a time,
// the oldest first. Mine is false if another process is erasing.
func (s *Store) pruneSite(ctx context.Context, site websites.Site, from time.Time, limit int) (done erasing.Piece, mine bool, err error) {
	now := s.db.Now()
	old := outlived{site.ID, from, keptSince(now, site.Script.KeepDays), now.Add(-visits.ReleasedReach)}
	mine, err = s.db.PieceTx(ctx, "erasing old visits", pruneJob, func(tx *gorm.DB) (err error) {
		done, err = old.prune(tx, limit)
		return err
	})
	if err != nil {
		return erasing.Piece{}, mine, err
	}
	if done.Rows > 0 {
		done.Due = old.kept.Sub(done.Oldest)
	}
	return done, mine, nil
}

// prune erases up to limit of the sessions, with their visitors who have no other.
func (o outlived) prune(tx *gorm.DB, limit int) (done erasing.Piece, err error) {
	var sessions []visitors.Session
	err = o.sessions(tx).Order("started_at").Limit(limit).Select("id", "visitor_id", "started_at").Find(&sessions).Error
	if err != nil || len(sessions) == 0 {
		return erasing.Piece{}, err
	}
	done = erasing.Piece{Rows: len(sessions), Oldest: sessions[0].StartedAt, Newest: sessions[len(sessions)-1].StartedAt}
	sessionIDs, visitorIDs := make([]string, len(sessions)), make([]string, len(sessions))
	for i, x := range sessions {
		sessionIDs[i], visitorIDs[i] = x.ID, x.VisitorID
	}
	if _, err := visitors.Lock(tx, o.siteID, visitorIDs...); err != nil {
		return erasing.Piece{}, err
	}
	if err := visitors.EraseSessions(tx, o.siteID, sessionIDs); err != nil {
		return erasing.Piece{}, err
	}
	if err := journeys.MarkVisitors(tx, o.siteID, visitorIDs); err != nil {
		return erasing.Piece{}, err
	}
	if err := tracking.EraseForgotten(tx, o.siteID, o.kept, o.needed); err != nil {
		return erasing.Piece{}, err
	}
	return done, o.pruneVisitors(tx, visitorIDs)
}

// pruneVisitors erases those of some visitors who have no session.
func (o outlived) pruneVisitors(tx *gorm.DB, visitorIDs []string) error {
	var gone []string
	err := tx.Model(&visitors.Visitor{}).Where("site_id = ? AND id IN ?", o.siteID, visitorIDs).
		Where("NOT EXISTS (SELECT 1 FROM sessions x WHERE x.site_id = visitors.site_id AND x.visitor_id = visitors.id)").
		Order("id").Pluck("id", &gone).Error
	if err != nil || len(gone) == 0 {
		return err
	}
	return visitors.Erase(tx, o.siteID, gone)
}

// sessions returns a query for those that are not needed any more: their visitor can call
// none of their numbers, and no call or lead of theirs is undecided.
func (o outlived) sessions(db *gorm.DB) *gorm.DB {
	return db.Where("site_id = ? AND started_at >= ? AND started_at < ? AND last_activity_at < ?", o.siteID, o.from, o.kept, o.kept).
		Where("NOT EXISTS (SELECT 1 FROM assignments a WHERE a.session_id = sessions.id AND a.held_until > ?)", o.needed).
		Where("NOT EXISTS (SELECT 1 FROM conversions c WHERE c.session_id = sessions.id AND c.session_id <> '' AND c.decided_at IS NULL)")
}
