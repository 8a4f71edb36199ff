package models

import (
	"context"
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
	VisitorID    string
	HitID        string            // made by the script; an activity that is sent again has the same id
	Hit          visits.Hit        // with the addresses as reported, and At by the clock of this service
	VisitorIDs   map[string]string // third parties', as returned by conversion.VisitorID
	Device       string
	City         string
	Region       string
	Country      string
	Storage      string // where the browser keeps the visitor id: cookie, storage, memory
	Script       string // version of the script
	WantsNumbers bool
	// LeasesFrom holds the ids of the pools that may lease the session a number which
	// it does not have yet. Nil means all pools. A session keeps the number it has.
	LeasesFrom map[string]bool
}

// ActivityResult is what became of an activity.
type ActivityResult struct {
	SessionID string
	New       bool              // it began the session
	Duplicate bool              // it was stored before, nothing changed
	Forgotten bool              // the visitor withdrew consent, nothing was stored
	Numbers   []DisplayedNumber // those that its page is to show
	Exhausted []string          // pools that had no number left
	Leased    []string          // pools that leased the session a number which it did not have
	Withheld  bool              // a pool outside LeasesFrom would have had to lease a number
}

// errAnothersHit is returned for an activity with the id of another visitor's: a
// session is returned to its own visitor alone.
var errAnothersHit = fault.New(fault.Conflict, "activity_of_other")

// RecordActivity stores what a visitor did, in the session that it continues or
// begins, and returns the numbers to show, in one transaction (G1). The same hit id
// is one activity (G2), and what a visitor does in two tabs at once is one session.
func (s *Store) RecordActivity(ctx context.Context, plan SitePlan, a Activity) (ActivityResult, error) {
	var result ActivityResult
	if err := database.CheckStorable(a); err != nil {
		return result, err
	}
	err := s.db.Tx(ctx, "storing a visitor's activity", func(tx *gorm.DB) error {
		session, how, err := s.storeActivity(tx, plan, a)
		if err != nil {
			return err
		}
		result = ActivityResult{SessionID: session.ID, New: how.isNew, Duplicate: how.duplicate, Forgotten: how.forgotten}
		if !a.WantsNumbers || how.forgotten || how.isOver || !session.forRules().Open(s.db.Now(), plan.Rules()) {
			return nil // no page of a session that is over is being looked at
		}
		return s.showNumbers(tx, plan, session, a, &result)
	})
	if err != nil {
		return ActivityResult{}, err
	}
	return result, nil
}

// storeActivity stores an activity and returns its session, none if the visitor is
// forgotten. The lock on the visitor makes the activities of one visitor follow each
// other. The statements are few, as every page view needs them: the visitor, the
// session before, the view, the session.
func (s *Store) storeActivity(tx *gorm.DB, plan SitePlan, a Activity) (Session, placement, error) {
	a.Hit.At = database.Timestamp(a.Hit.At)
	if err := upsertVisitor(tx, plan.Site.ID, a.VisitorID, a.Hit.At); err != nil {
		return Session{}, placement{}, err
	}
	newest, err := newestSession(tx, plan.Site.ID, a.VisitorID)
	if err != nil {
		return Session{}, placement{}, err
	}
	if newest == nil {
		forgotten, err := s.leaveForgotten(tx, plan.Site.ID, a.VisitorID)
		if err != nil || forgotten {
			return Session{}, placement{forgotten: true}, err
		}
	}
	session, how, err := s.placeActivity(tx, plan, newest, a)
	if err != nil {
		return Session{}, placement{}, err
	}
	first, err := database.InsertOnce(tx, s.viewOf(session, a))
	if err != nil {
		return Session{}, placement{}, fmt.Errorf("storing the view: %w", err)
	}
	if !first {
		stored, err := sessionOfHit(tx, plan.Site.ID, a)
		return stored, placement{duplicate: true, isOver: newest == nil || stored.ID != newest.ID}, err
	}
	newIDs, err := session.store(tx, a, how)
	if err != nil {
		return Session{}, placement{}, err
	}
	if err := journeys.MarkVisitorIfKnown(tx, plan.Site.ID, a.VisitorID); err != nil {
		return Session{}, placement{}, err
	}
	if how.isNew || !newIDs {
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
func (s *Session) store(tx *gorm.DB, a Activity, how placement) (newIDs bool, err error) {
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
	if how.isNew {
		err = tx.Create(s).Error
	} else {
		err = tx.Select(changed).Updates(s).Error
	}
	if err != nil {
		return false, fmt.Errorf("storing the session: %w", err)
	}
	if !how.isNew && (how.movesStart || len(news) > 0) {
		if err := figures.MarkSession(tx, s.SiteID, s.ID); err != nil {
			return false, err
		}
	}
	return len(news) > 0, keepVisitorIDs(tx, *s, news, a.Hit.At)
}
