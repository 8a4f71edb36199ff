package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"
)

// Visits are deleted every hour, so many sessions at a time: each batch is a
// transaction, which must not keep intake waiting.
const (
	pruneEvery = time.Hour
	pruneBatch = 500
)

// visitStore deletes visits that are older than their site keeps them.
type visitStore interface {
	PruneVisits(ctx context.Context, limit int) (int, error)
}

// pruner keeps the promise of each site's keep_days. Several at once, in several
// processes, are no harm.
type pruner struct {
	store visitStore
	clock clockwork.Clock
	log   *slog.Logger
}

func newPruner(store visitStore, clock clockwork.Clock, log *slog.Logger) *pruner {
	return &pruner{store: store, clock: clock, log: log}
}

// run prunes until ctx is done. An error ends it; the supervisor starts it
// again, later each time until it has pruned once.
func (p *pruner) run(ctx context.Context, up func()) error {
	if err := p.prune(ctx); err != nil {
		return err
	}
	up()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-p.clock.After(pruneEvery):
		}
		if err := p.prune(ctx); err != nil {
			return err
		}
	}
}

// prune deletes all that is due.
func (p *pruner) prune(ctx context.Context) error {
	deleted := 0
	for {
		n, err := p.store.PruneVisits(ctx, pruneBatch)
		deleted += n
		if err != nil {
			return err
		}
		if n < pruneBatch {
			break
		}
	}
	if deleted > 0 {
		p.log.InfoContext(ctx, "visits.pruned", "sessions", deleted)
	}
	return nil
}
