package reconciliations

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/conversion"
	"ringback/models/database"
	"ringback/models/outbox"
)

// KindReconciliation is the kind of a signal for the workflow that reconciles a source.
const KindReconciliation conversion.Kind = "reconciliation"

// WorkflowID returns the id of the workflow that reconciles a source.
type WorkflowID func(siteID, source string) string

// RequestReconciliation makes a source be reconciled now.
func (r *Reconciliations) RequestReconciliation(ctx context.Context, accountID, siteID, source string, id WorkflowID) error {
	return r.db.Tx(ctx, "asking for a reconciliation", func(tx *gorm.DB) error {
		if err := checkSource(tx, accountID, siteID, source); err != nil {
			return err
		}
		return r.RequestReconciliationIn(tx, siteID, source, id)
	})
}

// RequestReconciliationIn is RequestReconciliation as part of a transaction that has
// checked whose the source is.
func (r *Reconciliations) RequestReconciliationIn(tx *gorm.DB, siteID, source string, id WorkflowID) error {
	now := r.db.Now()
	row := Reconciliation{SiteID: siteID, Source: source, State: Waiting, RequestedAt: &now, NextAt: &now, UpdatedAt: now}
	err := tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "site_id"}, {Name: "source"}},
		DoUpdates: clause.AssignmentColumns([]string{"requested_at", "next_at", "updated_at"}),
	}).Create(&row).Error
	if err != nil {
		return fmt.Errorf("asking for a reconciliation: %w", err)
	}
	return enqueue(tx, siteID, source, id)
}

func enqueue(tx *gorm.DB, siteID, source string, id WorkflowID) error {
	return outbox.EnqueueDue(tx, outbox.Signal{WorkflowID: id(siteID, source), SiteID: siteID, Source: source, Kind: KindReconciliation})
}

// overdueAfter is how long after its time a reconciliation is started again: its
// workflow is gone.
const overdueAfter = 15 * time.Minute

// Key names the source of a site.
type Key struct{ SiteID, Source string }

// RequeueReconciliations asks again for up to limit reconciliations that should have
// gone on long ago, and returns their sources.
func (r *Reconciliations) RequeueReconciliations(ctx context.Context, now time.Time, limit int, id WorkflowID) (requeued []Key, err error) {
	err = r.db.Tx(ctx, "requeueing reconciliations", func(tx *gorm.DB) error {
		var overdue []Reconciliation
		err := database.LockedSkip(tx).Where("next_at IS NOT NULL AND next_at <= ?", now.Add(-overdueAfter)).
			Order("next_at").Limit(limit).Find(&overdue).Error
		if err != nil {
			return err
		}
		for _, row := range overdue {
			requeued = append(requeued, Key{row.SiteID, row.Source})
			if err := ofSource(tx.Model(&Reconciliation{}), row.SiteID, row.Source).UpdateColumn("next_at", now).Error; err != nil {
				return fmt.Errorf("moving a reconciliation: %w", err)
			}
			if err := enqueue(tx, row.SiteID, row.Source, id); err != nil {
				return err
			}
		}
		return nil
	})
	return requeued, err
}
