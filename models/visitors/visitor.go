package visitors

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/identity"
	"ringback/models/database"
	"ringback/models/figures"
	"ringback/models/journeys"
	"ringback/visitorid"
	"ringback/visits"
)

// Visitor is a browser, known by the id that the script keeps in a cookie.
type Visitor struct {
	SiteID      string `gorm:"primaryKey"`
	ID          string `gorm:"primaryKey"` // made by the script: 16 to 64 letters, digits, - and _
	FirstSeenAt time.Time
	LastSeenAt  time.Time
}

// VisitorID is the latest id of a visitor in the system of a third party (rtbhouse,
// bizible, ...).
type VisitorID struct {
	SiteID    string `gorm:"primaryKey"`
	VisitorID string `gorm:"primaryKey"`
	System    string `gorm:"primaryKey"`
	Value     string
	SeenAt    time.Time // when it was first seen with this value
}

// TableName returns the name of the table.
func (VisitorID) TableName() string { return "visitor_ids" }

// StoreVisitorIDs stores third parties' ids that a page found after it had reported its
// view (R1). It writes only what is new. Nothing is stored for a visitor without a
// session.
func (s *Store) StoreVisitorIDs(ctx context.Context, siteID, visitorID string, ids map[string]string, at time.Time) error {
	if err := database.CheckStorable(ids); err != nil {
		return err
	}
	latest, err := newestSession(s.db.Read(ctx), siteID, visitorID)
	if err != nil || latest == nil || len(latest.applyVisitorIDs(ids, false)) == 0 {
		return s.db.WrapErr("looking for new visitor ids", err)
	}
	return s.db.Tx(ctx, "storing visitor ids", func(tx *gorm.DB) error {
		if known, err := Lock(tx, siteID, visitorID); err != nil || len(known) == 0 {
			return err
		}
		session, err := newestSession(tx, siteID, visitorID)
		if err != nil || session == nil {
			return err
		}
		news := session.applyVisitorIDs(ids, false)
		if len(news) == 0 {
			return nil
		}
		if err := tx.Select("visitor_ids").Updates(session).Error; err != nil {
			return fmt.Errorf("storing them with the session: %w", err)
		}
		seen := Seen{Session: *session, Activity: Activity{Hit: visits.Hit{At: at}}}
		if err := keepVisitorIDs(tx, []*Seen{&seen}, []map[string]string{news}); err != nil {
			return err
		}
		if err := figures.MarkSession(tx, siteID, session.ID); err != nil {
			return err
		}
		return s.replanCallsOf(tx, *session)
	})
}

// replanCallsOf signals the open calls of a session whose visitor ids have changed.
func (s *Store) replanCallsOf(tx *gorm.DB, session Session) error {
	return s.calls.ReplanCalls(tx, session.SiteID, func(calls *gorm.DB) *gorm.DB {
		return calls.Where("session_id = ? AND session_id <> ''", session.ID)
	})
}

// Lock locks visitors, always in the same order, and returns those that exist.
func Lock(tx *gorm.DB, siteID string, visitorIDs ...string) ([]Visitor, error) {
	var visitors []Visitor
	err := database.Locked(tx).Where("site_id = ? AND id IN ?", siteID, visitorIDs).Order("id").Find(&visitors).Error
	if err != nil {
		return nil, fmt.Errorf("locking visitors: %w", err)
	}
	return visitors, nil
}

// applyVisitorIDs adds third parties' ids to the session and returns those that are
// new or changed.
func (s *Session) applyVisitorIDs(reported map[string]string, isOlder bool) map[string]string {
	news := identity.NewVisitorIDs(s.VisitorIDs, reported, isOlder)
	if len(news) > 0 {
		s.VisitorIDs = identity.FillVisitorIDs(news, s.VisitorIDs)
	}
	return news
}

// keepVisitorIDs stores third parties' ids of the visitors of activities, by which later
// visits and conversions find the visitors. Each activity has another visitor. An id that was
// seen earlier than the stored one changes nothing.
func keepVisitorIDs(tx *gorm.DB, all []*Seen, idsOf []map[string]string) error {
	var rows []VisitorID
	for i, seen := range all {
		ids := idsOf[i]
		for _, system := range slices.Sorted(maps.Keys(ids)) {
			rows = append(rows, VisitorID{
				SiteID: seen.Session.SiteID, VisitorID: seen.Session.VisitorID, System: system, Value: ids[system], SeenAt: seen.Activity.Hit.At,
			})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := database.Together(tx, database.InsertAllOr(rows, visitorIDSeen)); err != nil {
		return fmt.Errorf("storing visitors' ids: %w", err)
	}
	for i, seen := range all {
		if err := journeys.AddBrowser(tx, seen.Session.SiteID, seen.Session.VisitorID, idsOf[i][visitorid.MarketoMeasure]); err != nil {
			return err
		}
	}
	return nil
}

// visitorIDSeen sets the id of a visitor in a system that was seen last.
var visitorIDSeen = clause.OnConflict{
	Columns:   []clause.Column{{Name: "site_id"}, {Name: "visitor_id"}, {Name: "system"}},
	DoUpdates: clause.AssignmentColumns([]string{"value", "seen_at"}),
	Where:     clause.Where{Exprs: []clause.Expression{gorm.Expr("visitor_ids.value <> excluded.value AND visitor_ids.seen_at <= excluded.seen_at")}},
}

// LatestIDs returns third parties' ids of a visitor, by system.
func LatestIDs(db *gorm.DB, siteID, visitorID string) (map[string]string, error) {
	var rows []VisitorID
	if err := db.Where("site_id = ? AND visitor_id = ?", siteID, visitorID).Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("reading the visitor's ids: %w", err)
	}
	latest := make(map[string]string, len(rows))
	for _, row := range rows {
		latest[row.System] = row.Value
	}
	return latest, nil
}
