package models

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/identity"
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

// readBothEnds reads the newest visits that a query finds and, if there are more,
// the oldest from a time on. Some may be returned twice.
func readBothEnds[T any](query func() *gorm.DB, at string, start time.Time) ([]T, error) {
	var newest, oldest []T
	err := query().Order(at + " DESC, id DESC").Limit(visits.MaxHistory).Find(&newest).Error
	if err != nil || len(newest) < visits.MaxHistory {
		return newest, err
	}
	err = query().Where(at+" >= ?", start).Order(at + ", id").Limit(visits.OldestHistory).Find(&oldest).Error
	return append(newest, oldest...), err
}

// sessionVisits returns the sessions of the browsers that the visitor is known by.
func (s *Store) sessionVisits(ctx context.Context, c Conversion, reach visits.Reach, links []identity.Link) ([]conversion.Visit, error) {
	if len(links) == 0 {
		return nil, nil
	}
	evidence := evidenceOf(links)
	sessions, err := readBothEnds[visitors.Session](func() *gorm.DB {
		return s.db.Read(ctx).Where("site_id = ? AND visitor_id IN ? AND started_at > ?", c.SiteID, identity.Visitors(links), reach.Read)
	}, "started_at", reach.Counts)
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
	mine := visitsOf(c)
	if mine.Text == "" {
		return nil, nil
	}
	rows, err := readBothEnds[Visit](func() *gorm.DB {
		return s.db.Read(ctx).Where("id IN ("+mine.Text+") AND conversion_id <> ? AND at > ?", append(mine.Values, c.ID, reach.Read)...)
	}, "at", reach.Counts)
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, nil
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

// visitsOf returns a query for the ids of the visitor's visits, joined of one for each thing
// that the visitor is known by, so that each uses an index of its own. The repeated
// "is not empty" is the condition of those indexes.
func visitsOf(c Conversion) database.Query {
	var queries []database.Query
	if c.SessionID != "" {
		queries = append(queries, database.Q("SELECT id FROM visits WHERE site_id = ? AND session_id = ? AND session_id <> ''", c.SiteID, c.SessionID))
	}
	if c.Person != "" {
		queries = append(queries, database.Q("SELECT id FROM visits WHERE site_id = ? AND person = ? AND person <> ''", c.SiteID, c.Person))
	}
	for system, id := range c.VisitorIDs {
		if conversion.UsableVisitorID(id) { // visits stored as "unknown" share no history
			queries = append(queries, database.Q("SELECT visit_id FROM visit_visitors WHERE site_id = ? AND visitor_id = ? AND system = ? AND "+visitors.NotShared,
				c.SiteID, id, system, c.SiteID, id, system, identity.MaxSharing))
		}
	}
	return database.Joined("UNION", queries...)
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
