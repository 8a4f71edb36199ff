package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"
)

// How often visits are deleted, and how many sessions at a time. Each batch is a
// transaction, which must not delay intake.
const (
	pruneEvery = time.Hour
	pruneBatch = 500
)

// visitStore deletes visits that are older than their site keeps them.
type visitStore interface {
	PruneVisits(ctx context.Context, batch int) (int, error)
}

// pruner deletes visits that are older than their site's keep_days. Of several
// processes one deletes at a time.
type pruner struct {
	store visitStore
	clock clockwork.Clock
	log   *slog.Logger
}

func newPruner(store visitStore, clock clockwork.Clock, log *slog.Logger) *pruner {
	return &pruner{store: store, clock: clock, log: log}
}

// run prunes until ctx is done. An error ends it; the supervisor then starts it
// again, with a growing delay until it has pruned once.
func (p *pruner) run(ctx context.Context, up func()) error {
	return repeat(ctx, p.clock, pruneEvery, p.prune, up)
}

// prune deletes all visits that are due.
func (p *pruner) prune(ctx context.Context) error {
	deleted, err := p.store.PruneVisits(ctx, pruneBatch)
	if deleted > 0 {
		p.log.InfoContext(ctx, "visits.pruned", "sessions", deleted)
	}
	return err
}
