package app

import (
	"context"
	"errors"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
)

// uncounted is a store with parts that are not counted yet.
type uncounted struct {
	left   int
	broken error
}

func (u *uncounted) Work(context.Context) (bool, error) {
	u.left = max(0, u.left-1)
	return u.left > 0, u.broken
}

func TestCounterCountsAllThatIsLeftEverySecond(t *testing.T) {
	t.Parallel()
	store, clock := &uncounted{left: 3}, clockwork.NewFakeClock()
	ctx, stop := context.WithCancel(t.Context())
	up, ended := make(chan struct{}), make(chan error)
	go func() { ended <- (&counter{work: store.Work, clock: clock}).run(ctx, func() { close(up) }) }()
	<-up
	require.NoError(t, clock.BlockUntilContext(ctx, 1))
	require.Zero(t, store.left)
	store.left = 5
	clock.Advance(countEvery)
	require.NoError(t, clock.BlockUntilContext(ctx, 1))
	require.Zero(t, store.left)
	stop()
	require.NoError(t, <-ended)
}

func TestCounterIsNotUpBeforeItCouldCount(t *testing.T) {
	t.Parallel()
	away := errors.New("the database does not answer")
	err := (&counter{work: (&uncounted{broken: away}).Work, clock: clockwork.NewFakeClock()}).run(t.Context(), func() { t.Error("up") })
	require.ErrorIs(t, err, away)
}
