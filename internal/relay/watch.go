package relay

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"ringback/models/outbox"
)

// lookEvery is how often to look what has ended, while signals wait for that.
const lookEvery = 10 * time.Millisecond

// watch finds out which signals have ended, whenever others wait for that, until the context
// is done. While a look takes longer than is assumed of signals at which nobody has
// looked, those that wait go by what is assumed.
func (r *Relay) watch(ctx context.Context) {
	var looks sync.WaitGroup
	defer looks.Wait()
	var ended chan struct{} // of the look that is being made; nil if none is
	for {
		select {
		case <-r.progress.full:
		case <-ctx.Done():
			return
		}
		if ended == nil {
			ended = make(chan struct{})
			looks.Go(func() {
				defer close(ended)
				r.look(ctx)
			})
		}
		select {
		case <-ended:
			ended = nil
		case <-r.Clock.After(assumedFor):
		}
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
	ctx, cancel := context.WithTimeout(ctx, storeTimeout)
	defer cancel()
	ended, err := r.Store.SignalsDecided(ctx, signals)
	if err != nil {
		r.Logger.LogAttrs(ctx, slog.LevelDebug, "relay.progress_unreadable", slog.Any("error", err))
		return
	}
	r.progress.seen(unclear, ended)
}
