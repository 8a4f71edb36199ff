package relay

import (
	"context"
	"log/slog"
	"time"
)

// Rows that were told are deleted together: a delete for each would cost more
// than all else the relay does.
const (
	finishEvery  = 50 * time.Millisecond
	finishBatch  = 500
	storeTimeout = 5 * time.Second
)

// finish deletes the rows that were told, until r.told is closed.
func (r *Relay) finish() {
	for seq := range r.told {
		r.deleteRows(r.collect(seq))
	}
}

// collect adds what is told within a moment of the first, up to a batch.
func (r *Relay) collect(first int64) []int64 {
	rows := []int64{first}
	timer := r.Clock.NewTimer(finishEvery)
	defer timer.Stop()
	for len(rows) < finishBatch {
		select {
		case seq, open := <-r.told:
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

// deleteRows deletes rows. Those that it cannot delete the sweeper finds due
// one day and tells again, which is harmless.
func (r *Relay) deleteRows(rows []int64) {
	ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
	defer cancel()
	if err := r.Store.SignalsDone(ctx, rows); err != nil {
		r.Logger.LogAttrs(ctx, slog.LevelWarn, "relay.delete_failed", slog.Int("rows", len(rows)), slog.Any("error", err))
		return
	}
	r.Metrics.OutboxSent(len(rows))
}
