package visitors

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/internal/fault"
	"ringback/internal/grouping"
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

// Seen is an activity on a site, and what became of it.
type Seen struct {
	Site     Site
	Activity Activity
	Session  Session // none if the visitor is forgotten
	Placement
	isAnothers bool // its id is that of another visitor's activity
}

// Record stores an activity, as RecordAll does.
func (s *Store) Record(tx *gorm.DB, site Site, a Activity) (Session, Placement, error) {
	one := &Seen{Site: site, Activity: a}
	err := s.RecordAll(tx, []*Seen{one})
	return one.Session, one.Placement, err
}

// RecordAll stores each activity in the session that it continues or begins. The same hit id
// is one activity (G2). The locks on the visitors make the activities of one visitor follow
// each other. All transactions lock visitors in the same order. The statements are few,
// however many visitors there are: the visitors, the sessions before, the views, the sessions.
// If some have the ids of other visitors' activities, the error is a *grouping.ApartError.
func (s *Store) RecordAll(tx *gorm.DB, all []*Seen) error {
	for _, seen := range all {
		seen.Activity.Hit.At = database.Timestamp(seen.Activity.Hit.At)
	}
	byVisitor := slices.SortedStableFunc(slices.Values(all), func(a, b *Seen) int { return strings.Compare(a.visitor(), b.visitor()) })
	for _, round := range database.Rounds(byVisitor, (*Seen).visitor) {
		if err := s.recordOfVisitors(tx, round); err != nil {
			return withoutOthersHits(all, err)
		}
	}
	return nil
}

// withoutOthersHits returns an error with the places of the activities of those visitors who sent
// the ids of others' activities. Anybody can send them, which must not keep other visitors from
// sharing transactions (G6).
func withoutOthersHits(all []*Seen, err error) error {
	if !errors.Is(err, errAnothersHit) {
		return err
	}
	sent := map[string]bool{}
	for _, seen := range all {
		sent[seen.visitor()] = sent[seen.visitor()] || seen.isAnothers
	}
	apart := &grouping.ApartError{Err: err}
	for place, seen := range all {
		if sent[seen.visitor()] {
			apart.Places = append(apart.Places, place)
		}
	}
	return apart
}

// visitor returns what the visitors of all sites are told apart by.
func (s *Seen) visitor() string { return visitorOfAll(s.Site.ID, s.Activity.VisitorID) }

func visitorOfAll(siteID, visitorID string) string { return siteID + "/" + visitorID }

// recordOfVisitors stores one activity of each of several visitors.
func (s *Store) recordOfVisitors(tx *gorm.DB, all []*Seen) error {
	if err := upsertVisitors(tx, all); err != nil {
		return err
	}
	newest, err := newestOfEach(tx, all)
	if err != nil {
		return err
	}
	if err := s.leaveForgotten(tx, all, newest); err != nil {
		return err
	}
	var placed []*Seen
	for _, seen := range all {
		if seen.IsForgotten {
			continue
		}
		if seen.Session, seen.Placement, err = s.placeActivity(tx, seen.Site, newest[seen.visitor()], seen.Activity); err != nil {
			return err
		}
		placed = append(placed, seen)
	}
	stored, err := s.storeViews(tx, placed, newest)
	if err != nil {
		return err
	}
	return s.storeSessions(tx, stored)
}

// storeViews stores the views of activities, and returns those that were not stored before.
func (s *Store) storeViews(tx *gorm.DB, all []*Seen, newest map[string]*Session) (stored []*Seen, err error) {
	views := make([]PageView, len(all))
	for i, seen := range all {
		views[i] = s.viewOf(seen.Session, seen.Activity)
	}
	inserted, err := database.InsertEachOnce(tx, views)
	if err != nil {
		return nil, fmt.Errorf("storing views: %w", err)
	}
	var anothers error
	for i, seen := range all {
		if inserted[i] {
			stored = append(stored, seen)
			continue
		}
		seen.Session, err = sessionOfHit(tx, seen.Site.ID, seen.Activity)
		if seen.isAnothers = errors.Is(err, errAnothersHit); seen.isAnothers {
			anothers = err
			continue
		}
		if err != nil {
			return nil, err
		}
		before := newest[seen.visitor()]
		seen.Placement = Placement{IsDuplicate: true, IsOver: before == nil || seen.Session.ID != before.ID}
	}
	return stored, anothers
}

// upsertVisitors stores when visitors were seen, and locks their rows.
func upsertVisitors(tx *gorm.DB, all []*Seen) error {
	rows := make([]Visitor, len(all))
	for i, seen := range all {
		at := seen.Activity.Hit.At
		rows[i] = Visitor{SiteID: seen.Site.ID, ID: seen.Activity.VisitorID, FirstSeenAt: at, LastSeenAt: at}
	}
	if err := database.Together(tx, database.InsertAllOr(rows, visitorSeen)); err != nil {
		return fmt.Errorf("storing the visitors: %w", err)
	}
	return nil
}

// upsertVisitor is upsertVisitors for one.
func upsertVisitor(tx *gorm.DB, siteID, visitorID string, at time.Time) error {
	return upsertVisitors(tx, []*Seen{{Site: Site{ID: siteID}, Activity: Activity{VisitorID: visitorID, Hit: visits.Hit{At: at}}}})
}

// visitorSeen sets when a known visitor was seen.
var visitorSeen = clause.OnConflict{
	Columns: []clause.Column{{Name: "site_id"}, {Name: "id"}},
	DoUpdates: clause.Set{{
		Column: clause.Column{Name: "last_seen_at"},
		Value:  gorm.Expr("CASE WHEN excluded.last_seen_at > visitors.last_seen_at THEN excluded.last_seen_at ELSE visitors.last_seen_at END"),
	}},
}

func (s *Store) viewOf(session Session, a Activity) PageView {
	return PageView{
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

// storeSessions stores the sessions of activities with what these change of them.
func (s *Store) storeSessions(tx *gorm.DB, all []*Seen) error {
	var begun, continued []Session
	news := make([]map[string]string, len(all))
	for i, seen := range all {
		if news[i] = seen.apply(); seen.IsNew {
			begun = append(begun, seen.Session)
		} else {
			continued = append(continued, seen.Session)
		}
	}
	if len(begun) > 0 {
		if err := database.Together(tx, database.InsertAll(begun)); err != nil {
			return fmt.Errorf("storing sessions: %w", err)
		}
	}
	if err := storeActivity(tx, continued); err != nil {
		return err
	}
	if err := keepVisitorIDs(tx, all, news); err != nil {
		return err
	}
	for i, seen := range all {
		if err := s.storeNews(tx, seen, news[i]); err != nil {
			return err
		}
	}
	return markKnown(tx, all)
}

// apply changes the session as the activity does, and returns the visitor ids that are new or
// changed.
func (s *Seen) apply() (news map[string]string) {
	session, hit := &s.Session, s.Activity.Hit
	isOlder := hit.At.Before(session.LastActivityAt)
	if hit.Kind == visits.Form {
		session.Leads++
	} else {
		session.Views++
	}
	if !isOlder {
		session.LastActivityAt = hit.At
	}
	return session.applyVisitorIDs(s.Activity.VisitorIDs, isOlder)
}

// storeNews stores what an activity has changed of its session beside its figures, and what
// follows from it.
func (s *Store) storeNews(tx *gorm.DB, seen *Seen, news map[string]string) error {
	session := seen.Session
	if !seen.IsNew && (seen.movesStart || len(news) > 0) {
		err := tx.Select("started_at", "traffic", "why", "carried", "visitor_ids").Updates(&session).Error
		if err != nil {
			return fmt.Errorf("storing the session: %w", err)
		}
		if err := figures.MarkSession(tx, session.SiteID, session.ID); err != nil {
			return err
		}
	}
	if seen.IsNew || len(news) == 0 {
		return nil
	}
	return s.replanCallsOf(tx, session)
}

// storeActivity stores the figures of sessions that go on.
func storeActivity(tx *gorm.DB, sessions []Session) error {
	if len(sessions) == 0 {
		return nil
	}
	err := database.UpdateEach(tx, sessions, "last_activity_at", "views", "leads")
	if err != nil {
		return fmt.Errorf("storing sessions that go on: %w", err)
	}
	return nil
}

// markKnown marks those of the visitors whose journeys are computed.
func markKnown(tx *gorm.DB, all []*Seen) error {
	visitors := make([][]string, len(all))
	for i, seen := range all {
		visitors[i] = []string{seen.Site.ID, seen.Activity.VisitorID}
	}
	return journeys.MarkVisitorsIfKnown(tx, visitors)
}
