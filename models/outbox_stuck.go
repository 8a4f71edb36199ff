package models

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/conversion"
)

// EventRevived is the event type of a signal that no event caused: the time of
// its conversion or resend was over, and nobody had brought it to its end.
const EventRequeued = "revived"

const (
	// overdueAfter is how long after its time something counts as stuck.
	overdueAfter = time.Hour
	// reviveAgain is how long a workflow that was told again is left alone: its
	// workers may be away for days.
	requeueInterval = 6 * time.Hour
)

// RequeueStuck tells the workflows of conversions and resends again that are not
// done though their time was over an hour ago, up to limit of each: the
// workflow may have been terminated or lost. A workflow that is well takes this
// as one signal more. It gives the signals that it put into the outbox.
func (s *Store) RequeueStuck(ctx context.Context, now time.Time, limit int) ([]Signal, error) {
	var signals []Signal
	err := s.db.Tx(ctx, "reviving what is stuck", func(tx *gorm.DB) error {
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
		return tx.CreateInBatches(&signals, resendBatch).Error
	})
	return signals, err
}

func requeueConversions(tx *gorm.DB, now time.Time, limit int) ([]Signal, error) {
	stuck, values, err := stuckConversions(tx, now.Add(-overdueAfter))
	if err != nil {
		return nil, err
	}
	var rows []Conversion
	err = requeueable(tx, now, limit).Select("id", "site_id", "kind", "workflow_id").Where(stuck, values...).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	signals, found := make([]Signal, 0, len(rows)), make([]string, 0, len(rows))
	for _, c := range rows {
		found = append(found, c.ID)
		signals = append(signals, Signal{
			WorkflowID: c.WorkflowID, SiteID: c.SiteID, ConversionID: c.ID, Kind: c.Kind,
			EventType: EventRequeued, CreatedAt: now, NextTryAt: now,
		})
	}
	return signals, tx.Model(&Conversion{}).Where("id IN ?", found).Update("revived_at", now).Error
}

// stuckConversions is the condition of conversions that should be done. The
// states are written out for the sake of the index of what is not done. A call
// is overdue by the later of its own time and its acceptance, which is never
// before CloseAt. A delivery is looked at when its next try is due, and says so
// anew each time: one that does not has nobody.
func stuckConversions(tx *gorm.DB, overdue time.Time) (condition string, values []any, err error) {
	var longest []int // of calls, in minutes: few, and the same for most sites
	if err := tx.Model(&Site{}).Distinct().Pluck("max_call_minutes", &longest).Error; err != nil {
		return "", nil, err
	}
	stuck := []string{
		`state = 'waiting' AND kind = ? AND created_at <= ?`,
		`state = 'dispatching' AND decided_at <= ? AND NOT EXISTS (SELECT 1 FROM deliveries
			WHERE conversion_id = conversions.id AND n = 0 AND state NOT IN ('delivered', 'failed') AND COALESCE(next_try_at, created_at) > ?)`,
	}
	values = []any{conversion.KindLead, overdue, overdue, overdue}
	for _, minutes := range longest {
		begun := overdue.Add(-max(time.Duration(minutes)*time.Minute, minListen))
		stuck = append(stuck, `state = 'waiting' AND kind = ? AND at <= ? AND created_at <= ?
			AND site_id IN (SELECT id FROM sites WHERE max_call_minutes = ?)`)
		values = append(values, conversion.KindCall, begun, begun, minutes)
	}
	return "(" + strings.Join(stuck, ") OR (") + ")", values, nil
}

func requeueResends(tx *gorm.DB, now time.Time, limit int) ([]Signal, error) {
	var rows []Delivery
	err := requeueable(tx, now, limit).Select("id", "site_id", "conversion_id", "workflow_id").
		Where("n > 0 AND state NOT IN ('delivered', 'failed') AND COALESCE(next_try_at, created_at) <= ?", now.Add(-overdueAfter)).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	signals, found := make([]Signal, 0, len(rows)), make([]string, 0, len(rows))
	for _, d := range rows {
		found = append(found, d.ID)
		signals = append(signals, Signal{
			WorkflowID: d.WorkflowID, SiteID: d.SiteID, ConversionID: d.ConversionID, DeliveryID: d.ID,
			EventType: EventRequeued, CreatedAt: now, NextTryAt: now,
		})
	}
	return signals, tx.Model(&Delivery{}).Where("id IN ?", found).UpdateColumn("revived_at", now).Error
}

// leftAlone picks rows that were not revived of late, and that no other process
// is about to revive.
func requeueable(tx *gorm.DB, now time.Time, limit int) *gorm.DB {
	return tx.Where("(revived_at IS NULL OR revived_at <= ?)", now.Add(-requeueInterval)).Order("id").Limit(limit).
		Clauses(clause.Locking{Strength: "NO KEY UPDATE", Options: "SKIP LOCKED"})
}
