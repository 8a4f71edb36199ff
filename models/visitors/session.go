package visitors

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/internal/ids"
	"ringback/models/database"
	"ringback/models/ownership"
	"ringback/visits"
)

// Session is one visit of a visitor, as reported by the site's script.
type Session struct {
	ID                 string `gorm:"primaryKey"`
	SiteID             string
	VisitorID          string
	StartedAt          time.Time
	LastActivityAt     time.Time
	Traffic            conversion.Traffic `gorm:"serializer:json"`
	StartedBecause     visits.StartReason `gorm:"column:why;serializer:reason"` // why it is a session of its own
	ChannelCarriedOver bool               `gorm:"column:carried"`               // its channel is that of the session before
	VisitorIDs         map[string]string  `gorm:"serializer:json"`              // third parties' ids seen during it
	Storage            string             // where the browser keeps the visitor id: cookie, storage, memory
	Views              int
	Leads              int
	CreatedAt          time.Time
}

// PageView is one activity of a session: a page looked at, or a form sent.
type PageView struct {
	SiteID     string `gorm:"primaryKey"`
	ID         string `gorm:"primaryKey"` // made by the script: a repeat is the same view
	SessionID  string
	Kind       visits.Kind
	At         time.Time
	URL        string
	Referrer   string
	Script     string // version of the script that reported it
	ReceivedAt time.Time
}

// SessionViews lists what a visitor did in a session, newest first.
func (s *Store) SessionViews(ctx context.Context, accountID, siteID, sessionID string, page database.Page) ([]PageView, string, error) {
	if err := ownership.CheckHistory(s.db.Read(ctx), accountID, siteID); err != nil {
		return nil, "", s.db.WrapErr("listing a session's views", err)
	}
	if _, err := existingSession(s.db.Read(ctx), siteID, sessionID); err != nil {
		return nil, "", s.db.WrapErr("listing a session's views", err)
	}
	views, next, err := pageOfViews(s.db.Read(ctx).Where("session_id = ?", sessionID), page)
	return views, next, s.db.WrapErr("listing a session's views", err)
}

// pageOfViews is database.PageByID for views, whose ids are made by browsers and not in
// their order.
func pageOfViews(query *gorm.DB, p database.Page) ([]PageView, string, error) {
	return database.PageByTime(query, p, database.Chronology{Column: "at"}, func(v PageView) (time.Time, string) { return v.At, v.ID })
}

// SessionNamed returns a session of the site by its id, nil if there is none.
func SessionNamed(db *gorm.DB, siteID, id string) (*Session, error) {
	if !isSession(id) {
		return nil, nil
	}
	session, err := ownership.Find[Session](db, siteID, id)
	if err != nil {
		return nil, fmt.Errorf("reading a session: %w", err)
	}
	return session, nil
}

// isSession reports whether an id may be that of a session. Sources report sessions of
// other systems too, which are not looked up.
func isSession(id string) bool { return strings.HasPrefix(id, ids.Session+"_") }

// maxBegun is how many sessions of one visitor are read that had begun by a time. Each begins when the one
// before it ends, so of those that were active lately a person has a few.
const maxBegun = 100

// ActiveAt returns the sessions of visitors that had begun by a time and were active within
// a time of inactivity before it, the newest first. It looks among the latest that had begun
// of each visitor: those before them have ended. A visitor with very many hides no other one.
func ActiveAt(db *gorm.DB, siteID string, visitorIDs []string, at time.Time, inactivity time.Duration) ([]visits.Recognizable, error) {
	queries := sessionsOfEach(siteID, visitorIDs, End{Newest: true, Limit: maxBegun}, "started_at <= ?", at)
	for i := range queries {
		queries[i] = queries[i].And("WHERE last_activity_at >= ?", at.Add(-inactivity))
	}
	rows, err := readSessions(db, queries, true)
	sessions := make([]visits.Recognizable, 0, len(rows))
	for _, x := range rows {
		sessions = append(sessions, visits.Recognizable{
			SessionID: x.ID, VisitorID: x.VisitorID, LastActivityAt: x.LastActivityAt, VisitorIDs: x.VisitorIDs,
		})
	}
	return sessions, err
}

// End is one end of the sessions of visitors.
type End struct {
	Newest bool // not the oldest
	Limit  int
}

// Order returns the SQL after a column by which the end is read.
func (e End) Order() string {
	if e.Newest {
		return " DESC"
	}
	return ""
}

// SessionsOf returns the sessions of visitors that meet a condition, from one end on.
func SessionsOf(db *gorm.DB, siteID string, visitorIDs []string, end End, condition string, values ...any) ([]Session, error) {
	sessions, err := readSessions(db, sessionsOfEach(siteID, visitorIDs, end, condition, values...), end.Newest)
	return sessions[:min(len(sessions), end.Limit)], err
}

// sessionsOfEach returns a query for the sessions at one end of those of each visitor that meet a
// condition. Each visitor is asked for apart, in the order of an index: to find the newest
// sessions of a list of visitors, even of one, PostgreSQL may read all that they have.
func sessionsOfEach(siteID string, visitorIDs []string, end End, condition string, values ...any) []database.Query {
	queries := make([]database.Query, len(visitorIDs))
	for i, id := range visitorIDs {
		queries[i] = database.Q("SELECT * FROM (SELECT * FROM sessions WHERE site_id = ? AND visitor_id = ?", siteID, id).
			And("AND "+condition, values...).And("ORDER BY started_at"+end.Order()+" LIMIT ?) AS one", end.Limit)
	}
	return queries
}

// readSessions returns the sessions that queries find, in their order.
func readSessions(db *gorm.DB, queries []database.Query, newestFirst bool) ([]Session, error) {
	if len(queries) == 0 {
		return nil, nil
	}
	var sessions []Session
	if err := database.Joined("UNION ALL", queries...).Scan(db, &sessions); err != nil {
		return nil, err
	}
	slices.SortFunc(sessions, func(a, b Session) int { return cmp.Or(a.StartedAt.Compare(b.StartedAt), cmp.Compare(a.ID, b.ID)) })
	if newestFirst {
		slices.Reverse(sessions)
	}
	return sessions, nil
}
