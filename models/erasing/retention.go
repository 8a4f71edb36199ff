package erasing

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/models/audit"
	"ringback/models/database"
	"ringback/models/ownership"
)

// Retention is for how many days a site keeps what. Zero means for ever.
type Retention struct {
	SiteID        string `gorm:"primaryKey"`
	Conversions   int    // calls and leads that are done, with everything below them
	RawBodies     int    // what was received of them, as it came
	AttemptBodies int    // the requests and answers of attempts to deliver
	PageViews     int    // they end with their visit at the latest
	Messages      int    // unread and last messages of providers; they end when visits do at the latest
	UpdatedAt     time.Time
}

// TableName returns the name of the table.
func (Retention) TableName() string { return "site_retention" }

// fields returns what the audit trail records.
func (r Retention) fields() map[string]any {
	return map[string]any{
		"conversions": r.Conversions, "raw_bodies": r.RawBodies, "attempt_bodies": r.AttemptBodies,
		"page_views": r.PageViews, "messages": r.Messages,
	}
}

// Retention returns for how many days a site keeps what.
func (e *Eraser) Retention(ctx context.Context, accountID, siteID string) (Retention, error) {
	r, err := retentionOf(e.db.Read(ctx), accountID, siteID)
	return r, e.db.WrapErr("reading the retention of a site", err)
}

func retentionOf(db *gorm.DB, accountID, siteID string) (Retention, error) {
	if err := ownership.CheckHistory(db, accountID, siteID); err != nil {
		return Retention{}, err
	}
	stored, err := database.First[Retention](db.Session(&gorm.Session{}).Where("site_id = ?", siteID))
	if err != nil || stored == nil {
		return Retention{SiteID: siteID}, err
	}
	return *stored, nil
}

// ChangeRetention changes for how many days a site of the actor's account keeps what, also
// one that was deleted. An error of change is returned, and nothing is stored then.
func (e *Eraser) ChangeRetention(ctx context.Context, actor audit.Actor, siteID string, change func(*Retention) error) (Retention, error) {
	var after Retention
	err := e.db.Tx(ctx, "changing the retention of a site", func(tx *gorm.DB) error {
		if err := ownership.CheckHistory(database.Locked(tx), actor.AccountID, siteID); err != nil {
			return err
		}
		before, err := retentionOf(tx, actor.AccountID, siteID)
		if err != nil {
			return err
		}
		after = before
		if err := change(&after); err != nil {
			return err
		}
		changes := audit.DiffFields(audit.EncodeFields(before.fields()), audit.EncodeFields(after.fields()))
		if len(changes) == 0 {
			return nil
		}
		after.SiteID, after.UpdatedAt = siteID, e.db.Now()
		if err := tx.Clauses(clause.OnConflict{UpdateAll: true}).Create(&after).Error; err != nil {
			return err
		}
		return audit.Record(tx, actor, "updated", audit.Target{AccountID: actor.AccountID, SiteID: siteID, Entity: "retention", ID: siteID}, changes)
	})
	return after, err
}
