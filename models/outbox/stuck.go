package outbox

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

// requeueJob names what one process does at a time: looking for what is stuck.
const requeueJob = "requeue"

// stuckConversion and stuckResend are what is read of rows that are stuck.
type (
	stuckConversion struct {
		ID, SiteID, WorkflowID string
		Kind                   conversion.Kind
	}
	stuckResend struct{ ID, SiteID, WorkflowID, ConversionID string }
)

// TableName returns the table of conversions.
func (stuckConversion) TableName() string { return "conversions" }

// TableName returns the table of deliveries.
func (stuckResend) TableName() string { return "deliveries" }

// RequeueStuck signals the workflows of conversions and resends again that are not
// done though their time passed an hour ago, up to limit of each. A workflow that
// runs as it should treats it as one more signal. It returns the signals that it
// put into the outbox, none if another process is looking.
func (o *Outbox) RequeueStuck(ctx context.Context, now time.Time, limit int) ([]Signal, error) {
	var signals []Signal
	err := o.db.Tx(ctx, "requeueing what is stuck", func(tx *gorm.DB) error {
		if mine, err := database.OneAtATime(tx, requeueJob); err != nil || !mine {
			return err
		}
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
		return tx.CreateInBatches(&signals, database.InsertBatch).Error
	})
	return signals, err
}

// requeueConversions reads each kind of stuck conversions with a statement of its own,
// the oldest first, so that each is answered from the index of what is not done. The
// states and kinds are literals for its sake.
func requeueConversions(tx *gorm.DB, now time.Time, limit int) ([]Signal, error) {
	overdue := now.Add(-conversion.OverdueAfter)
	calls, values, err := stuckCalls(tx, now)
	if err != nil {
		return nil, err
	}
	// The workflow of a delivery stores its next try each time: a delivery whose next try
	// has passed has no workflow any more.
	const dispatching = `state = 'dispatching' AND created_at <= ? AND decided_at <= ? AND NOT EXISTS (SELECT 1 FROM deliveries
		WHERE conversion_id = conversions.id AND n = 0 AND state NOT IN ('delivered', 'failed') AND COALESCE(next_try_at, created_at) > ?)`
	stuck := []*gorm.DB{
		tx.Where("kind = 'lead' AND state = 'waiting' AND created_at <= ?", overdue),
		tx.Where("kind = 'call' AND state = 'waiting' AND "+calls, values...),
		tx.Where("kind = 'lead' AND "+dispatching, overdue, overdue, overdue),
		tx.Where("kind = 'call' AND "+dispatching, overdue, overdue, overdue),
	}
	var signals []Signal
	for _, query := range stuck {
		query = query.Select("id", "site_id", "kind", "workflow_id").Order("created_at")
		found, err := requeue(query, now, limit-len(signals), func(c stuckConversion) (string, Signal) {
			return c.ID, Signal{WorkflowID: c.WorkflowID, SiteID: c.SiteID, ConversionID: c.ID, Kind: c.Kind}
		})
		if err != nil {
			return nil, err
		}
		signals = append(signals, found...)
	}
	return signals, nil
}

// stuckCalls returns the condition of waiting calls that should have been closed. How
// long a call may be is a setting of its site, of which there are few values, so that
// the times are computed here and chosen by the statement.
func stuckCalls(tx *gorm.DB, now time.Time) (condition string, values []any, err error) {
	var longest []int // in minutes
	if err := tx.Table("sites").Distinct().Pluck("max_call_minutes", &longest).Error; err != nil {
		return "", nil, err
	}
	var cases strings.Builder
	values = []any{conversion.StuckSince(now, 0)} // no call is stuck that was accepted later
	for _, minutes := range longest {
		cases.WriteString(" WHEN ? THEN ?")
		values = append(values, minutes, conversion.StuckSince(now, time.Duration(minutes)*time.Minute))
	}
	if len(longest) == 0 {
		return "created_at < ?", values, nil
	}
	// ELSE makes the CASE a time for PostgreSQL, and is never reached.
	return `created_at <= ? AND CASE WHEN at > created_at THEN at ELSE created_at END <=
		(SELECT CASE max_call_minutes` + cases.String() + ` ELSE NULLIF(created_at, created_at) END FROM sites WHERE sites.id = conversions.site_id)`, values, nil
}

func requeueResends(tx *gorm.DB, now time.Time, limit int) ([]Signal, error) {
	query := tx.Select("id", "site_id", "conversion_id", "workflow_id").Order("created_at").
		Where("n > 0 AND state NOT IN ('delivered', 'failed') AND COALESCE(next_try_at, created_at) <= ?", now.Add(-conversion.OverdueAfter))
	return requeue(query, now, limit, func(d stuckResend) (string, Signal) {
		return d.ID, Signal{WorkflowID: d.WorkflowID, SiteID: d.SiteID, ConversionID: d.ConversionID, DeliveryID: d.ID}
	})
}

// requeue returns a signal for each row of the query that was not requeued recently
// and that no other process is about to requeue, up to limit, and marks these rows.
func requeue[Row any](query *gorm.DB, now time.Time, limit int, signalOf func(Row) (id string, signal Signal)) ([]Signal, error) {
	tx := query.Session(&gorm.Session{NewDB: true})
	var rows []Row
	err := database.LockedSkip(query).Where("(revived_at IS NULL OR revived_at <= ?)", now.Add(-conversion.RequeueInterval)).
		Limit(limit).Find(&rows).Error
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
