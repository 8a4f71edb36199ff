package turns_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/fault"
	"ringback/web/internal/turns"
)

// TestG6_RequestsOfAKeyTakeTurns checks that requests beyond a key's places wait
// for those before them, that no other key waits for them, and that the number of
// those who wait is bounded.
func TestG6_RequestsOfAKeyTakeTurns(t *testing.T) {
	t.Parallel()
	const waiting = 32
	synctest.Test(t, func(t *testing.T) {
		places := turns.New(2, waiting)
		begin := func(key string) func() {
			end, err := places.Begin(t.Context(), key)
			require.NoError(t, err)
			return end
		}
		first, second := begin("one"), begin("one")
		gone, leave := context.WithCancel(t.Context())
		leave()
		_, err := places.Begin(gone, "one")
		require.ErrorIs(t, err, context.Canceled)
		begin("other")()

		ended := make(chan error, waiting)
		for range waiting {
			go func() {
				end, err := places.Begin(t.Context(), "one")
				if err == nil {
					end()
				}
				ended <- err
			}()
		}
		synctest.Wait()
		require.Empty(t, ended, "all of them wait")
		_, err = places.Begin(t.Context(), "one")
		require.Equal(t, fault.RateLimited, fault.CodeOf(err))
		first()
		for range waiting {
			require.NoError(t, <-ended)
		}
		second()
		begin("one")()
	})
}

// TestG6_APlaceRestsWhileOthersWaitForIt checks that many requests of a key at once leave
// time to others, and that those which come one after the other do not wait.
func TestG6_APlaceRestsWhileOthersWaitForIt(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		places := turns.New(2, 10).Resting(clockwork.NewRealClock()) // fake in a bubble
		answer := func(takes time.Duration) {
			end, err := places.Begin(t.Context(), "one")
			require.NoError(t, err)
			<-time.After(takes)
			end()
		}
		began := time.Now()
		for range 3 {
			answer(20 * time.Millisecond)
		}
		require.Equal(t, 60*time.Millisecond, time.Since(began), "none waits")

		began = time.Now()
		var all sync.WaitGroup
		for range 6 {
			all.Go(func() { answer(20 * time.Millisecond) })
		}
		all.Wait()
		require.Equal(t, 100*time.Millisecond, time.Since(began), "two at a time, with as long between them")
		for range 3 {
			all.Go(func() { answer(time.Second) })
		}
		all.Wait()
		require.Equal(t, 2200*time.Millisecond, time.Since(began), "a tenth of a second at most")
	})
}

// TestG6_OneKeyLeavesAPlaceToOthers checks that no key has all places of a process, and
// that all keys together have no more of them than there are.
func TestG6_OneKeyLeavesAPlaceToOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		places := turns.NewShared(3, 10)
		answered := make(chan func(), 10)
		for _, key := range []string{"busy", "busy", "busy", "quiet", "late"} {
			go func() {
				end, err := places.Begin(t.Context(), key)
				require.NoError(t, err)
				answered <- end
			}()
			synctest.Wait()
		}
		require.Len(t, answered, 3, "two of the busy key, and the quiet one")
		for range 5 {
			(<-answered)()
			synctest.Wait()
		}
		gone, leave := context.WithCancel(t.Context())
		leave()
		_, err := places.Begin(gone, "busy")
		require.ErrorIs(t, err, context.Canceled)
		for range 100 { // a request that gave up holds no place
			end, err := places.Begin(t.Context(), "busy")
			require.NoError(t, err)
			end()
		}
	})
}

// TestG6_WhatCanDoWithoutAPlaceTakesAFreeOneOnly checks that a place is taken at once or not
// at all, and never before a request that waits.
func TestG6_WhatCanDoWithoutAPlaceTakesAFreeOneOnly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		places := turns.New(2, 1)
		end, err := places.Begin(t.Context(), "one")
		require.NoError(t, err)
		endSecond, ok := places.BeginNow("one")
		require.True(t, ok)
		_, ok = places.BeginNow("one")
		require.False(t, ok, "the key has two places")
		_, ok = places.BeginNow("other")
		require.True(t, ok)

		waited := make(chan error)
		var endWaited func()
		go func() {
			var err error
			endWaited, err = places.Begin(t.Context(), "one")
			waited <- err
		}()
		synctest.Wait()
		endSecond()
		require.NoError(t, <-waited)
		_, ok = places.BeginNow("one")
		require.False(t, ok, "the request that waited has the place")
		end()
		endWaited()
		_, ok = places.BeginNow("one")
		require.True(t, ok)
	})
}
