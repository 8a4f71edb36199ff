package readings

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

// KindReading is the kind of a signal for the workflow that reads a CRM.
const KindReading conversion.Kind = "reading"

// RequestReading makes an integration's CRM be read now. WorkflowID returns the id of the
// workflow that reads it.
func (r *Readings) RequestReading(ctx context.Context, accountID, siteID, integrationID string, workflowID func(siteID, integrationID string) string) error {
	return r.db.Tx(ctx, "asking for a reading", func(tx *gorm.DB) error {
		if err := checkIntegration(tx, accountID, siteID, integrationID); err != nil {
			return err
		}
		now := r.db.Now()
		row := Reading{IntegrationID: integrationID, SiteID: siteID, State: Waiting, RequestedAt: &now, NextAt: &now, UpdatedAt: now}
		err := tx.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "integration_id"}},
			DoUpdates: clause.AssignmentColumns([]string{"requested_at", "next_at", "updated_at"}),
		}).Create(&row).Error
		if err != nil {
			return err
		}
		return enqueue(tx, row, workflowID)
	})
}

func enqueue(tx *gorm.DB, of Reading, workflowID func(siteID, integrationID string) string) error {
	return outbox.EnqueueDue(tx, outbox.Signal{
		WorkflowID: workflowID(of.SiteID, of.IntegrationID), SiteID: of.SiteID, IntegrationID: of.IntegrationID, Kind: KindReading,
	})
}

// overdueAfter is how long after its time a reading is started again: its workflow is gone.
const overdueAfter = 15 * time.Minute

// RequeueReadings asks again for up to limit readings that should have gone on long ago,
// and returns their integrations.
func (r *Readings) RequeueReadings(ctx context.Context, now time.Time, limit int, workflowID func(siteID, integrationID string) string) (integrations []string, err error) {
	err = r.db.Tx(ctx, "requeueing readings", func(tx *gorm.DB) error {
		var overdue []Reading
		err := database.LockedSkip(tx).Where("next_at IS NOT NULL AND next_at <= ?", now.Add(-overdueAfter)).
			Order("next_at").Limit(limit).Find(&overdue).Error
		if err != nil {
			return err
		}
		for _, reading := range overdue {
			integrations = append(integrations, reading.IntegrationID)
			if err := tx.Model(&reading).UpdateColumn("next_at", now).Error; err != nil {
				return fmt.Errorf("moving a reading: %w", err)
			}
			if err := enqueue(tx, reading, workflowID); err != nil {
				return err
			}
		}
		return nil
	})
	return integrations, err
}
