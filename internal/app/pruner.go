package app

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"

	"ringback/models/erasing"
)

// How often visits are deleted, and how many sessions at a time. Each batch is a
// transaction, which must not delay intake.
const (
	pruneEvery = time.Hour
	pruneBatch = 500
)

// pruneStore deletes what is older than its site keeps it.
type pruneStore interface {
	PruneVisits(ctx context.Context, batch int, progress erasing.Progress) (int, error)
	Expire(ctx context.Context, progress erasing.Progress) error
}

// pruner deletes visits that are older than their site's keep_days, and what else the
// retention of a site ends. Of several processes one deletes at a time.
type pruner struct {
	store    pruneStore
	progress erasing.Progress
	clock    clockwork.Clock
	log      *slog.Logger
}

func newPruner(store pruneStore, progress erasing.Progress, clock clockwork.Clock, log *slog.Logger) *pruner {
	return &pruner{store: store, progress: progress, clock: clock, log: log}
}

// run prunes until ctx is done. An error ends it; the supervisor then starts it
// again, with a growing delay until it has pruned once.
func (p *pruner) run(ctx context.Context, up func()) error {
	return repeat(ctx, every(p.clock, pruneEvery), p.prune, up)
}

// prune deletes all that is due.
func (p *pruner) prune(ctx context.Context) error {
	deleted, err := p.store.PruneVisits(ctx, pruneBatch, p.progress)
	if deleted > 0 {
		p.log.InfoContext(ctx, "visits.pruned", "sessions", deleted)
	}
	return errors.Join(err, p.store.Expire(ctx, p.progress))
}
