package relay

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"time"

	"ringback/internal/backoff"
	"ringback/internal/instant"
	"ringback/models/outbox"
)

// How the sweeper claims rows, and how long it waits after fewer than a batch. A batch is
// about what can be sent in a second, because rows that become due meanwhile wait for it.
const (
	fewest   = 32
	most     = 500
	claimFor = time.Minute // how long a claimed row is left alone by other processes
	pause    = time.Second
)

// The back-off of the sweeper while Temporal or the database is away, of rows
// that were not sent because Temporal is away, and of rows that fail themselves.
// The second is short, because an outage's rows must be sent soon after it.
var (
	pauses      = backoff.Doubling{First: time.Second, Max: 10 * time.Second}
	outageDelay = backoff.Doubling{First: 10 * time.Second, Max: time.Minute}
	rowDelay    = backoff.Doubling{First: 10 * time.Second, Max: 5 * time.Minute}
)

// outcome is the result of sending a row.
type outcome struct {
	signal outbox.Signal
	err    error
}

// sweepUntil sends due rows until the context ends.
func (r *Relay) sweepUntil(ctx context.Context) {
	failures, batch := 0, fewest
	databaseAway := false
	for ctx.Err() == nil {
		began := r.Machine.Now()
		n, err := r.sweep(ctx, batch)
		if ctx.Err() != nil {
			return
		}
		if (err != nil) != databaseAway {
			databaseAway = err != nil
			r.logDatabase(ctx, err)
		}
		if err != nil || r.state.away() {
			failures++
			r.pause(ctx, pauses.Delay(failures))
			continue
		}
		failures = 0
		switch {
		case n == 0:
			r.Idle(ctx)
		case n < batch:
			r.pause(ctx, pause)
		case r.Machine.Since(began) < pause:
			batch = min(2*batch, most)
		default:
			batch = max(batch/2, fewest)
		}
	}
}

// pause waits, unless ctx is done.
func (r *Relay) pause(ctx context.Context, d time.Duration) {
	select {
	case <-r.Clock.After(d):
	case <-ctx.Done():
	}
}

func (r *Relay) logDatabase(ctx context.Context, err error) {
	if err == nil {
		r.Logger.LogAttrs(ctx, slog.LevelInfo, "relay.outbox_readable")
		return
	}
	r.Logger.LogAttrs(ctx, slog.LevelError, "relay.outbox_unreadable", slog.Any("error", err))
}

// sweep sends one batch of due rows and returns how many there were. While
// Temporal is away the batch is one row, to test whether it is back; each time it
// is another row, because the one that was tried is postponed. So a row that
// always fails, for whatever reason, does not delay the others for long.
func (r *Relay) sweep(ctx context.Context, limit int) (int, error) {
	if r.state.away() {
		limit = 1
	}
	due, err := r.Store.DueSignals(ctx, r.now(), limit, claimFor)
	if err != nil {
		return 0, err
	}
	untried, failed := r.sendAll(ctx, byTurns(due))
	r.release(ctx, untried)
	for delay, rows := range byDelay(failed) {
		r.postpone(ctx, rows, delay)
	}
	return len(due), nil
}

// byTurns orders rows so that sites take turns. Rows of one site stay in their order.
func byTurns(due []outbox.Signal) []outbox.Signal {
	nth, count := make(map[int64]int, len(due)), map[string]int{}
	for _, s := range due {
		nth[s.Seq] = count[s.SiteID]
		count[s.SiteID]++
	}
	slices.SortStableFunc(due, func(a, b outbox.Signal) int { return cmp.Compare(nth[a.Seq], nth[b.Seq]) })
	return due
}

// sendAll has the senders send the rows, and waits for the results. What nobody has begun
// to send within the pause, or when Temporal goes away or the relay stops, is not tried.
func (r *Relay) sendAll(ctx context.Context, due []outbox.Signal) (untried []int64, failed []outcome) {
	results := make(chan outcome, len(due))
	r.line.sweep(due, results)
	timer := r.Clock.NewTimer(pause)
	defer timer.Stop()
	late, stopped := timer.Chan(), ctx.Done()
	withdraw := func() {
		untried = append(untried, r.line.withdraw()...)
		late, stopped = nil, nil
	}
	for got := 0; got+len(untried) < len(due); {
		select {
		case o := <-results:
			got++
			if o.err != nil {
				failed = append(failed, o)
			}
			if r.state.away() && late != nil {
				withdraw()
			}
		case <-late:
			withdraw()
		case <-stopped:
			withdraw()
		}
	}
	return untried, failed
}

// byDelay groups rows by how long each is postponed, which in an outage is mostly the same.
func byDelay(failed []outcome) map[time.Duration][]int64 {
	rows := map[time.Duration][]int64{}
	for _, o := range failed {
		schedule := outageDelay
		if isRowError(o.err) {
			schedule = rowDelay
		}
		delay := schedule.Delay(o.signal.Tries)
		rows[delay] = append(rows[delay], o.signal.Seq)
	}
	return rows
}

// release makes claimed rows due again at once.
func (r *Relay) release(ctx context.Context, seqs []int64) {
	r.endClaim(ctx, seqs, r.now(), r.Store.ReleaseSignals)
}

// postpone makes claimed rows due again after the delay.
func (r *Relay) postpone(ctx context.Context, seqs []int64, delay time.Duration) {
	r.endClaim(ctx, seqs, r.now().Add(delay), r.Store.PostponeSignals)
}

// endClaim ends the claim of rows by a function of the store. If that fails, the claim expires.
func (r *Relay) endClaim(ctx context.Context, seqs []int64, until time.Time, end func(context.Context, []int64, time.Time) error) {
	if len(seqs) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeTimeout)
	defer cancel()
	if err := end(ctx, seqs, until); err != nil {
		r.Logger.LogAttrs(ctx, slog.LevelWarn, "relay.postpone_failed", slog.Int("rows", len(seqs)), slog.Any("error", err))
	}
}

func (r *Relay) now() time.Time { return instant.Now(r.Clock) }
