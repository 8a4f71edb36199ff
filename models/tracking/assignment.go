package tracking

import (
	"context"
	"time"

	"ringback/models/database"
	"ringback/models/ownership"
	"ringback/visits"
)

// Assignment is the lease of a number of a pool by a session. It has no session and no
// visitor if the visitor was forgotten.
type Assignment struct {
	ID        string `gorm:"primaryKey"`
	SiteID    string
	NumberID  string
	PoolID    string
	SessionID string
	VisitorID string
	From      time.Time `gorm:"column:held_from"`
	Until     time.Time `gorm:"column:held_until"`
}

// AssignmentFilter selects assignments of a site. Empty fields select all.
type AssignmentFilter struct {
	NumberID  string
	SessionID string
}

// Assignments lists the assignments of the numbers of a site's pools, newest first,
// including those of deleted numbers.
func (s *Store) Assignments(ctx context.Context, accountID, siteID string, f AssignmentFilter, page database.Page) ([]Assignment, string, error) {
	if err := ownership.CheckSite(s.db.Read(ctx), accountID, siteID); err != nil {
		return nil, "", s.db.WrapErr("listing assignments", err)
	}
	query := s.db.Read(ctx).Where("site_id = ?", siteID)
	query = database.WhereSet(query, "number_id = ?", f.NumberID)
	query = database.WhereSet(query, "session_id = ?", f.SessionID)
	assignments, next, err := database.PageByID(query, page, func(a Assignment) string { return a.ID })
	return assignments, next, s.db.WrapErr("listing assignments", err)
}

// PoolUse is how much of a pool is in use.
type PoolUse struct {
	Numbers int // that are switched on
	Held    int // those of them that are leased, or rest after a visitor was forgotten
}

// PoolUse returns the use of each pool of a site that has numbers, by the pool's id.
func (s *Store) PoolUse(ctx context.Context, accountID, siteID string, at time.Time) (map[string]PoolUse, error) {
	if err := ownership.CheckSite(s.db.Read(ctx), accountID, siteID); err != nil {
		return nil, s.db.WrapErr("reading the use of pools", err)
	}
	var rows []struct {
		PoolID string
		PoolUse
	}
	err := s.db.Read(ctx).Model(&Number{}).
		Select("pool_id, COUNT(*) AS numbers, SUM(CASE WHEN held_until > ? THEN 1 ELSE 0 END) AS held", at).
		Where("site_id = ? AND pool_id <> '' AND enabled AND deleted_at IS NULL", siteID).
		Group("pool_id").Scan(&rows).Error
	use := make(map[string]PoolUse, len(rows))
	for _, row := range rows {
		use[row.PoolID] = row.PoolUse
	}
	return use, s.db.WrapErr("reading the use of pools", err)
}

// Hold returns the assignment as the rules of visits read it.
func (a Assignment) Hold() visits.Hold {
	return visits.Hold{AssignmentID: a.ID, SessionID: a.SessionID, VisitorID: a.VisitorID, From: a.From, Until: a.Until}
}
