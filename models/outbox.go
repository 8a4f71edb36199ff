package models

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/models/figures"
	"ringback/models/journeys"
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

// fastPath is how long a new signal is left to the process that stored it, which
// usually sends it at once. The sweep of the outbox sends what that process could not.
const fastPath = 3 * time.Second

// enqueueSignal puts a signal for the workflow of a conversion into the outbox, and marks
// the conversion: its journey is to be computed again.
func (s *Store) enqueueSignal(tx *gorm.DB, c Conversion, eventType string, trace map[string]string) (Accepted, error) {
	signal := Signal{
		WorkflowID: c.WorkflowID, SiteID: c.SiteID, ConversionID: c.ID, Kind: c.Kind, EventType: eventType,
		Trace: trace, CreatedAt: s.db.Now(), NextTryAt: s.db.Now().Add(fastPath),
	}
	if err := tx.Create(&signal).Error; err != nil {
		return Accepted{}, err
	}
	if err := journeys.AddMarks(tx, c.SiteID, journeys.Mark{Kind: journeys.MarkConversion, Ref: c.ID}); err != nil {
		return Accepted{}, err
	}
	return Accepted{ConversionID: c.ID, Signal: &signal}, figures.Mark(tx, c.SiteID, c.ID)
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

// replanCalls signals the workflows of the calls of a site that are not over, so that
// they plan by what has changed. Narrow limits which calls; nil means all. A call that has
// such a signal in the outbox already needs no second one. Calls beyond maxReplanned plan
// with their next event.
func (s *Store) replanCalls(tx *gorm.DB, siteID string, narrow func(*gorm.DB) *gorm.DB) error {
	query := tx.Select("id", "workflow_id").
		Where("site_id = ? AND state = 'waiting' AND kind = ? AND decided_at IS NULL", siteID, conversion.KindCall).
		Where("NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.conversion_id = conversions.id AND event_type = ?)", EventFactsChanged)
	if narrow != nil {
		query = narrow(query)
	}
	var open []Conversion
	if err := query.Order("created_at").Limit(maxReplanned).Find(&open).Error; err != nil {
		return fmt.Errorf("finding the open calls: %w", err)
	}
	signals := make([]Signal, 0, len(open))
	for i, c := range open {
		signals = append(signals, Signal{
			WorkflowID: c.WorkflowID, SiteID: siteID, ConversionID: c.ID, Kind: conversion.KindCall, EventType: EventFactsChanged,
			CreatedAt: s.db.Now(), NextTryAt: s.db.Now().Add(time.Duration(i) * replanInterval),
		})
	}
	if len(signals) == 0 {
		return nil
	}
	if err := tx.CreateInBatches(&signals, insertBatch).Error; err != nil {
		return fmt.Errorf("signalling the open calls: %w", err)
	}
	return nil
}

// SignalsDone removes signals that were sent.
func (s *Store) SignalsDone(ctx context.Context, seqs []int64) error {
	if len(seqs) == 0 {
		return nil
	}
	err := s.db.Write(ctx).Where("seq IN ?", seqs).Delete(&Signal{}).Error
	return s.db.WrapErr("removing signals from the outbox", err)
}

// PostponeSignals makes signals due again at a time.
func (s *Store) PostponeSignals(ctx context.Context, seqs []int64, until time.Time) error {
	if len(seqs) == 0 {
		return nil
	}
	err := s.db.Write(ctx).Model(&Signal{}).Where("seq IN ?", seqs).Update("next_try_at", until).Error
	return s.db.WrapErr("postponing signals of the outbox", err)
}

// OutboxStats returns how many signals are waiting, and since when the oldest one is,
// zero if there is none.
func (s *Store) OutboxStats(ctx context.Context) (waiting int64, oldest time.Time, err error) {
	var first []Signal
	err = s.db.Read(ctx).Model(&Signal{}).Count(&waiting).Error
	if err == nil {
		err = s.db.Read(ctx).Select("created_at").Order("seq").Limit(1).Find(&first).Error
	}
	if len(first) > 0 {
		oldest = first[0].CreatedAt
	}
	return waiting, oldest, s.db.WrapErr("counting the outbox", err)
}
