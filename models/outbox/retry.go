package outbox

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/models/audit"
	"ringback/models/database"
)

// EventRetry is the event type of a signal that makes a delivery be tried now, in place of
// the time until which it waits.
const EventRetry = "retry"

// The bounds of one request for many deliveries: so many at most, and spread over time, so
// that other sites' signals come in between (G6).
const (
	maxRetried    = 10_000
	retryInterval = 10 * time.Millisecond
)

// worthWaking is how long a delivery must still wait to be woken when its destination
// answers again. Those that wait for less follow by themselves.
const worthWaking = 30 * time.Second

// openDelivery is what is read of a delivery without an end state, and of its conversion.
type openDelivery struct {
	ID, SiteID, ConversionID, IntegrationID, WorkflowID, ConversionWorkflowID, State, AccountID string
	Kind                                                                                        conversion.Kind
	N                                                                                           int
	LeasedUntil                                                                                 *time.Time
}

// signal returns the signal for the workflow that sends the delivery. That of a resend has
// no kind.
func (d openDelivery) signal(created, due time.Time) Signal {
	s := Signal{
		WorkflowID: d.WorkflowID, SiteID: d.SiteID, ConversionID: d.ConversionID, DeliveryID: d.ID,
		EventType: EventRetry, CreatedAt: created, NextTryAt: due,
	}
	if d.N == 0 {
		s.WorkflowID, s.Kind = d.ConversionWorkflowID, d.Kind
	}
	return s
}

// WaitingDeliveries returns how many deliveries have no end state yet, by the integration,
// of a site's integrations whose breakers are open.
func (o *Outbox) WaitingDeliveries(ctx context.Context, siteID string) (map[string]int, error) {
	var rows []struct {
		IntegrationID string
		Count         int
	}
	db := o.db.Read(ctx)
	open := db.Table("breakers AS b").Select("b.integration_id").Joins("JOIN integrations AS i ON i.id = b.integration_id").
		Where("i.site_id = ? AND b.state = 'open'", siteID)
	err := db.Table("deliveries").Select("integration_id, count(*) AS count").
		Where("integration_id IN (?) AND state NOT IN ('delivered', 'failed')", open).Group("integration_id").Find(&rows).Error
	waiting := make(map[string]int, len(rows))
	for _, r := range rows {
		waiting[r.IntegrationID] = r.Count
	}
	return waiting, o.db.WrapErr("counting waiting deliveries", err)
}

func openDeliveries(db *gorm.DB) *gorm.DB {
	return db.Table("deliveries").Select("deliveries.id, deliveries.site_id, deliveries.conversion_id, deliveries.integration_id, deliveries.workflow_id, " +
		"deliveries.state, deliveries.n, deliveries.leased_until, conversions.workflow_id AS conversion_workflow_id, conversions.kind, sites.account_id").
		Joins("JOIN conversions ON conversions.id = deliveries.conversion_id").Joins("JOIN sites ON sites.id = deliveries.site_id")
}

// RetryDelivery makes a delivery be tried now. If its integration's breaker is open, the
// delivery is the next probe. It is fault.Conflict if the delivery has its end state or is
// being sent.
func (o *Outbox) RetryDelivery(ctx context.Context, actor audit.Actor, accountID, deliveryID string) (Signal, error) {
	var signal Signal
	err := o.db.Tx(ctx, "retrying a delivery", func(tx *gorm.DB) error {
		query := database.WhereSet(openDeliveries(tx).Where("deliveries.id = ?", deliveryID), "sites.account_id = ?", accountID)
		var rows []openDelivery
		if err := query.Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return fault.New(fault.NotFound, "no_such_delivery")
		}
		d := rows[0]
		if d.State == "delivered" || d.State == "failed" {
			return fault.New(fault.Conflict, "not_retryable").With("State", d.State)
		}
		if d.LeasedUntil != nil && d.LeasedUntil.After(o.db.Now()) {
			return fault.New(fault.Conflict, "being_sent")
		}
		if err := probeNow(tx, d.IntegrationID); err != nil {
			return err
		}
		signal = d.signal(o.db.Now(), o.db.Now().Add(FastPath))
		if err := tx.Create(&signal).Error; err != nil {
			return err
		}
		return audit.Record(tx, actor, "retried", audit.Target{AccountID: d.AccountID, SiteID: d.SiteID, Entity: "delivery", ID: d.ID}, nil)
	})
	return signal, err
}

// RetryIntegration makes all deliveries of an integration that wait be tried now, at most
// 10 000, and returns their number. They follow one after the other. The account is empty
// for the operator.
func (o *Outbox) RetryIntegration(ctx context.Context, actor audit.Actor, accountID, integrationID string) (retried int, err error) {
	err = o.db.Tx(ctx, "retrying the deliveries of an integration", func(tx *gorm.DB) error {
		var of []struct{ SiteID, AccountID string }
		query := tx.Table("integrations").Select("integrations.site_id, sites.account_id").Joins("JOIN sites ON sites.id = integrations.site_id").
			Where("integrations.id = ? AND integrations.deleted_at IS NULL", integrationID)
		if err := database.WhereSet(query, "sites.account_id = ?", accountID).Find(&of).Error; err != nil {
			return err
		}
		if len(of) == 0 {
			return fault.New(fault.NotFound, "no_such_integration")
		}
		if err := probeNow(tx, integrationID); err != nil {
			return err
		}
		if retried, err = wake(tx, integrationID, tx.NowFunc()); err != nil {
			return err
		}
		return audit.Record(tx, actor, "retried", audit.Target{AccountID: of[0].AccountID, SiteID: of[0].SiteID, Entity: "integration", ID: integrationID},
			map[string]audit.Change{"deliveries": {To: retried}})
	})
	return retried, err
}

// Wake makes the deliveries of an integration be tried that would wait for longer, because
// its destination answers again.
func Wake(tx *gorm.DB, integrationID string) error {
	_, err := wake(tx, integrationID, tx.NowFunc().Add(worthWaking))
	return err
}

// wake signals the deliveries of an integration that wait until after a time, and have no
// such signal in the outbox yet.
func wake(tx *gorm.DB, integrationID string, after time.Time) (int, error) {
	var rows []openDelivery
	err := openDeliveries(tx).Where("deliveries.integration_id = ? AND deliveries.state IN ('waiting', 'retrying') AND deliveries.next_try_at > ?", integrationID, after).
		Where("NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.conversion_id = deliveries.conversion_id AND outbox.delivery_id = deliveries.id AND outbox.event_type = ?)", EventRetry).
		Order("deliveries.id").Limit(maxRetried).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	now := tx.NowFunc()
	signals := make([]Signal, len(rows))
	for i, d := range rows {
		signals[i] = d.signal(now, now.Add(time.Duration(i)*retryInterval))
	}
	if err := tx.CreateInBatches(&signals, database.InsertBatch).Error; err != nil {
		return 0, fmt.Errorf("waking deliveries: %w", err)
	}
	return len(rows), nil
}

// probeNow lets the next delivery of an integration be the probe of its open breaker.
func probeNow(tx *gorm.DB, integrationID string) error {
	now := tx.NowFunc()
	err := tx.Exec("UPDATE breakers SET open_until = ?, updated_at = ? WHERE integration_id = ? AND state = 'open' AND open_until > ?", now, now, integrationID, now).Error
	if err != nil {
		return fmt.Errorf("letting a breaker be probed: %w", err)
	}
	return nil
}

// unfinished is what is read of conversions and resends that are not done.
type unfinished struct {
	ID, SiteID, WorkflowID, ConversionID string
	Kind                                 conversion.Kind
}

// RequeueAll puts a signal for each conversion and resend that is not done into the
// outbox, in pieces, and returns how many there are. It is for a database, or a Temporal,
// that was restored from a backup. The workflows of those that are under way take it as
// one more signal.
func (o *Outbox) RequeueAll(ctx context.Context) (requeued int, err error) {
	for _, of := range []struct{ table, columns, condition string }{
		{"conversions", "id, site_id, workflow_id, kind, id AS conversion_id", "state <> 'done'"},
		{"deliveries", "id, site_id, workflow_id, conversion_id", "n > 0 AND state NOT IN ('delivered', 'failed')"},
	} {
		for after, more := "", true; more; {
			err := o.db.Tx(ctx, "requeueing what is not done", func(tx *gorm.DB) error {
				var rows []unfinished
				err := tx.Table(of.table).Select(of.columns).Where(of.condition+" AND id > ?", after).Order("id").Limit(database.InsertBatch).Find(&rows).Error
				if more = len(rows) > 0; err != nil || !more {
					return err
				}
				after = rows[len(rows)-1].ID
				requeued += len(rows)
				return tx.CreateInBatches(signalsFor(rows, tx.NowFunc()), database.InsertBatch).Error
			})
			if err != nil {
				return requeued, err
			}
		}
	}
	return requeued, nil
}

func signalsFor(rows []unfinished, now time.Time) *[]Signal {
	signals := make([]Signal, len(rows))
	for i, row := range rows {
		signals[i] = Signal{
			WorkflowID: row.WorkflowID, SiteID: row.SiteID, ConversionID: row.ConversionID, Kind: row.Kind, EventType: EventRequeued,
			CreatedAt: now, NextTryAt: now.Add(time.Duration(i) * retryInterval),
		}
		if ids.Is(row.ID, ids.Delivery) {
			signals[i].DeliveryID = row.ID
		}
	}
	return &signals
}
