package grouping

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
)

// piece is what a piece of the work in the background takes.
const piece = 20 * time.Millisecond

// lasts returns how long a piece and the rest after it take.
func lasts(ctx context.Context, b *Background) time.Duration {
	clock := b.crowd.clock
	began := clock.Now()
	_ = b.Piece(ctx, func() error {
		<-clock.After(piece)
		return nil
	})
	return clock.Since(began)
}

// keepComing has groups of several calls come every few milliseconds until ctx is done.
func keepComing(ctx context.Context, c *Crowd) {
	for {
		c.came()
		select {
		case <-ctx.Done():
			return
		case <-c.clock.After(5 * time.Millisecond):
		}
	}
}

func TestG6_BackgroundGivesWayWhileCallsWaitForEachOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := NewBackground(NewCrowd(clockwork.NewRealClock()))
		require.Equal(t, piece, lasts(t.Context(), b), "nothing to give way to")

		coming, stop := context.WithCancel(t.Context())
		go keepComing(coming, b.crowd)
		synctest.Wait()
		began := b.crowd.clock.Now()
		require.Equal(t, (1+restMost)*piece, lasts(t.Context(), b))
		for b.crowd.clock.Since(began) <= giveWayFor {
			lasts(t.Context(), b)
		}
		require.Equal(t, 2*piece, lasts(t.Context(), b), "it is never late for ever")

		gone, cancel := context.WithCancel(t.Context())
		cancel()
		require.Equal(t, piece, lasts(gone, b))

		stop()
		synctest.Wait()
		<-b.crowd.clock.After(crowdedFor)
		require.Equal(t, piece, lasts(t.Context(), b))
		b.crowd.came()
		require.Equal(t, crowdedFor, lasts(t.Context(), b), "it goes on when no more calls come")
	})
}

func TestAPieceReturnsItsError(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	b := NewBackground(NewCrowd(clockwork.NewFakeClock()))
	require.Equal(t, failed, b.Piece(t.Context(), func() error { return failed }))
}

func TestOnlyCallsThatWaitForEachOtherAreACrowd(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hold := make(chan struct{})
		crowd := NewCrowd(clockwork.NewRealClock())
		q := New(Options[int, int]{
			Most: 10, AtOnce: 1, Clock: clockwork.NewRealClock(), Crowd: crowd,
			Together: func(_ context.Context, calls []int) ([]int, error) { return calls, nil },
			Alone: func(_ context.Context, call int) (int, error) {
				<-hold
				return call, nil
			},
		})
		ended := make(chan error, 3)
		do := func(call int) {
			go func() {
				_, err := q.Do(t.Context(), "key", call)
				ended <- err
			}()
			synctest.Wait()
		}
		do(1)
		require.False(t, crowd.Crowded())
		do(2)
		do(3)
		close(hold)
		for range cap(ended) {
			require.NoError(t, <-ended)
		}
		require.True(t, crowd.Crowded())
	})
}
