package history

import (
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/identity"
	"ringback/models/visitors"
	"ringback/visits"
)

// Of is a call or lead whose history is read.
type Of struct {
	SiteID, ConversionID string
	Kind                 conversion.Kind
	At                   time.Time
	SessionID            string            // empty if it is not known
	Person               string            // as Visit.Person
	VisitorIDs           map[string]string // by system
}

// Read returns the visits before a call or lead, newest first, with the visitor ids of each (R8):
// the sessions of the browsers that its visitor is known by, and the visits that were reported
// with other calls and leads of the same session, person or visitor id. The visit that was
// reported with it is left out.
func Read(db *gorm.DB, of Of, reach visits.Reach, links []identity.Link) ([]conversion.Visit, error) {
	sessions, err := sessionVisits(db, of, reach, links)
	if err != nil {
		return nil, fmt.Errorf("reading the visitor's sessions: %w", err)
	}
	reported, err := reportedVisits(db, of, reach)
	if err != nil {
		return nil, fmt.Errorf("reading the visits that were reported: %w", err)
	}
	return visits.History(sessions, reported, reach.Counts), nil
}

// sessionVisits returns the sessions of the browsers that the visitor is known by.
func sessionVisits(db *gorm.DB, c Of, reach visits.Reach, links []identity.Link) ([]conversion.Visit, error) {
	if len(links) == 0 {
		return nil, nil
	}
	evidence := identity.EvidenceByVisitor(links)
	sessions, err := readBothEnds(reach, c.At, func(x visitors.Session) time.Time { return x.StartedAt }, func(e end) ([]visitors.Session, error) {
		condition, values := e.times("started_at")
		return visitors.SessionsOf(db, c.SiteID, identity.Visitors(links), e.End, condition, values...)
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

// reportedVisits returns the visits that were reported with other conversions.
func reportedVisits(db *gorm.DB, c Of, reach visits.Reach) ([]conversion.Visit, error) {
	if visitsOf(c, end{}).Text == "" {
		return nil, nil
	}
	rows, err := readBothEnds(reach, c.At, func(v Visit) time.Time { return v.At }, func(e end) (rows []Visit, err error) {
		mine := visitsOf(c, e)
		err = e.of(db.Where("id IN ("+mine.Text+") AND conversion_id <> ?", append(mine.Values, c.ConversionID)...), "at").Find(&rows).Error
		return rows, err
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids, err := visitorsOf(db, rows)
	if err != nil {
		return nil, fmt.Errorf("reading their visitors: %w", err)
	}
	ofLeads, err := leadsAmong(db, rows)
	if err != nil {
		return nil, fmt.Errorf("reading what they were reported with: %w", err)
	}
	history := make([]conversion.Visit, 0, len(rows))
	for _, v := range rows {
		visit := conversion.Visit{ID: v.ID, SessionID: v.SessionID, At: v.At, Traffic: v.Traffic, VisitorIDs: ids[v.ID]}
		visit.Evidence = identity.EvidenceOfReported(visit, identity.Reported{
			SessionID: c.SessionID, VisitorIDs: c.VisitorIDs,
			ContactWritten: c.Kind == conversion.KindLead || ofLeads[v.ConversionID],
		})
		history = append(history, visit)
	}
	return history, nil
}

// leadsAmong returns which of the conversions that visits were reported with are leads.
func leadsAmong(db *gorm.DB, rows []Visit) (map[string]bool, error) {
	asked := make([]string, len(rows))
	for i, v := range rows {
		asked[i] = v.ConversionID
	}
	var leads []string
	err := db.Table("conversions").Where("id IN ? AND kind = ?", asked, conversion.KindLead).Pluck("id", &leads).Error
	found := make(map[string]bool, len(leads))
	for _, id := range leads {
		found[id] = true
	}
	return found, err
}

// visitorsOf returns the visitor ids of visits, by visit and system, without those
// that identify nobody.
func visitorsOf(db *gorm.DB, inline []Visit) (map[string]map[string]string, error) {
	visitIDs := make([]string, len(inline))
	for i, v := range inline {
		visitIDs[i] = v.ID
	}
	var rows []Visitor
	if err := db.Where("visit_id IN ?", visitIDs).Find(&rows).Error; err != nil {
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
