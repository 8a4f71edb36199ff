package app

import (
	"context"
	"errors"
	"testing"

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

func TestCounterCountsAllThatIsLeftWheneverItIsWoken(t *testing.T) {
	t.Parallel()
	store := &uncounted{left: 3}
	ctx, stop := context.WithCancel(t.Context())
	woken := 0
	idle := func(context.Context) {
		require.Zero(t, store.left)
		if store.left, woken = 5, woken+1; woken == 3 {
			stop()
		}
	}
	ups := 0
	require.NoError(t, (&counter{work: store.Work, idle: idle}).run(ctx, func() { ups++ }))
	require.Equal(t, 1, ups)
	require.Equal(t, 3, woken)
}

func TestCounterIsNotUpBeforeItCouldCount(t *testing.T) {
	t.Parallel()
	away := errors.New("the database does not answer")
	err := (&counter{work: (&uncounted{broken: away}).Work}).run(t.Context(), func() { t.Error("up") })
	require.ErrorIs(t, err, away)
}
