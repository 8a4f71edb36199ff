package relay

import (
	"context"
	"log/slog"
	"time"
)

// Sent rows are deleted in batches: a delete for each would cost more than the
// rest of the relay's work.
const (
	finishEvery  = 50 * time.Millisecond
	finishBatch  = 500
	storeTimeout = 5 * time.Second
)

// finish deletes the sent rows until r.sent is closed, also after the context ends.
func (r *Relay) finish(ctx context.Context) {
	for seq := range r.sent {
		r.deleteRows(ctx, r.collect(seq))
	}
}

// collect returns the rows that are sent within finishEvery of the first, up to a batch.
func (r *Relay) collect(first int64) []int64 {
	rows := []int64{first}
	timer := r.Clock.NewTimer(finishEvery)
	defer timer.Stop()
	for len(rows) < finishBatch {
		select {
		case seq, open := <-r.sent:
			if !open {
				return rows
			}
			rows = append(rows, seq)
		case <-timer.Chan():
			return rows
		}
	}
	return rows
}

// deleteRows deletes rows. If it cannot, the sweeper sends them again later, which
// is harmless.
func (r *Relay) deleteRows(ctx context.Context, rows []int64) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	defer r.line.done(rows...)
	if err := r.Store.SignalsDone(ctx, rows); err != nil {
		r.Logger.LogAttrs(ctx, slog.LevelWarn, "relay.delete_failed", slog.Int("rows", len(rows)), slog.Any("error", err))
		return
	}
	r.Metrics.OutboxSent(len(rows))
}
