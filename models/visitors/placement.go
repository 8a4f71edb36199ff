package visitors

import (
	"cmp"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/internal/ids"
	"ringback/models/database"
	"ringback/visits"
)

// Site is a site as visitors are seen on it.
type Site struct {
	ID    string
	Rules visits.Rules // which tell its sessions apart
}

// Placement is how an activity came into its session.
type Placement struct {
	IsNew       bool // it began the session
	IsOver      bool // the visitor has begun another session since
	IsDuplicate bool // it was stored before
	IsForgotten bool // the visitor withdrew consent: there is no session
	movesStart  bool // the session existed, and begins with this activity from now on
}

// placeActivity returns the session that an activity belongs to, or makes the one
// that it begins. An activity may have waited in the browser, so that the
// visitor's newest session began after it.
func (s *Store) placeActivity(tx *gorm.DB, site Site, newest *Session, a Activity) (Session, Placement, error) {
	rules := site.Rules
	if newest != nil && newest.StartedAt.After(a.Hit.At) {
		before, after, err := sessionsAround(tx, *newest, a.Hit.At)
		if err != nil {
			return Session{}, Placement{}, err
		}
		p := visits.PlaceLate(before.forRules(), *after.forRules(), a.Hit, rules)
		session, how := s.placed(site, p, a, before, &after)
		how.IsOver = session.ID != newest.ID
		return session, how, nil
	}
	p := visits.Place(newest.forRules(), a.Hit, rules)
	if p.MayBeStartOf(newest.forRules(), a.Hit) {
		first, err := firstView(tx, *newest)
		if err != nil {
			return Session{}, Placement{}, err
		}
		p = p.AsStartOf(*newest.forRules(), first, rules)
	}
	session, how := s.placed(site, p, a, newest)
	return session, how, nil
}

// placed returns the session of a placement: one of those that it was made among,
// or a new one.
func (s *Store) placed(site Site, p visits.Placement, a Activity, among ...*Session) (Session, Placement) {
	if p.New() {
		return s.newSession(site, p.Start, a), Placement{IsNew: true}
	}
	var session Session
	for _, x := range among {
		if x != nil && x.ID == p.SessionID {
			session = *x
		}
	}
	if p.MovesStart {
		session = session.withStartOf(s.newSession(site, p.Start, a))
	}
	return session, Placement{movesStart: p.MovesStart}
}

// newSession returns the session that begins with an activity.
func (s *Store) newSession(site Site, start visits.Step, a Activity) Session {
	traffic := start.Traffic
	traffic.Device = cmp.Or(traffic.Device, a.Device)
	traffic.City, traffic.Region = cmp.Or(traffic.City, a.City), cmp.Or(traffic.Region, a.Region)
	traffic.Country = cmp.Or(traffic.Country, a.Country)
	return Session{
		ID: ids.New(ids.Session), SiteID: site.ID, VisitorID: a.VisitorID,
		StartedAt: a.Hit.At, LastActivityAt: a.Hit.At, Traffic: traffic,
		StartedBecause: start.Why, ChannelCarriedOver: start.Carried, Storage: a.Storage, CreatedAt: s.db.Now(),
	}
}

// withStartOf returns the session with the start of another one.
func (s Session) withStartOf(other Session) Session {
	if other.StartedAt.Before(s.StartedAt) {
		s.StartedAt = other.StartedAt
	}
	s.Traffic, s.StartedBecause, s.ChannelCarriedOver = other.Traffic, other.StartedBecause, other.ChannelCarriedOver
	return s
}

// IsOpen reports whether the session can still continue, by the rules of its site.
func (s Session) IsOpen(now time.Time, rules visits.Rules) bool {
	return s.forRules().Open(now, rules)
}

// forRules returns the session as package visits knows it, nil if there is none.
func (s *Session) forRules() *visits.Session {
	if s == nil {
		return nil
	}
	return &visits.Session{ID: s.ID, StartedAt: s.StartedAt, LastActivityAt: s.LastActivityAt, Traffic: s.Traffic}
}

// firstView returns the activity that a session began with, or the zero Hit if it
// is not stored.
func firstView(tx *gorm.DB, session Session) (visits.Hit, error) {
	view, err := database.First[PageView](tx.Where("session_id = ?", session.ID).Order("at, id"))
	if err != nil {
		return visits.Hit{}, fmt.Errorf("reading a session's first view: %w", err)
	}
	if view == nil {
		return visits.Hit{}, nil
	}
	return visits.Hit{At: view.At, Kind: view.Kind, URL: view.URL, Referrer: view.Referrer}, nil
}

// newestSession returns the visitor's session that began last, nil if there is none.
func newestSession(db *gorm.DB, siteID, visitorID string) (*Session, error) {
	session, err := database.First[Session](db.Where("site_id = ? AND visitor_id = ?", siteID, visitorID).
		Order("started_at DESC, id DESC"))
	if err != nil {
		return nil, fmt.Errorf("reading the visitor's session: %w", err)
	}
	return session, nil
}

// newestOfEach returns of each visitor of activities the session that began last, by site and
// visitor.
func newestOfEach(tx *gorm.DB, all []*Seen) (map[string]*Session, error) {
	if len(all) == 1 {
		newest, err := newestSession(tx, all[0].Site.ID, all[0].Activity.VisitorID)
		return map[string]*Session{all[0].visitor(): newest}, err
	}
	visitors := make([][]string, len(all))
	for i, seen := range all {
		visitors[i] = []string{seen.Site.ID, seen.Activity.VisitorID}
	}
	from, value := database.Listed(tx, "seen", []string{"site", "visitor"}, visitors)
	var sessions []Session
	// The ids are read first. In one join with the sessions, PostgreSQL looks for the newest one of
	// each visitor again for each session of the site, if it plans for hardly any.
	err := tx.Raw("WITH newest AS MATERIALIZED (SELECT (SELECT s.id FROM sessions AS s WHERE s.site_id = seen.site AND s.visitor_id = seen.visitor"+
		" ORDER BY s.started_at DESC, s.id DESC LIMIT 1) AS id FROM "+from+") SELECT sessions.* FROM newest JOIN sessions ON sessions.id = newest.id", value).Scan(&sessions).Error
	if err != nil {
		return nil, fmt.Errorf("reading the visitors' sessions: %w", err)
	}
	newest := make(map[string]*Session, len(sessions))
	for i, session := range sessions {
		newest[visitorOfAll(session.SiteID, session.VisitorID)] = &sessions[i]
	}
	return newest, nil
}

// sessionsAround returns the visitor's last session that began by a time, nil if
// none did, and the next one after it, which is the newest at the latest.
func sessionsAround(tx *gorm.DB, newest Session, at time.Time) (before *Session, after Session, err error) {
	sessions := func() *gorm.DB {
		return tx.Where("site_id = ? AND visitor_id = ?", newest.SiteID, newest.VisitorID)
	}
	before, err = database.First[Session](sessions().Where("started_at <= ?", at).Order("started_at DESC, id DESC"))
	if err != nil {
		return nil, newest, fmt.Errorf("reading the visitor's session before an activity: %w", err)
	}
	later, err := database.First[Session](sessions().Where("started_at > ?", at).Order("started_at, id"))
	if err != nil {
		return nil, newest, fmt.Errorf("reading the visitor's session after an activity: %w", err)
	}
	if later == nil {
		later = &newest
	}
	return before, *later, nil
}
