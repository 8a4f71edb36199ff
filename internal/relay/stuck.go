package relay

import (
	"context"
	"log/slog"
	"time"

	"ringback/workflows"
)

// How often to check for what is stuck, and how many to requeue at once. It is
// rare: it takes a terminated workflow, or a Temporal restored from a backup.
const (
	stuckEvery = 5 * time.Minute
	stuckBatch = 500
)

// requeueUntil requeues what is stuck until the context ends. It pauses while
// Temporal is away, because everything is stuck then.
func (r *Relay) requeueUntil(ctx context.Context) {
	for {
		select {
		case <-r.Clock.After(stuckEvery):
		case <-ctx.Done():
			return
		}
		if !r.state.away() {
			r.requeueStuck(ctx)
			r.requeueReadings(ctx)
			r.requeueRecomputing(ctx)
			r.requeueReconciliations(ctx)
		}
	}
}

// requeueStuck adds outbox rows for what is stuck, so that its workflows are started again.
func (r *Relay) requeueStuck(ctx context.Context) {
	requeued, err := r.Store.RequeueStuck(ctx, r.now(), stuckBatch)
	if err != nil && ctx.Err() == nil {
		r.Logger.LogAttrs(ctx, slog.LevelWarn, "relay.requeue_failed", slog.Any("error", err))
	}
	for _, s := range requeued {
		r.Logger.LogAttrs(ctx, slog.LevelWarn, "relay.requeued", slog.String("workflow_id", s.WorkflowID),
			slog.String("site_id", s.SiteID), slog.String("conversion_id", s.ConversionID), slog.String("delivery_id", s.DeliveryID))
	}
}

// requeueReadings does the same for the readings of CRMs.
func (r *Relay) requeueReadings(ctx context.Context) {
	integrations, err := r.Store.RequeueReadings(ctx, r.now(), stuckBatch, workflows.ReadingID)
	if err != nil && ctx.Err() == nil {
		r.Logger.LogAttrs(ctx, slog.LevelWarn, "relay.requeue_failed", slog.Any("error", err))
	}
	for _, id := range integrations {
		r.Logger.LogAttrs(ctx, slog.LevelWarn, "relay.reading_requeued", slog.String("integration_id", id))
	}
}

// requeueRecomputing does the same for figures that are computed anew.
func (r *Relay) requeueRecomputing(ctx context.Context) {
	sites, err := r.Store.RequeueRecomputing(ctx, r.now(), stuckBatch)
	if err != nil && ctx.Err() == nil {
		r.Logger.LogAttrs(ctx, slog.LevelWarn, "relay.requeue_failed", slog.Any("error", err))
	}
	for _, id := range sites {
		r.Logger.LogAttrs(ctx, slog.LevelWarn, "relay.recomputing_requeued", slog.String("site_id", id))
	}
}

// requeueReconciliations does the same for the reconciliations of sources.
func (r *Relay) requeueReconciliations(ctx context.Context) {
	requeued, err := r.Store.RequeueReconciliations(ctx, r.now(), stuckBatch, workflows.ReconcileID)
	if err != nil && ctx.Err() == nil {
		r.Logger.LogAttrs(ctx, slog.LevelWarn, "relay.requeue_failed", slog.Any("error", err))
	}
	for _, key := range requeued {
		r.Logger.LogAttrs(ctx, slog.LevelWarn, "relay.reconciliation_requeued", slog.String("site_id", key.SiteID), slog.String("source", key.Source))
	}
}
