package visitors

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/models/database"
	"ringback/models/ownership"
)

// SessionFilter selects a site's sessions. Empty fields select all.
type SessionFilter struct {
	VisitorID string
	From, To  *time.Time        // of StartedAt; To is exclusive
	Traffic   map[string]string // channel, source, medium, campaign, up to 255 characters; an empty value selects what is not known
}

// longestValue is how many characters of a field of traffic an index has: those of PostgreSQL
// hold no entry of more than 2,704 bytes.
const longestValue = 255

// trafficField returns the expression of a field of traffic that has an index.
func trafficField(name string) string {
	return fmt.Sprintf("substr(traffic ->> '%s', 1, %d)", name, longestValue)
}

// newestSessions is the order of lists of sessions: one that was reported late is at the time
// when it began.
var newestSessions = database.Chronology{Column: "started_at"}

// Sessions lists a site's sessions, those that began last first.
func (s *Store) Sessions(ctx context.Context, accountID, siteID string, f SessionFilter, page database.Page) (items []Session, next string, err error) {
	err = s.db.ReportTx(ctx, "listing sessions", func(tx *gorm.DB) error {
		if err := ownership.CheckHistory(tx, accountID, siteID); err != nil {
			return err
		}
		if page, err = continued(tx, siteID, page); err != nil {
			return err
		}
		items, next, err = database.PageByTime(f.narrow(tx.Where("site_id = ?", siteID)), page, newestSessions,
			func(x Session) (time.Time, string) { return x.StartedAt, x.ID })
		return err
	})
	return items, next, err
}

// narrow adds the filter to a query of a site's sessions.
func (f SessionFilter) narrow(query *gorm.DB) *gorm.DB {
	query = database.WhereSet(query, "visitor_id = ?", f.VisitorID)
	query = database.WhereBetween(query, "started_at", f.From, f.To)
	for _, field := range []string{"channel", "source", "medium", "campaign"} {
		switch value, selected := f.Traffic[field]; {
		case selected && value == "":
			query = query.Where(trafficField(field) + " IS NULL")
		case selected:
			query = query.Where(trafficField(field)+" = ?", value)
		}
	}
	return query
}

// continued returns a page that begins at a place in the order of sessions. Earlier versions
// ordered them by their ids, and a cursor was the id of the last one.
func continued(tx *gorm.DB, siteID string, page database.Page) (database.Page, error) {
	after, err := page.After()
	if err != nil || !isSession(after) {
		return page, err
	}
	last, err := SessionNamed(tx, siteID, after)
	if err == nil && last == nil {
		err = database.BadCursor()
	}
	if err != nil {
		return page, err
	}
	page.Cursor = database.CursorAfter(last.StartedAt, last.ID)
	return page, nil
}

// Session returns a session of a site.
func (s *Store) Session(ctx context.Context, accountID, siteID, id string) (Session, error) {
	db := s.db.Read(ctx)
	err := ownership.CheckHistory(db, accountID, siteID)
	var session Session
	if err == nil {
		session, err = existingSession(db, siteID, id)
	}
	return session, s.db.WrapErr("reading a session", err)
}

// existingSession is SessionNamed with an error if there is none.
func existingSession(db *gorm.DB, siteID, id string) (Session, error) {
	session, err := SessionNamed(db, siteID, id)
	if err == nil && session == nil {
		err = database.NotFoundAs("no_such_session", gorm.ErrRecordNotFound)
	}
	if err != nil {
		return Session{}, err
	}
	return *session, nil
}
