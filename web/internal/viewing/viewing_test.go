package viewing_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/bursts"
	"ringback/web/internal/viewing"
)

// TestG6_ManyListsOfAnAccountLeaveRoomToSitesThatReport has an account read with 24 requests at
// once, each of which takes 10 milliseconds, and with a few, as a page does.
func TestG6_ManyListsOfAnAccountLeaveRoomToSitesThatReport(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock := clockwork.NewRealClock() // fake in a bubble
		all := bursts.New(clock)
		var held atomic.Int64
		guard := viewing.NewGuard(viewing.Options{PerAccount: 2, Clock: clock, Bursts: all, HeldBack: func() { held.Add(1) }})
		read := func(account string, parallel, each int) time.Duration {
			began := time.Now()
			var readers sync.WaitGroup
			for range parallel {
				readers.Go(func() {
					for range each {
						_, end, err := guard.Begin(t.Context(), account)
						if err != nil {
							t.Error(err)
							return
						}
						<-time.After(10 * time.Millisecond)
						end()
					}
				})
			}
			readers.Wait()
			return time.Since(began)
		}
		alone := read("acc_1", 24, 10)
		require.InDelta(t, (2400 * time.Millisecond).Seconds(), alone.Seconds(), 0.05, "two at a time with rests")
		require.Zero(t, held.Load())

		stop := make(chan struct{})
		var reporting sync.WaitGroup
		reporting.Go(func() {
			for range 100 {
				all.NoteSending("site_1")
				select {
				case <-stop:
					return
				case <-time.After(100 * time.Millisecond):
				}
			}
		})
		synctest.Wait()
		few := read("acc_2", 4, 5)
		require.LessOrEqual(t, few, 200*time.Millisecond, "a page is read as fast as alone")
		require.Zero(t, held.Load())
		beside := read("acc_1", 24, 10)
		require.InDelta(t, 2*alone.Seconds(), beside.Seconds(), 0.2, "one at a time with rests")
		require.Positive(t, held.Load())
		close(stop)
		reporting.Wait()
	})
}
