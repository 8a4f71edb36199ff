package relay

import (
	"context"
	"log/slog"
	"slices"
	"time"
)

// How offers that wait for long are kept from the sweepers. Those of other processes do not know
// of them, and would send them too once their rows are due.
const (
	keepEvery  = 500 * time.Millisecond
	keepBefore = 2 * time.Second  // how long before its row is due an offer is kept
	keepFor    = 10 * time.Second // how long a row is left to this process then; so long it waits if the process ends
	leftBefore = 250 * time.Millisecond
)

// keepUntil keeps the offers that wait from the sweepers until the context ends.
func (r *Relay) keepUntil(ctx context.Context) {
	for ctx.Err() == nil {
		r.pause(ctx, keepEvery)
		if aging := r.line.aging(r.now().Add(keepBefore)); len(aging) > 0 {
			r.keep(ctx, aging)
		}
	}
}

// keep has the rows of offers due later. Offers whose rows a sweeper has claimed meanwhile are
// left to it. If the database does not answer, they are left to the sweepers when they are due.
func (r *Relay) keep(ctx context.Context, rows []int64) {
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	until := r.now().Add(keepFor)
	kept, err := r.Store.KeepSignals(ctx, rows, until)
	if err != nil {
		r.Logger.LogAttrs(ctx, slog.LevelDebug, "relay.offers_not_kept", slog.Int("rows", len(rows)), slog.Any("error", err))
		return
	}
	r.line.kept(rows, kept, until)
}

// aging returns the rows of the offers that are due before a time.
func (l *line) aging(before time.Time) (rows []int64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for row, w := range l.rows {
		if w.result == nil && w.signal.NextTryAt.Before(before) {
			rows = append(rows, row)
		}
	}
	slices.Sort(rows)
	return rows
}

// kept takes which rows of offers are due later. Of the other ones, those that still wait are
// left to the sweepers.
func (l *line) kept(asked, kept []int64, until time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, row := range asked {
		w := l.rows[row]
		if w == nil || w.result != nil {
			continue
		}
		if _, found := slices.BinarySearch(kept, row); found {
			w.signal.NextTryAt = until
			continue
		}
		l.remove(w)
		l.dropped()
	}
}

// late reports whether the row of an offer is due, or will be before it is sent and removed, and
// this process has not claimed it.
func (l *line) late(w *waiting) bool {
	return w.result == nil && !w.signal.NextTryAt.After(l.clock.Now().Add(leftBefore))
}
