package relay

import (
	"context"
	"log/slog"
	"time"
)

// What is stuck is looked for seldom: it takes a terminated workflow, or a
// Temporal that was restored from a backup.
const (
	reviveEvery = 5 * time.Minute
	reviveBatch = 500
)

// reviveUntil looks for what is stuck until the context ends. While Temporal is
// away everything is.
func (r *Relay) reviveUntil(ctx context.Context) {
	for {
		select {
		case <-r.Clock.After(reviveEvery):
		case <-ctx.Done():
			return
		}
		if !r.state.away() {
			r.revive(ctx)
		}
	}
}

// revive has the workflows of what is stuck told once more.
func (r *Relay) revive(ctx context.Context) {
	revived, err := r.Store.RequeueStuck(ctx, r.now(), reviveBatch)
	if err != nil && ctx.Err() == nil {
		r.Logger.LogAttrs(ctx, slog.LevelWarn, "relay.revive_failed", slog.Any("error", err))
	}
	for _, s := range revived {
		r.Logger.LogAttrs(ctx, slog.LevelWarn, "relay.revived", slog.String("workflow_id", s.WorkflowID),
			slog.String("site_id", s.SiteID), slog.String("conversion_id", s.ConversionID), slog.String("delivery_id", s.DeliveryID))
	}
}
