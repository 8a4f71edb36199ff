package models

import (
	"context"
	"time"

	"ringback/models/database"
)

// Assignment says which session had which number of a pool from when until when.
// Without a session it is nobody's: the visitor who had the number was forgotten.
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

// AssignmentFilter picks assignments of a site; empty fields pick all.
type AssignmentFilter struct {
	NumberID  string
	SessionID string
}

// Assignments lists who had the numbers of a site's pools, newest first, those
// of deleted numbers included.
func (s *Store) Assignments(ctx context.Context, accountID, siteID string, f AssignmentFilter, page Page) ([]Assignment, string, error) {
	if _, err := siteOf(s.db.Read(ctx), accountID, siteID); err != nil {
		return nil, "", s.db.WrapErr("listing assignments", err)
	}
	query := s.db.Read(ctx).Where("site_id = ?", siteID)
	query = whereSet(query, "number_id = ?", f.NumberID)
	query = whereSet(query, "session_id = ?", f.SessionID)
	assignments, next, err := database.PageByID(query, page, func(a Assignment) string { return a.ID })
	return assignments, next, s.db.WrapErr("listing assignments", err)
}

// PoolUse says how much of a pool is in use.
type PoolUse struct {
	Numbers int // that are switched on
	Held    int // of them, not free: a session's, or a forgotten visitor's until that one calls no more
}

// PoolUse returns the use of each pool of a site that has numbers, by the pool's id.
func (s *Store) PoolUse(ctx context.Context, accountID, siteID string, at time.Time) (map[string]PoolUse, error) {
	if _, err := siteOf(s.db.Read(ctx), accountID, siteID); err != nil {
		return nil, s.db.WrapErr("reading the use of pools", err)
	}
	var rows []struct {
		PoolID string
		PoolUse
	}
	err := s.db.Read(ctx).Model(&TrackingNumber{}).
		Select("pool_id, COUNT(*) AS numbers, SUM(CASE WHEN held_until > ? THEN 1 ELSE 0 END) AS held", at).
		Where("site_id = ? AND pool_id <> '' AND enabled AND deleted_at IS NULL", siteID).
		Group("pool_id").Scan(&rows).Error
	use := make(map[string]PoolUse, len(rows))
	for _, row := range rows {
		use[row.PoolID] = row.PoolUse
	}
	return use, s.db.WrapErr("reading the use of pools", err)
}
