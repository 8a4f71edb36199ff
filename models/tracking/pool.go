package tracking

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/models/audit"
	"ringback/models/database"
	"ringback/models/ownership"
	"ringback/models/quotas"
)

// Pool is a set of numbers that are handed out to sessions, one to each.
type Pool struct {
	ID             string `gorm:"primaryKey"`
	SiteID         string
	Name           string
	Enabled        bool
	Position       int                   // pools and numbers are tried in this order, lowest first
	Replaces       []string              `gorm:"serializer:json"` // E.164, the numbers on the pages that are replaced
	ShownTo        *conversion.Condition `gorm:"serializer:json"` // of the session's traffic; nil for everybody
	DefaultNumber  string                // E.164, shown if none is free; the page's own stays if it is empty
	HoldMinutes    int                   // how long a session keeps its number after the last activity, at least as long as the session can continue
	ExhaustedCount int64                 `gorm:"column:ran_dry"`    // how often no number was free
	ExhaustedAt    *time.Time            `gorm:"column:ran_dry_at"` // when that last happened
	CreatedAt      time.Time
	UpdatedAt      time.Time
	DeletedAt      *time.Time
}

// CreatePool stores a pool of a site of the actor's account. It fills in the id
// and the times.
func (s *Store) CreatePool(ctx context.Context, actor audit.Actor, p *Pool) error {
	p.ID, p.ExhaustedCount, p.ExhaustedAt, p.DeletedAt = ids.New(ids.Pool), 0, nil, nil
	p.CreatedAt, p.UpdatedAt = s.db.Now(), s.db.Now()
	return s.db.Tx(ctx, "creating a pool", func(tx *gorm.DB) error {
		if err := ownership.CheckSite(tx, actor.AccountID, p.SiteID); err != nil {
			return err
		}
		if err := s.quotas.AllowInSite(tx, actor.AccountID, p.SiteID, quotas.PoolsPerSite, 1, tx.Model(&Pool{}).Where("deleted_at IS NULL")); err != nil {
			return err
		}
		if err := tx.Create(p).Error; err != nil {
			return err
		}
		return audit.Record(tx, actor, "created", p.auditTarget(actor), audit.DiffFields(nil, p.Audited()))
	})
}

// Pool returns one pool of a site.
func (s *Store) Pool(ctx context.Context, accountID, siteID, id string) (Pool, error) {
	p, err := poolOf(s.db.Read(ctx), s.db.Read(ctx), accountID, siteID, id)
	return p, s.db.WrapErr("reading a pool", err)
}

// poolOf is ownership.Row for pools.
func poolOf(sites, rows *gorm.DB, accountID, siteID, id string) (Pool, error) {
	return ownership.Row[Pool](sites, rows, accountID, siteID, id, "no_such_pool")
}

// Pools lists a site's pools.
func (s *Store) Pools(ctx context.Context, accountID, siteID string, page database.Page) ([]Pool, string, error) {
	items, next, err := ownership.Rows(s.db.Read(ctx), accountID, siteID, page, func(row Pool) string { return row.ID })
	return items, next, s.db.WrapErr("listing pools", err)
}

// UpdatePool changes a pool. An error of change is returned, and nothing is stored
// then.
func (s *Store) UpdatePool(ctx context.Context, actor audit.Actor, siteID, id string, change func(*Pool) error) (Pool, error) {
	return audit.UpdateSetting(ctx, s.db, audit.Update[Pool]{
		Doing: "updating a pool",
		Lock:  func(tx *gorm.DB) (Pool, error) { return poolOf(tx, database.Locked(tx), actor.AccountID, siteID, id) },
		Save: func(tx *gorm.DB, _ Pool, after *Pool, changes map[string]audit.Change) error {
			if err := tx.Select("*").Updates(after).Error; err != nil {
				return err
			}
			return audit.Record(tx, actor, "updated", after.auditTarget(actor), changes)
		},
	}, change)
}

// KeepFixed restores what a change must not set.
func (p *Pool) KeepFixed(before Pool) {
	p.ID, p.SiteID, p.CreatedAt, p.DeletedAt = before.ID, before.SiteID, before.CreatedAt, nil
	p.ExhaustedCount, p.ExhaustedAt = before.ExhaustedCount, before.ExhaustedAt
}

// Touch sets when it was last changed.
func (p *Pool) Touch(now time.Time) { p.UpdatedAt = now }

// DeletePool deletes a pool without numbers. If it has some, the error is
// fault.Conflict. Calls to numbers that it had stay as they are.
func (s *Store) DeletePool(ctx context.Context, actor audit.Actor, siteID, id string) error {
	return s.db.Tx(ctx, "deleting a pool", func(tx *gorm.DB) error {
		p, err := poolOf(tx, database.Locked(tx), actor.AccountID, siteID, id)
		if err != nil {
			return err
		}
		var numbers int64
		err = tx.Model(&Number{}).Where("pool_id = ? AND deleted_at IS NULL", p.ID).Count(&numbers).Error
		if err != nil {
			return err
		}
		if numbers > 0 {
			return fault.New(fault.Conflict, "pool_has_numbers").Counting(int(numbers))
		}
		if err := tx.Model(&p).UpdateColumn("deleted_at", s.db.Now()).Error; err != nil {
			return err
		}
		return audit.Record(tx, actor, "deleted", p.auditTarget(actor), nil)
	})
}

func (p Pool) auditTarget(actor audit.Actor) audit.Target {
	return audit.Target{AccountID: actor.AccountID, SiteID: p.SiteID, Entity: "pool", ID: p.ID}
}

// Audited returns the fields whose changes are recorded.
func (p Pool) Audited() map[string]json.RawMessage {
	return audit.EncodeFields(map[string]any{
		"name": p.Name, "enabled": p.Enabled, "position": p.Position, "replaces": p.Replaces,
		"shown_to": p.ShownTo, "default_number": p.DefaultNumber, "hold_minutes": p.HoldMinutes,
	})
}

// CountExhausted counts that pools had no number left for so many sessions, the last time at a
// time.
func CountExhausted(tx *gorm.DB, pools map[string]int, at time.Time) error {
	for _, id := range slices.Sorted(maps.Keys(pools)) { // all transactions lock them in the same order
		err := tx.Model(&Pool{}).Where("id = ?", id).
			UpdateColumns(map[string]any{"ran_dry": gorm.Expr("ran_dry + ?", pools[id]), "ran_dry_at": at}).Error
		if err != nil {
			return fmt.Errorf("counting that the pool was exhausted: %w", err)
		}
	}
	return nil
}
