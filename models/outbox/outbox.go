package outbox

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/models/database"
)

// Signal is a row of the outbox: a signal that a workflow is to get.
type Signal struct {
	Seq           int64 `gorm:"primaryKey"`
	WorkflowID    string
	SiteID        string
	ConversionID  string
	DeliveryID    string            // resends only
	IntegrationID string            // readings.KindReading only: whose CRM is read
	Source        string            // reconciliations.KindReconciliation only: whose calls are reconciled
	Kind          conversion.Kind   // empty for resends
	EventType     string            // of the event that was stored, or EventRequeued or EventFactsChanged; of resends empty, or EventRequeued
	Trace         map[string]string `gorm:"serializer:json"` // W3C trace context of the request
	Tries         int
	NextTryAt     time.Time
	CreatedAt     time.Time
}

// TableName returns the name of the outbox.
func (Signal) TableName() string { return "outbox" }

// FastPath is how long a new signal is left to the process that stored it, which
// usually sends it at once. The sweep of the outbox sends what that process could not.
const FastPath = 3 * time.Second

// Outbox holds the signals that workflows are to get. It is safe for concurrent use. Its
// errors are those of database.DB.WrapErr.
type Outbox struct{ db *database.DB }

// New returns the outbox of a database.
func New(db *database.DB) *Outbox { return &Outbox{db} }

// Enqueue puts signals into the outbox, together with the changes that they are about, and
// sets their numbers and times. They are due after FastPath.
func (o *Outbox) Enqueue(tx *gorm.DB, signals []Signal, about ...database.Change) error {
	now := o.db.Now()
	for i := range signals {
		signals[i].CreatedAt, signals[i].NextTryAt = now, now.Add(FastPath)
	}
	return database.Together(tx, append(about, database.InsertAll(signals))...)
}

// EnqueueDue puts a signal into the outbox that is due at once. It is left to the sweep,
// so the process that stores it need not send it.
func EnqueueDue(tx *gorm.DB, signal Signal) error {
	signal.CreatedAt = tx.NowFunc()
	signal.NextTryAt = signal.CreatedAt
	return tx.Create(&signal).Error
}

// EventFactsChanged is the event type of a signal that no event of the call caused:
// settings or visitor ids changed, on which decisions depend that are still open.
const EventFactsChanged = "facts_changed"

// How the workflows of a site's open calls are signalled after a change of settings: so
// many at most, and spread over time, so that other sites' signals come in between.
const (
	maxReplanned   = 10_000
	replanInterval = 5 * time.Millisecond
)

// ReplanCalls signals the workflows of the calls of a site that are not over, so that
// they plan by what has changed. Narrow limits which calls; nil means all. A call that has
// such a signal in the outbox already needs no second one. Calls beyond maxReplanned plan
// with their next event.
func (o *Outbox) ReplanCalls(tx *gorm.DB, siteID string, narrow func(*gorm.DB) *gorm.DB) error {
	query := tx.Table("conversions").Select("id", "workflow_id").
		Where("site_id = ? AND state = 'waiting' AND kind = ? AND decided_at IS NULL", siteID, conversion.KindCall).
		Where("NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.conversion_id = conversions.id AND event_type = ?)", EventFactsChanged)
	if narrow != nil {
		query = narrow(query)
	}
	var open []struct{ ID, WorkflowID string }
	if err := query.Order("created_at").Limit(maxReplanned).Find(&open).Error; err != nil {
		return fmt.Errorf("finding the open calls: %w", err)
	}
	signals := make([]Signal, 0, len(open))
	for i, c := range open {
		signals = append(signals, Signal{
			WorkflowID: c.WorkflowID, SiteID: siteID, ConversionID: c.ID, Kind: conversion.KindCall, EventType: EventFactsChanged,
			CreatedAt: o.db.Now(), NextTryAt: o.db.Now().Add(time.Duration(i) * replanInterval),
		})
	}
	if len(signals) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(&signals, database.InsertBatch).Error; err != nil {
		return fmt.Errorf("signalling the open calls: %w", err)
	}
	return nil
}

// SignalsDone removes signals that were sent.
func (o *Outbox) SignalsDone(ctx context.Context, seqs []int64) error {
	if len(seqs) == 0 {
		return nil
	}
	err := o.db.Write(ctx).Where("seq IN ?", seqs).Delete(&Signal{}).Error
	return o.db.WrapErr("removing signals from the outbox", err)
}

// ReleaseSignals makes claimed signals due again at a time. Nobody has tried to send them, so
// the claim does not count as a try.
func (o *Outbox) ReleaseSignals(ctx context.Context, seqs []int64, at time.Time) error {
	if len(seqs) == 0 {
		return nil
	}
	err := o.db.Write(ctx).Model(&Signal{}).Where("seq IN ?", seqs).
		Updates(map[string]any{"next_try_at": at, "tries": gorm.Expr("tries - 1")}).Error
	return o.db.WrapErr("releasing signals of the outbox", err)
}

// PostponeSignals makes signals due again at a time.
func (o *Outbox) PostponeSignals(ctx context.Context, seqs []int64, until time.Time) error {
	if len(seqs) == 0 {
		return nil
	}
	err := o.db.Write(ctx).Model(&Signal{}).Where("seq IN ?", seqs).Update("next_try_at", until).Error
	return o.db.WrapErr("postponing signals of the outbox", err)
}

// MostCounted is the most signals that OutboxStats counts. Many more wait while Temporal
// is away, and counting them every time would take longer the longer it is away.
const MostCounted = 10_000

// OutboxStats returns how many signals are waiting, at most MostCounted, and since when
// the oldest one is, zero if there is none.
func (o *Outbox) OutboxStats(ctx context.Context) (waiting int64, oldest time.Time, err error) {
	var first []Signal
	counted := o.db.Read(ctx).Model(&Signal{}).Select("seq").Limit(MostCounted)
	err = o.db.Read(ctx).Table("(?) AS waiting", counted).Count(&waiting).Error
	if err == nil {
		err = o.db.Read(ctx).Select("created_at").Order("seq").Limit(1).Find(&first).Error
	}
	if len(first) > 0 {
		oldest = first[0].CreatedAt
	}
	return waiting, oldest, o.db.WrapErr("counting the outbox", err)
}
