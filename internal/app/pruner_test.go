package app

import (
	"context"
	"errors"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models/erasing"
)

// due is a store with so many sessions that are to be deleted.
type due struct {
	left    int
	asked   int
	expired int
	broken  error
}

func (d *due) PruneVisits(context.Context, int, erasing.Progress) (int, error) {
	d.asked++
	n := d.left
	d.left = 0
	return n, d.broken
}

func (d *due) Expire(context.Context, erasing.Progress) error {
	d.expired++
	return nil
}

func TestPrunerDeletesWhatIsDueEveryHour(t *testing.T) {
	t.Parallel()
	store, clock := &due{left: 3}, clockwork.NewFakeClock()
	ctx, cancel := context.WithCancel(t.Context())
	up, ended := make(chan struct{}), make(chan error, 1)
	go func() { ended <- newPruner(store, nil, clock, quiet).run(ctx, func() { close(up) }) }()
	<-up
	require.NoError(t, clock.BlockUntilContext(t.Context(), 1))
	require.Zero(t, store.left, "at the start")
	require.Equal(t, 1, store.asked)

	store.left = 7
	clock.Advance(pruneEvery - 1)
	require.Equal(t, 1, store.asked, "not before the hour is over")
	clock.Advance(1)
	require.NoError(t, clock.BlockUntilContext(t.Context(), 1))
	require.Zero(t, store.left)
	require.Equal(t, 2, store.asked)
	require.Equal(t, 2, store.expired)
	cancel()
	require.NoError(t, <-ended)
}

func TestPrunerIsNotUpBeforeItCouldPrune(t *testing.T) {
	t.Parallel()
	away := errors.New("the database is away")
	err := newPruner(&due{broken: away}, nil, clockwork.NewFakeClock(), quiet).run(t.Context(), func() { t.Error("up") })
	require.ErrorIs(t, err, away)
}
