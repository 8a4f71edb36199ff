package relay

import (
	"context"
	"log/slog"
	"time"

	"ringback/models/outbox"
)

// lookEvery is how often to look what has ended, while signals wait for that.
const lookEvery = 10 * time.Millisecond

// watch looks which signals are in progress no longer, whenever others wait for that, until
// the context ends.
func (r *Relay) watch(ctx context.Context) {
	for {
		select {
		case <-r.progress.full:
		case <-ctx.Done():
			return
		}
		r.look(ctx)
		r.line.wake()
		r.pause(ctx, lookEvery)
	}
}

// look asks the database which signals have ended. If it does not answer, they count for
// as long as is assumed.
func (r *Relay) look(ctx context.Context) {
	unclear := r.progress.unclear()
	if len(unclear) == 0 {
		return
	}
	signals := make([]outbox.Signal, len(unclear))
	for i, w := range unclear {
		signals[i] = w.signal
	}
	ended, err := r.Store.SignalsDecided(ctx, signals)
	if err != nil {
		r.Logger.LogAttrs(ctx, slog.LevelDebug, "relay.progress_unreadable", slog.Any("error", err))
		return
	}
	r.progress.seen(unclear, ended)
}
