package models

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/models/database"
)

// EventRequeued is the event type of a signal that no event caused: the time of
// its conversion or resend had passed, and its workflow had not finished it.
const EventRequeued = "revived"

// RequeueStuck signals the workflows of conversions and resends again that are not
// done though their time passed an hour ago, up to limit of each. A workflow that
// runs as it should treats it as one more signal. It returns the signals that it
// put into the outbox.
func (s *Store) RequeueStuck(ctx context.Context, now time.Time, limit int) ([]Signal, error) {
	var signals []Signal
	err := s.db.Tx(ctx, "requeueing what is stuck", func(tx *gorm.DB) error {
		conversions, err := requeueConversions(tx, now, limit)
		if err != nil {
			return fmt.Errorf("finding conversions: %w", err)
		}
		resends, err := requeueResends(tx, now, limit)
		if err != nil {
			return fmt.Errorf("finding resends: %w", err)
		}
		signals = append(conversions, resends...)
		if len(signals) == 0 {
			return nil
		}
		return tx.CreateInBatches(&signals, insertBatch).Error
	})
	return signals, err
}

func requeueConversions(tx *gorm.DB, now time.Time, limit int) ([]Signal, error) {
	stuck, values, err := stuckConversions(tx, now)
	if err != nil {
		return nil, err
	}
	query := tx.Select("id", "site_id", "kind", "workflow_id").Where(stuck, values...)
	return requeue(query, now, limit, func(c Conversion) (string, Signal) {
		return c.ID, Signal{WorkflowID: c.WorkflowID, SiteID: c.SiteID, ConversionID: c.ID, Kind: c.Kind}
	})
}

// stuckConversions returns the condition of conversions that should be done. The
// states are literals, so that the index of what is not done is used. The workflow
// of a delivery stores its next try each time: a delivery whose next try has passed
// has no workflow any more.
func stuckConversions(tx *gorm.DB, now time.Time) (condition string, values []any, err error) {
	var longest []int // of calls, in minutes: few values, and the same for most sites
	if err := tx.Model(&Site{}).Distinct().Pluck("max_call_minutes", &longest).Error; err != nil {
		return "", nil, err
	}
	stuck := []string{
		`state = 'waiting' AND kind = ? AND created_at <= ?`,
		`state = 'dispatching' AND decided_at <= ? AND NOT EXISTS (SELECT 1 FROM deliveries
			WHERE conversion_id = conversions.id AND n = 0 AND state NOT IN ('delivered', 'failed') AND COALESCE(next_try_at, created_at) > ?)`,
	}
	overdue := now.Add(-conversion.OverdueAfter)
	values = []any{conversion.KindLead, overdue, overdue, overdue}
	for _, minutes := range longest {
		since := conversion.StuckSince(now, time.Duration(minutes)*time.Minute)
		stuck = append(stuck, `state = 'waiting' AND kind = ? AND at <= ? AND created_at <= ?
			AND site_id IN (SELECT id FROM sites WHERE max_call_minutes = ?)`)
		values = append(values, conversion.KindCall, since, since, minutes)
	}
	return "(" + strings.Join(stuck, ") OR (") + ")", values, nil
}

func requeueResends(tx *gorm.DB, now time.Time, limit int) ([]Signal, error) {
	query := tx.Select("id", "site_id", "conversion_id", "workflow_id").
		Where("n > 0 AND state NOT IN ('delivered', 'failed') AND COALESCE(next_try_at, created_at) <= ?", now.Add(-conversion.OverdueAfter))
	return requeue(query, now, limit, func(d Delivery) (string, Signal) {
		return d.ID, Signal{WorkflowID: d.WorkflowID, SiteID: d.SiteID, ConversionID: d.ConversionID, DeliveryID: d.ID}
	})
}

// requeue returns a signal for each row of the query that was not requeued recently
// and that no other process is about to requeue, up to limit, and marks these rows.
func requeue[Row any](query *gorm.DB, now time.Time, limit int, signalOf func(Row) (id string, signal Signal)) ([]Signal, error) {
	tx := query.Session(&gorm.Session{NewDB: true})
	var rows []Row
	err := database.LockedSkip(query).Where("(revived_at IS NULL OR revived_at <= ?)", now.Add(-conversion.RequeueInterval)).
		Order("id").Limit(limit).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	signals, found := make([]Signal, 0, len(rows)), make([]string, 0, len(rows))
	for _, row := range rows {
		id, signal := signalOf(row)
		signal.EventType, signal.CreatedAt, signal.NextTryAt = EventRequeued, now, now
		found, signals = append(found, id), append(signals, signal)
	}
	return signals, tx.Model(new(Row)).Where("id IN ?", found).UpdateColumn("revived_at", now).Error
}
