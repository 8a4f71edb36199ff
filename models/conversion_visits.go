package models

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
)

// How far back visits are read for attribution, and how many at most. Sites
// look back less (90 days by default). Of more visits the newest are read, and
// the oldest that the site looks back to: it may go by the first visit.
const (
	visitHistory = 400 * 24 * time.Hour
	maxVisits    = 500
	oldestVisits = 50
)

// Visits returns what is known of the visitor's history, newest first, with the
// visitor ids that the visits are known by (requirement R8): the sessions of all
// browsers that the visitor is known by, and the visits that came inline with
// other conversions of the same session, person or visitor id. Inline traffic of
// a session that is known tells nothing more. The visit that came with the
// conversion itself is left out: Call.Facts and Lead.Facts add it.
func (s *Store) Visits(ctx context.Context, c Conversion) ([]conversion.Visit, error) {
	first, err := s.lookback(ctx, c)
	if err != nil {
		return nil, s.db.WrapErr("reading how far the site looks back", err)
	}
	sessions, err := s.sessionVisits(ctx, c, first)
	if err != nil {
		return nil, s.db.WrapErr("reading the visitor's sessions", err)
	}
	inline, err := s.inlineVisits(ctx, c, first)
	if err != nil {
		return nil, s.db.WrapErr("reading the visitor's visits", err)
	}
	known := make(map[string]bool, len(sessions))
	for _, v := range sessions {
		known[v.SessionID] = true
	}
	all := append(sessions, slices.DeleteFunc(inline, func(v conversion.Visit) bool { return known[v.SessionID] })...)
	slices.SortFunc(all, func(a, b conversion.Visit) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID))
	})
	return bothEnds(all, first), nil
}

// lookback returns the time of the first visits that count for a conversion.
func (s *Store) lookback(ctx context.Context, c Conversion) (time.Time, error) {
	var days []int
	if err := s.db.Read(ctx).Model(&Site{}).Where("id = ?", c.SiteID).Pluck("lookback_days", &days).Error; err != nil {
		return time.Time{}, err
	}
	if len(days) == 0 || days[0] == 0 {
		return c.At.Add(-visitHistory), nil
	}
	return c.At.UTC().AddDate(0, 0, -days[0]), nil
}

// readBothEnds reads the newest visits that a query finds, and the oldest from a
// time on where these are not all. Some may be read twice.
func readBothEnds[T any](query func() *gorm.DB, at string, first time.Time) ([]T, error) {
	var newest, oldest []T
	err := query().Order(at + " DESC, id DESC").Limit(maxVisits).Find(&newest).Error
	if err != nil || len(newest) < maxVisits {
		return newest, err
	}
	err = query().Where(at+" >= ?", first).Order(at + ", id").Limit(oldestVisits).Find(&oldest).Error
	return append(newest, oldest...), err
}

// bothEnds returns as many visits as are wanted of all, newest first: the newest,
// and the oldest from a time on.
func bothEnds(all []conversion.Visit, first time.Time) []conversion.Visit {
	all = slices.CompactFunc(all, func(a, b conversion.Visit) bool { return a.ID == b.ID })
	if len(all) <= maxVisits {
		return all
	}
	newest, others := all[:maxVisits-oldestVisits], all[maxVisits-oldestVisits:]
	others = slices.DeleteFunc(others, func(v conversion.Visit) bool { return v.At.Before(first) })
	return append(newest, others[max(0, len(others)-oldestVisits):]...)
}

// sessionVisits returns the sessions of the browsers that the visitor is known by.
func (s *Store) sessionVisits(ctx context.Context, c Conversion, first time.Time) ([]conversion.Visit, error) {
	visitors, err := relatedVisitors(s.db.Read(ctx), c)
	if err != nil || len(visitors) == 0 {
		return nil, err
	}
	sessions, err := readBothEnds[Session](func() *gorm.DB {
		return s.db.Read(ctx).Where("site_id = ? AND visitor_id IN ? AND started_at > ?", c.SiteID, visitors, c.At.Add(-visitHistory))
	}, "started_at", first)
	if err != nil {
		return nil, err
	}
	visits := make([]conversion.Visit, 0, len(sessions))
	for _, x := range sessions {
		visits = append(visits, conversion.Visit{
			ID: x.ID, SessionID: x.ID, At: x.visitedAt(c), Traffic: x.Traffic, VisitorIDs: x.VisitorIDs,
		})
	}
	return visits, nil
}

// visitedAt returns when the session began, as a conversion sees it. The session
// that the conversion came of began before it, even if the network made the time
// of its first view a later one.
func (s Session) visitedAt(c Conversion) time.Time {
	if s.ID == c.SessionID && s.StartedAt.After(c.At) {
		return c.At
	}
	return s.StartedAt
}

// inlineVisits returns the visits that came with other conversions.
func (s *Store) inlineVisits(ctx context.Context, c Conversion, first time.Time) ([]conversion.Visit, error) {
	mine := visitsOf(s.db.Read(ctx), c)
	if len(mine) == 0 {
		return nil, nil
	}
	rows, err := readBothEnds[Visit](func() *gorm.DB {
		return s.db.Read(ctx).Where("id IN ("+union(len(mine))+")", mine...).
			Where("conversion_id <> ? AND at > ?", c.ID, c.At.Add(-visitHistory))
	}, "at", first)
	if err != nil {
		return nil, err
	}
	visitors, err := s.visitorsOf(ctx, rows)
	if err != nil {
		return nil, fmt.Errorf("reading their visitors: %w", err)
	}
	visits := make([]conversion.Visit, 0, len(rows))
	for _, v := range rows {
		visits = append(visits, conversion.Visit{
			ID: v.ID, SessionID: v.SessionID, At: v.At, Traffic: v.Traffic, VisitorIDs: visitors[v.ID],
		})
	}
	return visits, nil
}

// visitorsOf returns the visitor ids of visits by visit and system. Ids that
// identify nobody are left out.
func (s *Store) visitorsOf(ctx context.Context, visits []Visit) (map[string]map[string]string, error) {
	if len(visits) == 0 {
		return nil, nil
	}
	visitIDs := make([]string, len(visits))
	for i, v := range visits {
		visitIDs[i] = v.ID
	}
	var rows []VisitVisitor
	if err := s.db.Read(ctx).Where("visit_id IN ?", visitIDs).Find(&rows).Error; err != nil {
		return nil, err
	}
	byVisit := map[string]map[string]string{}
	for _, row := range rows {
		if !conversion.UsableVisitorID(row.VisitorID) {
			continue
		}
		if byVisit[row.VisitID] == nil {
			byVisit[row.VisitID] = map[string]string{}
		}
		byVisit[row.VisitID][row.System] = row.VisitorID
	}
	return byVisit, nil
}

// visitsOf are queries for the ids of the visitor's visits, one for each thing
// that the visitor is known by, so that each goes by an index of its own. The
// repeated "is not empty" is the condition of those indexes.
func visitsOf(db *gorm.DB, c Conversion) []any {
	var queries []any
	if c.SessionID != "" {
		queries = append(queries, db.Model(&Visit{}).Select("id").
			Where("site_id = ? AND session_id = ? AND session_id <> ''", c.SiteID, c.SessionID))
	}
	if c.Person != "" {
		queries = append(queries, db.Model(&Visit{}).Select("id").
			Where("site_id = ? AND person = ? AND person <> ''", c.SiteID, c.Person))
	}
	for system, id := range c.VisitorIDs {
		if conversion.UsableVisitorID(id) { // people stored as "unknown" share no history
			queries = append(queries, db.Model(&VisitVisitor{}).Select("visit_id").
				Where("site_id = ? AND visitor_id = ? AND system = ?", c.SiteID, id, system).
				Where("NOT EXISTS (?)", sharedByMany(db, c.SiteID, id, system)))
		}
	}
	return queries
}
