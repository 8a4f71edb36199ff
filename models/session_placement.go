package models

import (
	"cmp"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/internal/ids"
	"ringback/visits"
)

// arrivalSlack is how far the times of two activities may be off against each
// other: each includes how long the network took, and a visitor's first request
// takes longest.
const arrivalSlack = 15 * time.Second

// placed says how an activity came into its session.
type placement struct {
	isNew          bool // it began the session
	isItsBeginning bool // the session was there, and this is where it began
	isOver         bool // the visitor has begun another session since
	duplicate      bool
}

// place finds the session that an activity belongs to, or makes the one that it
// begins. An activity may have waited in the browser, so that the visitor's
// newest session began after it.
func (s *Store) placeActivity(tx *gorm.DB, plan SitePlan, newest *Session, a Activity) (Session, placement, error) {
	if newest == nil || !newest.StartedAt.After(a.Hit.At) {
		return s.placeInOrder(tx, plan, newest, a)
	}
	before, after, err := sessionsAround(tx, *newest, a.Hit.At)
	if err != nil {
		return Session{}, placement{}, err
	}
	session, how := s.placeLate(plan, before, after, a)
	how.isOver = session.ID != newest.ID
	return session, how, nil
}

// placeInOrder places an activity that is none before the visitor's newest
// session began. An arrival that seems to follow the beginning of a direct session
// by moments is where that began, if that came from a page of the site that nobody
// reported: the request of the first page took longer than that of the next one.
func (s *Store) placeInOrder(tx *gorm.DB, plan SitePlan, newest *Session, a Activity) (Session, placement, error) {
	session, isNew := s.next(plan, newest, a)
	isLate := isNew && newest != nil && a.Hit.At.Sub(newest.StartedAt) <= arrivalSlack
	if !isLate || !newest.Traffic.Direct() || session.Traffic.Direct() {
		return session, placement{isNew: isNew}, nil
	}
	first, err := firstView(tx, *newest)
	if err != nil || !plan.Rules().FromWithin(first) {
		return session, placement{isNew: isNew}, err
	}
	return newest.withStartOf(session), placement{isItsBeginning: true}, nil
}

// firstView returns the activity that a session began with, as far as it is stored.
func firstView(tx *gorm.DB, session Session) (visits.Hit, error) {
	var views []PageView
	err := tx.Where("session_id = ?", session.ID).Order("at, id").Limit(1).Find(&views).Error
	if err != nil {
		return visits.Hit{}, fmt.Errorf("reading a session's first view: %w", err)
	}
	if len(views) == 0 {
		return visits.Hit{}, nil
	}
	return visits.Hit{At: views[0].At, Kind: views[0].Kind, URL: views[0].URL, Referrer: views[0].Referrer}, nil
}

// next returns the session that an activity continues, or the one that it begins.
func (s *Store) next(plan SitePlan, previous *Session, a Activity) (session Session, isNew bool) {
	step := visits.Next(previous.forRules(), a.Hit, plan.Rules())
	if previous != nil && !step.New {
		return *previous, false
	}
	traffic := step.Traffic
	traffic.Device = cmp.Or(traffic.Device, a.Device)
	traffic.City, traffic.Region = cmp.Or(traffic.City, a.City), cmp.Or(traffic.Region, a.Region)
	traffic.Country = cmp.Or(traffic.Country, a.Country)
	return Session{
		ID: ids.New(ids.Session), SiteID: plan.Site.ID, VisitorID: a.VisitorID,
		StartedAt: a.Hit.At, LastActivityAt: a.Hit.At,
		Traffic: traffic, StartedBecause: step.Why, ChannelCarriedOver: step.Carried, Storage: a.Storage, CreatedAt: s.db.Now(),
	}, true
}

// placeLate places an activity that comes after one which followed it: between
// the session before it, if there is any, and the one after it. Sessions come
// out as they would have in order, as far as no session has to be taken apart.
func (s *Store) placeLate(plan SitePlan, before *Session, after Session, a Activity) (Session, placement) {
	session, isNew := s.next(plan, before, a)
	arrived, ahead := isNew && !session.Traffic.Direct(), after.StartedAt.Sub(a.Hit.At)
	switch {
	case !arrived && ahead <= arrivalSlack:
		return after, placement{}
	case before != nil && !a.Hit.At.After(before.LastActivityAt):
		return *before, placement{}
	case !isNew || ahead > plan.Rules().Inactivity || !after.Traffic.Direct():
		return session, placement{isNew: isNew}
	}
	return after.withStartOf(session), placement{isItsBeginning: true}
}

// begunBy returns the session as one that begins as another one would have.
func (s Session) withStartOf(other Session) Session {
	if other.StartedAt.Before(s.StartedAt) {
		s.StartedAt = other.StartedAt
	}
	s.Traffic, s.StartedBecause, s.ChannelCarriedOver = other.Traffic, other.StartedBecause, other.ChannelCarriedOver
	return s
}

// ruled is the session as the rules know it; nil when there is none.
func (s *Session) forRules() *visits.Session {
	if s == nil {
		return nil
	}
	return &visits.Session{ID: s.ID, StartedAt: s.StartedAt, LastActivityAt: s.LastActivityAt, Traffic: s.Traffic}
}

// newestSession returns the visitor's session that began last; nil when there is none.
func newestSession(db *gorm.DB, siteID, visitorID string) (*Session, error) {
	var sessions []Session
	err := db.Where("site_id = ? AND visitor_id = ?", siteID, visitorID).
		Order("started_at DESC, id DESC").Limit(1).Find(&sessions).Error
	if err != nil {
		return nil, fmt.Errorf("reading the visitor's session: %w", err)
	}
	if len(sessions) == 0 {
		return nil, nil
	}
	return &sessions[0], nil
}

// sessionsAround returns the visitor's session that began last before a time, nil
// when none did, and the one that began next after it, the newest at the latest.
func sessionsAround(tx *gorm.DB, newest Session, at time.Time) (before *Session, after Session, err error) {
	theirs := func() *gorm.DB {
		return tx.Where("site_id = ? AND visitor_id = ?", newest.SiteID, newest.VisitorID).Limit(1)
	}
	var earlier, later []Session
	err = theirs().Where("started_at <= ?", at).Order("started_at DESC, id DESC").Find(&earlier).Error
	if err == nil {
		err = theirs().Where("started_at > ?", at).Order("started_at, id").Find(&later).Error
	}
	if err != nil {
		return nil, newest, fmt.Errorf("reading the visitor's sessions around an activity: %w", err)
	}
	if len(earlier) > 0 {
		before = &earlier[0]
	}
	return before, append(later, newest)[0], nil
}
