package relay

import (
	"context"
	"log/slog"
	"time"

	"ringback/models"
)

// The sweeper's pace. An idle outbox costs one small query every two seconds.
const (
	batch       = 500
	claimFor    = time.Minute // others leave a claimed row alone for so long
	betweenFull = 0
	betweenSome = time.Second
	betweenNone = 2 * time.Second
	firstPause  = time.Second // Temporal or the database is away: doubling to maxPause
	maxPause    = 10 * time.Second
	firstDelay  = 10 * time.Second // of a row that was tried in vain: doubling
	maxAway     = time.Minute      // where Temporal was away: all has to be told soon after
	maxOwn      = 5 * time.Minute  // where it was the row's own trouble
)

// sweptSignal is a row on its way through the senders.
type sweptSignal struct {
	signal models.Signal
	result chan<- outcome
}

// outcome is what became of a row.
type outcome struct {
	signal models.Signal
	err    error
}

// sweepUntil takes due rows until the context ends.
func (r *Relay) sweepUntil(ctx context.Context) {
	pause := firstPause
	databaseAway := false
	for {
		n, err := r.sweep(ctx)
		if ctx.Err() != nil {
			return
		}
		if (err != nil) != databaseAway {
			databaseAway = err != nil
			r.logDatabase(ctx, err)
		}
		wait := pauseAfter(n)
		if err != nil || r.state.away() {
			wait, pause = pause, min(2*pause, maxPause)
		} else {
			pause = firstPause
		}
		select {
		case <-r.Clock.After(wait):
		case <-ctx.Done():
			return
		}
	}
}

func (r *Relay) logDatabase(ctx context.Context, err error) {
	if err == nil {
		r.Logger.LogAttrs(ctx, slog.LevelInfo, "relay.outbox_readable")
		return
	}
	r.Logger.LogAttrs(ctx, slog.LevelError, "relay.outbox_unreadable", slog.Any("error", err))
}

func pauseAfter(n int) time.Duration {
	switch {
	case n >= batch:
		return betweenFull
	case n > 0:
		return betweenSome
	default:
		return betweenNone
	}
}

// sweep sends one batch of due rows through the senders and says how many there
// were. While Temporal is away the batch is one row, to see whether it is back:
// each time another, for the one that was tried is put off. A row that fails
// for ever, however it fails, so delays no other for long.
func (r *Relay) sweep(ctx context.Context) (int, error) {
	limit := batch
	if r.state.away() {
		limit = 1
	}
	due, err := r.Store.DueSignals(ctx, r.now(), limit, claimFor)
	if err != nil {
		return 0, err
	}
	untried, failed := r.sendAll(ctx, due)
	r.postpone(ctx, untried, 0)
	for delay, rows := range byDelay(failed) {
		r.postpone(ctx, rows, delay)
	}
	return len(due), nil
}

// sendAll returns the rows to the senders and waits for what becomes of each.
// Once Temporal is away, or the relay is stopping, the rest is not tried.
func (r *Relay) sendAll(ctx context.Context, due []models.Signal) (untried []int64, failed []outcome) {
	results := make(chan outcome, len(due))
	pending := 0
	for _, s := range due {
		if r.state.away() && len(due) > 1 || !r.handOver(ctx, s, results) {
			untried = append(untried, s.Seq)
			continue
		}
		pending++
	}
	for range pending {
		if o := <-results; o.err != nil {
			failed = append(failed, o)
		}
	}
	return untried, failed
}

// byDelay sorts rows by how long each is put off: in an outage most alike.
func byDelay(failed []outcome) map[time.Duration][]int64 {
	rows := map[time.Duration][]int64{}
	for _, o := range failed {
		longest := maxAway
		if rowsOwn(o.err) {
			longest = maxOwn
		}
		delay := delayAfter(o.signal.Tries, longest)
		rows[delay] = append(rows[delay], o.signal.Seq)
	}
	return rows
}

// handOver returns one row to a sender, unless the context ends first.
func (r *Relay) handOver(ctx context.Context, s models.Signal, results chan<- outcome) bool {
	select {
	case r.swept <- sweptSignal{signal: s, result: results}:
		return true
	case <-ctx.Done():
		return false
	}
}

// postpone returns claimed rows back. Where even that fails the claim runs out by itself.
func (r *Relay) postpone(ctx context.Context, seqs []int64, delay time.Duration) {
	if len(seqs) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	if err := r.Store.PostponeSignals(ctx, seqs, r.now().Add(delay)); err != nil {
		r.Logger.LogAttrs(ctx, slog.LevelWarn, "relay.postpone_failed", slog.Int("rows", len(seqs)), slog.Any("error", err))
	}
}

func delayAfter(tries int, longest time.Duration) time.Duration {
	delay := firstDelay
	for i := 1; i < tries && delay < longest; i++ {
		delay *= 2
	}
	return min(delay, longest)
}

func (r *Relay) now() time.Time { return r.Clock.Now().UTC().Truncate(time.Microsecond) }
