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
	clock := b.calls.clock
	began := clock.Now()
	_ = b.Piece(ctx, func() error {
		<-clock.After(piece)
		return nil
	})
	return clock.Since(began)
}

// keepComing has groups of several calls come every few milliseconds until ctx is done.
func keepComing(ctx context.Context, c *Contention) {
	for {
		c.note()
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
		b := NewBackground(NewContention(clockwork.NewRealClock()))
		require.Equal(t, piece, lasts(t.Context(), b), "no call waits")

		coming, stop := context.WithCancel(t.Context())
		go keepComing(coming, b.calls)
		synctest.Wait()
		began := b.calls.clock.Now()
		require.Equal(t, (1+restTimes)*piece, lasts(t.Context(), b))
		for b.calls.clock.Since(began) <= fullRestsFor {
			lasts(t.Context(), b)
		}
		require.Equal(t, 2*piece, lasts(t.Context(), b), "it is never late for ever")

		gone, cancel := context.WithCancel(t.Context())
		cancel()
		require.Equal(t, piece, lasts(gone, b))

		stop()
		synctest.Wait()
		<-b.calls.clock.After(contendedFor)
		require.Equal(t, piece, lasts(t.Context(), b))
		b.calls.note()
		require.Equal(t, contendedFor, lasts(t.Context(), b), "it goes on when no more calls come")
	})
}

func TestAPieceReturnsItsError(t *testing.T) {
	t.Parallel()
	failed := errors.New("failed")
	b := NewBackground(NewContention(clockwork.NewFakeClock()))
	require.Equal(t, failed, b.Piece(t.Context(), func() error { return failed }))
}

func TestOnlyCallsThatWaitForEachOtherAreNoted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		hold := make(chan struct{})
		contention := NewContention(clockwork.NewRealClock())
		q := New(Options[int, int]{
			Most: 10, AtOnce: 1, Clock: clockwork.NewRealClock(), Contention: contention,
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
		require.False(t, contention.IsRecent())
		do(2)
		do(3)
		close(hold)
		for range cap(ended) {
			require.NoError(t, <-ended)
		}
		require.True(t, contention.IsRecent())
	})
}
