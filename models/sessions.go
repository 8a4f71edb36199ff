package models

import (
	"context"
	"time"

	"ringback/conversion"
	"ringback/visits"
)

// Session is one visit of a visitor, as the site's script reported it.
type Session struct {
	ID             string `gorm:"primaryKey"`
	SiteID         string
	VisitorID      string
	StartedAt      time.Time
	LastActivityAt time.Time
	Traffic        conversion.Traffic `gorm:"serializer:json"`
	Why            string             // why it is a session of its own
	Carried        bool               // its channel is that of the session before
	VisitorIDs     map[string]string  `gorm:"serializer:json"` // third parties' ids seen during it
	Storage        string             // where the browser keeps the visitor id: cookie, storage, memory
	Views          int
	Leads          int
	CreatedAt      time.Time
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

// SessionFilter picks a site's sessions; empty fields pick all.
type SessionFilter struct {
	VisitorID string
}

// Sessions lists a site's sessions, newest first.
func (s *Store) Sessions(ctx context.Context, accountID, siteID string, f SessionFilter, page Page) ([]Session, string, error) {
	return nil, "", nil
}

// SessionViews lists what happened in a session, newest first.
func (s *Store) SessionViews(ctx context.Context, accountID, siteID, sessionID string, page Page) ([]PageView, string, error) {
	return nil, "", nil
}
