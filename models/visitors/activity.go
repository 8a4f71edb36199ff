package visitors

import (
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/internal/fault"
	"ringback/models/database"
	"ringback/models/figures"
	"ringback/models/journeys"
	"ringback/visits"
)

// Activity is one thing that a visitor did on a site, as its script reported it.
type Activity struct {
	VisitorID  string
	HitID      string            // made by the script; an activity that is sent again has the same id
	Hit        visits.Hit        // with the addresses as reported, and At by the clock of this service
	VisitorIDs map[string]string // third parties', as returned by conversion.VisitorID
	Device     string
	City       string
	Region     string
	Country    string
	Storage    string // where the browser keeps the visitor id: cookie, storage, memory
	Script     string // version of the script
}

// errAnothersHit is returned for an activity with the id of another visitor's: a
// session is returned to its own visitor alone.
var errAnothersHit = fault.New(fault.Conflict, "activity_of_other")

// Record stores an activity in the session that it continues or begins, and returns the
// session, none if the visitor is forgotten. The same hit id is one activity (G2). The
// lock on the visitor makes the activities of one visitor follow each other. The
// statements are few, as every page view needs them: the visitor, the session before,
// the view, the session.
func (s *Store) Record(tx *gorm.DB, site Site, a Activity) (Session, Placement, error) {
	a.Hit.At = database.Timestamp(a.Hit.At)
	if err := upsertVisitor(tx, site.ID, a.VisitorID, a.Hit.At); err != nil {
		return Session{}, Placement{}, err
	}
	newest, err := newestSession(tx, site.ID, a.VisitorID)
	if err != nil {
		return Session{}, Placement{}, err
	}
	if newest == nil {
		forgotten, err := s.leaveForgotten(tx, site.ID, a.VisitorID)
		if err != nil || forgotten {
			return Session{}, Placement{IsForgotten: true}, err
		}
	}
	session, how, err := s.placeActivity(tx, site, newest, a)
	if err != nil {
		return Session{}, Placement{}, err
	}
	first, err := database.InsertOnce(tx, s.viewOf(session, a))
	if err != nil {
		return Session{}, Placement{}, fmt.Errorf("storing the view: %w", err)
	}
	if !first {
		stored, err := sessionOfHit(tx, site.ID, a)
		return stored, Placement{IsDuplicate: true, IsOver: newest == nil || stored.ID != newest.ID}, err
	}
	newIDs, err := session.store(tx, a, how)
	if err != nil {
		return Session{}, Placement{}, err
	}
	if err := journeys.MarkVisitorIfKnown(tx, site.ID, a.VisitorID); err != nil {
		return Session{}, Placement{}, err
	}
	if how.IsNew || !newIDs {
		return session, how, nil
	}
	return session, how, s.replanCallsOf(tx, session)
}

// upsertVisitor stores when a visitor was seen, and locks the visitor's row.
func upsertVisitor(tx *gorm.DB, siteID, visitorID string, at time.Time) error {
	latest := gorm.Expr("CASE WHEN excluded.last_seen_at > visitors.last_seen_at THEN excluded.last_seen_at ELSE visitors.last_seen_at END")
	err := tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "site_id"}, {Name: "id"}},
		DoUpdates: clause.Set{{Column: clause.Column{Name: "last_seen_at"}, Value: latest}},
	}).Create(&Visitor{SiteID: siteID, ID: visitorID, FirstSeenAt: at, LastSeenAt: at}).Error
	if err != nil {
		return fmt.Errorf("storing the visitor: %w", err)
	}
	return nil
}

func (s *Store) viewOf(session Session, a Activity) *PageView {
	return &PageView{
		SiteID: session.SiteID, ID: a.HitID, SessionID: session.ID, Kind: a.Hit.Kind, At: a.Hit.At,
		URL: visits.CleanURL(a.Hit.URL), Referrer: visits.CleanURL(a.Hit.Referrer), Script: a.Script, ReceivedAt: s.db.Now(),
	}
}

// sessionOfHit returns the session of an activity that was stored before.
func sessionOfHit(tx *gorm.DB, siteID string, a Activity) (Session, error) {
	var stored []Session
	view := tx.Model(&PageView{}).Select("session_id").Where("site_id = ? AND id = ?", siteID, a.HitID)
	err := tx.Where("id = (?) AND visitor_id = ?", view, a.VisitorID).Limit(1).Find(&stored).Error
	if err != nil {
		return Session{}, fmt.Errorf("reading the session of a repeated view: %w", err)
	}
	if len(stored) == 0 {
		return Session{}, errAnothersHit
	}
	return stored[0], nil
}

// store stores the session with what an activity changed of it. It reports whether
// visitor ids are new or changed.
func (s *Session) store(tx *gorm.DB, a Activity, how Placement) (newIDs bool, err error) {
	isOlder := a.Hit.At.Before(s.LastActivityAt)
	if a.Hit.Kind == visits.Form {
		s.Leads++
	} else {
		s.Views++
	}
	if !isOlder {
		s.LastActivityAt = a.Hit.At
	}
	news := s.applyVisitorIDs(a.VisitorIDs, isOlder)
	changed := []string{"last_activity_at", "views", "leads", "visitor_ids"}
	if how.movesStart {
		changed = append(changed, "started_at", "traffic", "why", "carried")
	}
	if how.IsNew {
		err = tx.Create(s).Error
	} else {
		err = tx.Select(changed).Updates(s).Error
	}
	if err != nil {
		return false, fmt.Errorf("storing the session: %w", err)
	}
	if !how.IsNew && (how.movesStart || len(news) > 0) {
		if err := figures.MarkSession(tx, s.SiteID, s.ID); err != nil {
			return false, err
		}
	}
	return len(news) > 0, keepVisitorIDs(tx, *s, news, a.Hit.At)
}
