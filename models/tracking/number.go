package tracking

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/models/audit"
	"ringback/models/database"
	"ringback/models/ownership"
	"ringback/models/quotas"
	"ringback/numbers"
)

// Number is a tracking number: a phone number by which a call is attributed. A number of
// a pool identifies the session that called. A number of its own stands for a source or
// campaign.
type Number struct {
	ID       string `gorm:"primaryKey"`
	SiteID   string
	Number   string // E.164, once per site
	Name     string
	PoolID   string // empty for a number of its own
	Enabled  bool   // a number that is switched off is no longer shown; calls to it still count
	Position int
	Replaces []string              `gorm:"serializer:json"` // as of a pool; for a number of its own only
	ShownTo  *conversion.Condition `gorm:"serializer:json"` // likewise; with nil and no Replaces it is not shown on pages, as one on a poster
	Traffic  *conversion.Traffic   `gorm:"serializer:json"` // what a call to a number of its own is attributed to
	Tags     []string              `gorm:"serializer:json"` // put on every call to it (R6)

	HeldBy    string     // the session that has it; empty beside a time if its visitor was forgotten, or the number was deleted and added again
	HeldUntil *time.Time // when that ends; the number is free if it is nil or past

	CreatedAt time.Time
	UpdatedAt time.Time
	DeletedAt *time.Time
}

// TableName returns the name of the table.
func (Number) TableName() string { return "tracking_numbers" }

// CreateNumber stores a number of a site of the actor's account. It fills in the
// id and the times. A number that the site has is a fault.Conflict.
func (s *Store) CreateNumber(ctx context.Context, actor audit.Actor, n *Number) error {
	return s.CreateNumbers(ctx, actor, n.SiteID, []*Number{n})
}

// CreateNumbers is CreateNumber for many at once: all of them, or none.
func (s *Store) CreateNumbers(ctx context.Context, actor audit.Actor, siteID string, added []*Number) error {
	return s.db.Tx(ctx, "creating numbers", func(tx *gorm.DB) error {
		if err := ownership.CheckSite(tx, actor.AccountID, siteID); err != nil {
			return err
		}
		if err := s.quotas.AllowInSite(tx, actor.AccountID, siteID, quotas.NumbersPerSite, len(added), tx.Model(&Number{}).Where("deleted_at IS NULL")); err != nil {
			return err
		}
		for _, n := range added {
			n.SiteID = siteID
			if err := s.createNumber(tx, actor, n); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Store) createNumber(tx *gorm.DB, actor audit.Actor, n *Number) error {
	n.ID, n.HeldBy, n.HeldUntil, n.DeletedAt = ids.New(ids.Number), "", nil, nil
	n.CreatedAt, n.UpdatedAt = s.db.Now(), s.db.Now()
	if err := poolTakes(tx, *n); err != nil {
		return err
	}
	if err := n.inheritHold(tx, s.db.Now()); err != nil {
		return err
	}
	if err := sameNumber(*n, tx.Create(n).Error); err != nil {
		return err
	}
	return audit.Record(tx, actor, "created", n.auditTarget(actor), audit.DiffFields(nil, n.Audited()))
}

// inheritHold keeps a number leased that was deleted during a lease and is added
// again: no other visitor is shown it until the lease ends.
func (n *Number) inheritHold(tx *gorm.DB, now time.Time) error {
	var before []Number
	err := tx.Select("held_until").Where("id IN (?) AND held_until > ?", n.EveryRow(tx), now).
		Order("held_until DESC").Limit(1).Find(&before).Error
	if err != nil {
		return fmt.Errorf("looking for who still has the number: %w", err)
	}
	if len(before) > 0 {
		n.HeldUntil = before[0].HeldUntil
	}
	return nil
}

// poolTakes returns an error if the pool of a number is not one of its site, and locks
// the pool so that it is not deleted in the meantime.
func poolTakes(tx *gorm.DB, n Number) error {
	if n.PoolID == "" {
		return nil
	}
	var p Pool
	err := database.Locked(tx).Select("id").Where("id = ? AND site_id = ? AND deleted_at IS NULL", n.PoolID, n.SiteID).Take(&p).Error
	return database.NotFoundAs("no_such_pool", err)
}

// sameNumber returns the error for a number that its site already has.
func sameNumber(n Number, err error) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return fault.New(fault.Conflict, "number_exists").With("Number", n.Number)
	}
	return err
}

// Number returns one number of a site.
func (s *Store) Number(ctx context.Context, accountID, siteID, id string) (Number, error) {
	n, err := numberOf(s.db.Read(ctx), s.db.Read(ctx), accountID, siteID, id)
	return n, s.db.WrapErr("reading a number", err)
}

// numberOf is ownership.Row for numbers.
func numberOf(sites, rows *gorm.DB, accountID, siteID, id string) (Number, error) {
	return ownership.Row[Number](sites, rows, accountID, siteID, id, "no_such_number")
}

// Numbers lists a site's numbers, those of pools included.
func (s *Store) Numbers(ctx context.Context, accountID, siteID string, page database.Page) ([]Number, string, error) {
	items, next, err := ownership.Rows(s.db.Read(ctx), accountID, siteID, page, func(row Number) string { return row.ID })
	return items, next, s.db.WrapErr("listing numbers", err)
}

// UpdateNumber changes a number. It can be moved into or out of a pool only while no
// session has it, else the error is fault.Conflict. An error of change is returned,
// and nothing is stored then.
func (s *Store) UpdateNumber(ctx context.Context, actor audit.Actor, siteID, id string, change func(*Number) error) (Number, error) {
	return audit.UpdateSetting(ctx, s.db, audit.Update[Number]{
		Doing: "updating a number",
		Lock: func(tx *gorm.DB) (Number, error) {
			return numberOf(tx, database.Locked(tx), actor.AccountID, siteID, id)
		},
		Save: func(tx *gorm.DB, before Number, after *Number, changes map[string]audit.Change) error {
			if err := s.checkMove(tx, before, *after); err != nil {
				return err
			}
			if err := sameNumber(*after, tx.Select("*").Updates(after).Error); err != nil {
				return err
			}
			return audit.Record(tx, actor, "updated", after.auditTarget(actor), changes)
		},
	}, change)
}

// checkMove returns an error if a change moves a number to another pool that must
// not be moved there now.
func (s *Store) checkMove(tx *gorm.DB, before, after Number) error {
	if after.PoolID == before.PoolID {
		return nil
	}
	if numbers.IsLeased(before.HeldUntil, s.db.Now()) {
		return fault.New(fault.Conflict, "number_shown").With("Until", before.HeldUntil.Format(time.RFC3339))
	}
	return poolTakes(tx, after)
}

// KeepFixed restores what a change must not set.
func (n *Number) KeepFixed(before Number) {
	n.ID, n.SiteID, n.CreatedAt, n.DeletedAt = before.ID, before.SiteID, before.CreatedAt, nil
	n.HeldBy, n.HeldUntil = before.HeldBy, before.HeldUntil
}

// Touch sets when it was last changed.
func (n *Number) Touch(now time.Time) { n.UpdatedAt = now }

// DeleteNumber deletes a number. Later calls to it are still matched with what it was;
// if it is added again, its earlier assignments count too.
func (s *Store) DeleteNumber(ctx context.Context, actor audit.Actor, siteID, id string) error {
	return s.db.Tx(ctx, "deleting a number", func(tx *gorm.DB) error {
		n, err := numberOf(tx, database.Locked(tx), actor.AccountID, siteID, id)
		if err != nil {
			return err
		}
		if err := tx.Model(&n).UpdateColumn("deleted_at", s.db.Now()).Error; err != nil {
			return err
		}
		return audit.Record(tx, actor, "deleted", n.auditTarget(actor), nil)
	})
}

func (n Number) auditTarget(actor audit.Actor) audit.Target {
	return audit.Target{AccountID: actor.AccountID, SiteID: n.SiteID, Entity: "number", ID: n.ID}
}

// Audited returns the fields whose changes are recorded.
func (n Number) Audited() map[string]json.RawMessage {
	return audit.EncodeFields(map[string]any{
		"number": n.Number, "name": n.Name, "pool": n.PoolID, "enabled": n.Enabled, "position": n.Position,
		"replaces": n.Replaces, "shown_to": n.ShownTo, "traffic": n.Traffic, "tags": n.Tags,
	})
}

// NumberAt returns the site's number as it was at a time, nil if the site never had
// it. See numbers.LifeAt for a number that was deleted since, or added again.
func NumberAt(tx *gorm.DB, siteID, number string, at time.Time) (*Number, error) {
	var rows []Number
	err := tx.Where("site_id = ? AND number = ?", siteID, number).Order("created_at DESC, id DESC").Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("reading the called number: %w", err)
	}
	if len(rows) == 0 {
		return nil, nil
	}
	lives := make([]numbers.Life, 0, len(rows))
	for _, n := range rows {
		lives = append(lives, numbers.Life{CreatedAt: n.CreatedAt, DeletedAt: n.DeletedAt})
	}
	return &rows[numbers.LifeAt(lives, at)], nil
}

// EveryRow returns a query for the ids of all rows of the number, deleted or not.
func (n Number) EveryRow(tx *gorm.DB) *gorm.DB {
	return tx.Model(&Number{}).Select("id").Where("site_id = ? AND number = ?", n.SiteID, n.Number)
}
