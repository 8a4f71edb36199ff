package models

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/conversion"
	"ringback/fault"
	"ringback/ids"
	"ringback/visits"
)

// Activity is one thing that a visitor did on a site, as its script reported it.
type Activity struct {
	VisitorID    string
	HitID        string            // made by the script: the same one again is the same activity
	Hit          visits.Hit        // addresses as they were reported, At on this service's clock
	VisitorIDs   map[string]string // third parties', as conversion.VisitorID gives them
	Device       string
	City         string
	Region       string
	Country      string
	Storage      string // where the browser keeps the visitor id: cookie, storage, memory
	Script       string // version of the script
	WantsNumbers bool
}

// Seen says what became of an activity.
type Seen struct {
	SessionID string
	New       bool     // it began the session
	Duplicate bool     // it was stored before: nothing changed
	Shown     []Shown  // the numbers that its page is to show
	RanDry    []string // pools that had none left
}

// errAnothersHit refuses an activity with the id of another visitor's: nobody
// learns of a session that is not theirs.
var errAnothersHit = fault.New(fault.Conflict, "another visitor's activity has this id")

// SeeActivity stores what a visitor did, in the session that it continues or
// begins, and gives the numbers to show, in one transaction (guarantee 1). The
// same hit id is one activity (guarantee 2), and what a visitor does in two tabs
// at once is one session.
func (s *Store) SeeActivity(ctx context.Context, plan SitePlan, a Activity) (Seen, error) {
	var seen Seen
	if err := storable(a); err != nil {
		return seen, err
	}
	err := s.inTx(ctx, "storing a visitor's activity", func(tx *gorm.DB) error {
		session, how, err := s.see(tx, plan, a)
		if err != nil {
			return err
		}
		seen = Seen{SessionID: session.ID, New: how.isNew, Duplicate: how.duplicate}
		if !a.WantsNumbers || how.late || s.now().Sub(session.LastActivityAt) > plan.Rules().Inactivity {
			return nil // nobody looks at the page of a session that is over
		}
		seen.Shown, seen.RanDry, err = s.showNumbers(tx, plan, session, a.Hit.At)
		return err
	})
	if err != nil {
		return Seen{}, err
	}
	return seen, nil
}

// placed says how an activity came into its session.
type placed struct {
	isNew     bool
	duplicate bool
	late      bool // the visitor has begun another session since
}

// see stores an activity and gives its session. The lock on the visitor makes
// what one visitor does follow each other. The statements are few, as every page
// view takes them: the visitor, the session before, the view, the session.
func (s *Store) see(tx *gorm.DB, plan SitePlan, a Activity) (Session, placed, error) {
	a.Hit.At = a.Hit.At.UTC().Truncate(time.Microsecond)
	site := plan.Site.ID
	if err := meetVisitor(tx, site, a.VisitorID, a.Hit.At); err != nil {
		return Session{}, placed{}, err
	}
	previous, late, err := sessionBefore(tx, site, a.VisitorID, a.Hit.At)
	if err != nil {
		return Session{}, placed{}, err
	}
	session := s.place(plan, previous, late, a)
	first, err := insertOnce(tx, s.viewOf(session, a))
	if err != nil {
		return Session{}, placed{}, fmt.Errorf("storing the view: %w", err)
	}
	if !first {
		stored, err := sessionOfHit(tx, site, a)
		return stored, placed{duplicate: true, late: late || previous == nil || stored.ID != previous.ID}, err
	}
	how := placed{isNew: previous == nil || session.ID != previous.ID, late: late}
	return session, how, session.took(tx, a, how.isNew)
}

// meetVisitor stores when a visitor was seen, and locks the visitor's row.
func meetVisitor(tx *gorm.DB, siteID, visitorID string, at time.Time) error {
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

// sessionBefore gives the visitor's session that had begun last by then, nil
// when none had, and whether another has begun since: an activity that waited in
// the browser comes after those that followed it.
func sessionBefore(tx *gorm.DB, siteID, visitorID string, at time.Time) (before *Session, late bool, err error) {
	var sessions []Session
	latest := tx.Where("site_id = ? AND visitor_id = ?", siteID, visitorID).Order("started_at DESC, id DESC").Limit(1)
	err = latest.Session(&gorm.Session{}).Find(&sessions).Error
	if err == nil && len(sessions) > 0 && sessions[0].StartedAt.After(at) {
		late, sessions = true, nil
		err = latest.Session(&gorm.Session{}).Where("started_at <= ?", at).Find(&sessions).Error
	}
	if err != nil {
		return nil, late, fmt.Errorf("reading the visitor's session: %w", err)
	}
	if len(sessions) == 0 {
		return nil, late, nil
	}
	return &sessions[0], late, nil
}

// place gives the session that an activity belongs to, which is new unless it
// is the one before. A late activity from the midst of a session belongs to that.
func (s *Store) place(plan SitePlan, previous *Session, late bool, a Activity) Session {
	if previous != nil && late && !a.Hit.At.After(previous.LastActivityAt) {
		return *previous
	}
	step := visits.Next(previous.rules(), a.Hit, plan.Rules())
	if previous != nil && !step.New {
		return *previous
	}
	traffic := step.Traffic
	traffic.Device = cmp.Or(traffic.Device, a.Device)
	traffic.City, traffic.Region = cmp.Or(traffic.City, a.City), cmp.Or(traffic.Region, a.Region)
	traffic.Country = cmp.Or(traffic.Country, a.Country)
	return Session{
		ID: ids.New(ids.Session), SiteID: plan.Site.ID, VisitorID: a.VisitorID,
		StartedAt: a.Hit.At, LastActivityAt: a.Hit.At,
		Traffic: traffic, Why: step.Why, Carried: step.Carried, Storage: a.Storage, CreatedAt: s.now(),
	}
}

// rules is the session as the rules know it; nil when there is none.
func (s *Session) rules() *visits.Session {
	if s == nil {
		return nil
	}
	return &visits.Session{ID: s.ID, StartedAt: s.StartedAt, LastActivityAt: s.LastActivityAt, Traffic: s.Traffic}
}

func (s *Store) viewOf(session Session, a Activity) *PageView {
	return &PageView{
		SiteID: session.SiteID, ID: a.HitID, SessionID: session.ID, Kind: a.Hit.Kind, At: a.Hit.At,
		URL: visits.CleanURL(a.Hit.URL), Referrer: visits.CleanURL(a.Hit.Referrer), Script: a.Script, ReceivedAt: s.now(),
	}
}

// sessionOfHit gives the session of an activity that was stored before.
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

// took stores what an activity changed of its session.
func (s *Session) took(tx *gorm.DB, a Activity, isNew bool) error {
	isOlder := a.Hit.At.Before(s.LastActivityAt)
	if a.Hit.Kind == visits.Form {
		s.Leads++
	} else {
		s.Views++
	}
	if !isOlder {
		s.LastActivityAt = a.Hit.At
	}
	news := s.learn(a.VisitorIDs, isOlder)
	var err error
	if isNew {
		err = tx.Create(s).Error
	} else {
		err = tx.Select("last_activity_at", "views", "leads", "visitor_ids").Updates(s).Error
	}
	if err != nil {
		return fmt.Errorf("storing the session: %w", err)
	}
	return keepVisitorIDs(tx, *s, news, a.Hit.At)
}

// learn takes over third parties' ids and gives those that are new or changed.
// What was seen earlier changes none.
func (s *Session) learn(seen map[string]string, isOlder bool) map[string]string {
	known, news := s.VisitorIDs, map[string]string{}
	for system, id := range seen {
		had := known[system]
		if id == had || len(id) > maxVisitorID || !conversion.UsableVisitorID(id) || had != "" && isOlder {
			continue
		}
		news[system] = id
	}
	if len(news) > 0 {
		s.VisitorIDs = filled(news, known)
	}
	return news
}
