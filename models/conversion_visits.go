package models

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/identity"
	"ringback/internal/ids"
	"ringback/models/database"
	"ringback/models/ownership"
	"ringback/models/tracking"
	"ringback/models/visitors"
	"ringback/visits"
)

// Visits returns the known history of the visitor of a case, newest first, with
// the visitor ids of each visit (R8): the sessions of all browsers that the visitor
// is known by, and the visits that were reported with other conversions of the same
// session, person or visitor id. The visit that was reported with the conversion
// itself is left out: Call.Facts and Lead.Facts add it. Visits that are only claimed,
// by a contact in a form, count if nothing else is known of the visitor.
func (s *Store) Visits(ctx context.Context, of Case) ([]conversion.Visit, error) {
	c, reach, trustForms := of.Conversion, visits.ReachOf(of.Conversion.At, of.Site.LookbackDays), of.trustsForms()
	links, err := s.linksOf(ctx, of)
	if err != nil {
		return nil, s.db.WrapErr("finding the visitors of a conversion", err)
	}
	sessions, err := s.sessionVisits(ctx, c, reach, links)
	if err != nil {
		return nil, s.db.WrapErr("reading the visitor's sessions", err)
	}
	inline, err := s.inlineVisits(ctx, c, reach)
	if err != nil {
		return nil, s.db.WrapErr("reading the visitor's visits", err)
	}
	return identity.Credible(visits.History(sessions, inline, reach.Counts), trustForms), nil
}

// linksOf returns the visitors that a case belongs to. They are read if it has been decided:
// its case does not have them then.
func (s *Store) linksOf(ctx context.Context, of Case) ([]identity.Link, error) {
	known := of.ties
	if known == nil {
		var err error
		if known, err = visitors.TiesOf(s.db.Read(ctx), of.Conversion.subject(), of.trustsForms()); err != nil {
			return nil, err
		}
	}
	return known.All(of.trustsForms()), nil
}

// historyEnd is the newest or the oldest part of a long history of visits. Its texts are SQL.
type historyEnd struct {
	since string // how the times that count compare with start
	start time.Time
	order string // in which the visits are read
	most  int
}

// historyEnds returns the newest and the oldest part of a history.
func historyEnds(reach visits.Reach) (newest, oldest historyEnd) {
	return historyEnd{" > ?", reach.Read, " DESC", visits.MaxHistory}, historyEnd{" >= ?", reach.Counts, "", visits.OldestHistory}
}

// of returns the visits of the end that a query finds, by the column with their time.
func (e historyEnd) of(query *gorm.DB, at string) *gorm.DB {
	return query.Where(at+e.since, e.start).Order(at + e.order + ", id" + e.order).Limit(e.most)
}

// readBothEnds reads the newest visits that a query finds and, if there are more, the oldest.
// Some may be returned twice.
func readBothEnds[T any](reach visits.Reach, query func(historyEnd) *gorm.DB) ([]T, error) {
	newest, oldest := historyEnds(reach)
	var all, more []T
	err := query(newest).Find(&all).Error
	if err != nil || len(all) < newest.most {
		return all, err
	}
	err = query(oldest).Find(&more).Error
	return append(all, more...), err
}

// sessionVisits returns the sessions of the browsers that the visitor is known by.
func (s *Store) sessionVisits(ctx context.Context, c Conversion, reach visits.Reach, links []identity.Link) ([]conversion.Visit, error) {
	if len(links) == 0 {
		return nil, nil
	}
	evidence := evidenceOf(links)
	sessions, err := readBothEnds[visitors.Session](reach, func(end historyEnd) *gorm.DB {
		return end.of(s.db.Read(ctx).Where("site_id = ? AND visitor_id IN ?", c.SiteID, identity.Visitors(links)), "started_at")
	})
	if err != nil {
		return nil, err
	}
	history := make([]conversion.Visit, 0, len(sessions))
	for _, x := range sessions {
		history = append(history, conversion.Visit{
			ID: x.ID, SessionID: x.ID, At: visits.VisitedAt(x.StartedAt, c.At, x.ID == c.SessionID), Traffic: x.Traffic, VisitorIDs: x.VisitorIDs,
			Evidence: evidence[x.VisitorID],
		})
	}
	return history, nil
}

// inlineVisits returns the visits that were reported with other conversions.
func (s *Store) inlineVisits(ctx context.Context, c Conversion, reach visits.Reach) ([]conversion.Visit, error) {
	if newest, _ := historyEnds(reach); visitsOf(c, newest).Text == "" {
		return nil, nil
	}
	rows, err := readBothEnds[Visit](reach, func(end historyEnd) *gorm.DB {
		mine := visitsOf(c, end)
		return end.of(s.db.Read(ctx).Where("id IN ("+mine.Text+") AND conversion_id <> ?", append(mine.Values, c.ID)...), "at")
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	visitors, err := s.visitorsOf(ctx, rows)
	if err != nil {
		return nil, fmt.Errorf("reading their visitors: %w", err)
	}
	ofLeads, err := s.leadsAmong(ctx, rows)
	if err != nil {
		return nil, fmt.Errorf("reading what they were reported with: %w", err)
	}
	history := make([]conversion.Visit, 0, len(rows))
	for _, v := range rows {
		visit := conversion.Visit{ID: v.ID, SessionID: v.SessionID, At: v.At, Traffic: v.Traffic, VisitorIDs: visitors[v.ID]}
		visit.Evidence = identity.EvidenceOfReported(visit, identity.Reported{
			SessionID: c.SessionID, VisitorIDs: c.VisitorIDs,
			ContactWritten: c.Kind == conversion.KindLead || ofLeads[v.ConversionID],
		})
		history = append(history, visit)
	}
	return history, nil
}

// leadsAmong returns which of the conversions that visits were reported with are leads.
func (s *Store) leadsAmong(ctx context.Context, rows []Visit) (map[string]bool, error) {
	asked := make([]string, len(rows))
	for i, v := range rows {
		asked[i] = v.ConversionID
	}
	var leads []string
	err := s.db.Read(ctx).Model(&Conversion{}).Where("id IN ? AND kind = ?", asked, conversion.KindLead).Pluck("id", &leads).Error
	found := make(map[string]bool, len(leads))
	for _, id := range leads {
		found[id] = true
	}
	return found, err
}

// visitorsOf returns the visitor ids of visits, by visit and system, without those
// that identify nobody.
func (s *Store) visitorsOf(ctx context.Context, inline []Visit) (map[string]map[string]string, error) {
	visitIDs := make([]string, len(inline))
	for i, v := range inline {
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

// visitsOf returns a query for the ids of the visitor's visits at one end of the history, joined of
// one for each thing that the visitor is known by, so that each uses an index of its own and
// reads no more than that end. The repeated "is not empty" is the condition of those indexes.
// The query is empty if the visitor is known by nothing. Limits are part of the text, because
// PostgreSQL would otherwise plan for any.
func visitsOf(c Conversion, end historyEnd) database.Query {
	var queries []database.Query
	known := func(column, value string) {
		if value != "" {
			queries = append(queries, database.Q(fmt.Sprintf("SELECT id FROM (SELECT id FROM visits WHERE site_id = ? AND %[1]s = ? AND %[1]s <> '' AND conversion_id <> ? AND at%[2]s"+
				" ORDER BY at%[3]s, id%[3]s LIMIT %[4]d) AS by_%[1]s", column, end.since, end.order, end.most), c.SiteID, value, c.ID, end.start))
		}
	}
	known("session_id", c.SessionID)
	known("person", c.Person)
	for system, id := range c.VisitorIDs {
		if conversion.UsableVisitorID(id) { // visits stored as "unknown" share no history
			queries = append(queries, visitsOfVisitor(c, system, id, end))
		}
	}
	return database.Joined("UNION", queries...)
}

// reportedEarly is by how long a visit may have been reported before the time that it has.
const reportedEarly = 24 * time.Hour

// visitsOfVisitor returns a query for the ids of the visits of a visitor at one end of the history.
// The rows of visitors have no time, but ids of visits are in the order in which they were
// reported. So of more visits than the end has, those that were reported first or last are found.
func visitsOfVisitor(c Conversion, system, id string, end historyEnd) database.Query {
	const bothEnds = visits.MaxHistory + 1 // with the one that was reported with the conversion
	return database.Q(fmt.Sprintf("SELECT visit_id FROM (SELECT visit_id FROM visit_visitors WHERE site_id = ? AND visitor_id = ? AND system = ? AND %s AND visit_id >= ?"+
		" ORDER BY visit_id%s LIMIT %d) AS by_visitor", visitors.NotShared, end.order, bothEnds),
		c.SiteID, id, system, c.SiteID, id, system, identity.MaxSharing, ids.Since(ids.Visit, end.start.Add(-reportedEarly)))
}

// SessionResult is what a session led to.
type SessionResult struct {
	Numbers     int // how many numbers of pools it was shown
	Conversions []SessionConversions
}

// SessionConversions are the calls or the leads of a session.
type SessionConversions struct {
	Kind     conversion.Kind
	Count    int
	NewestID string
}

// SessionResults returns what each of some sessions of a site led to, by their ids.
func (s *Store) SessionResults(ctx context.Context, accountID, siteID string, sessionIDs []string) (map[string]SessionResult, error) {
	results := make(map[string]SessionResult, len(sessionIDs))
	err := s.db.ReportTx(ctx, "reading what came of sessions", func(tx *gorm.DB) error {
		if err := ownership.CheckHistory(tx, accountID, siteID); err != nil || len(sessionIDs) == 0 {
			return err
		}
		if err := addConversions(tx, siteID, sessionIDs, results); err != nil {
			return err
		}
		return addNumbers(tx, siteID, sessionIDs, results)
	})
	return results, err
}

func addConversions(tx *gorm.DB, siteID string, sessionIDs []string, results map[string]SessionResult) error {
	var rows []struct {
		SessionID string
		SessionConversions
	}
	err := tx.Model(&Conversion{}).Select("session_id, kind, COUNT(*) AS count, MAX(id) AS newest_id").
		Where("site_id = ? AND session_id <> '' AND session_id IN ?", siteID, sessionIDs).Group("session_id, kind").Order("session_id, kind").Scan(&rows).Error
	for _, row := range rows {
		result := results[row.SessionID]
		result.Conversions = append(result.Conversions, row.SessionConversions)
		results[row.SessionID] = result
	}
	return err
}

func addNumbers(tx *gorm.DB, siteID string, sessionIDs []string, results map[string]SessionResult) error {
	var rows []struct {
		SessionID string
		Numbers   int
	}
	err := tx.Model(&tracking.Assignment{}).Select("session_id, COUNT(DISTINCT number_id) AS numbers").
		Where("site_id = ? AND session_id IN ?", siteID, sessionIDs).Group("session_id").Scan(&rows).Error
	for _, row := range rows {
		result := results[row.SessionID]
		result.Numbers = row.Numbers
		results[row.SessionID] = result
	}
	return err
}
