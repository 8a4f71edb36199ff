package turns_test

import (
	"context"
	"math"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/bursts"
	"ringback/web/internal/turns"
)

// yielding are turns by sites of which each has all places unless it leaves room to others:
// then it has one, which rests three times as long as a request took.
type yielding struct {
	*turns.Turns
	bursts   *bursts.Bursts
	heldBack atomic.Int64
	mu       sync.Mutex
	times    []time.Time // when a request was answered
}

func newYielding() *yielding {
	clock := clockwork.NewRealClock() // fake in a bubble
	y := &yielding{bursts: bursts.New(clock)}
	y.Turns = turns.New(math.MaxInt32, 0).Yielding(clock, turns.Yield{
		Bursts: y.bursts, Burst: 4, Sends: true, Places: 1, Rests: 3, Patience: time.Second,
		HeldBack: func() { y.heldBack.Add(1) },
	})
	return y
}

// report answers a request of a site that takes 10 milliseconds.
func (y *yielding) report(t *testing.T, site string) {
	end, err := y.Begin(t.Context(), site)
	if err != nil {
		t.Error(err)
		return
	}
	<-time.After(10 * time.Millisecond)
	y.mu.Lock()
	y.times = append(y.times, time.Now())
	y.mu.Unlock()
	end()
}

// importing reports of a site, so many at a time, and returns how long that takes.
func (y *yielding) importing(t *testing.T, site string, parallel, each int) time.Duration {
	began := time.Now()
	var all sync.WaitGroup
	for range parallel {
		all.Go(func() {
			for range each {
				y.report(t, site)
			}
		})
	}
	all.Wait()
	return time.Since(began)
}

// TestG6_AnImportAloneHasAllPlaces checks that nothing of one site waits while nobody else
// reports, also if two sites import at once.
func TestG6_AnImportAloneHasAllPlaces(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		y := newYielding()
		require.Equal(t, 200*time.Millisecond, y.importing(t, "site_busy", 32, 20))
		var other sync.WaitGroup
		other.Go(func() { y.importing(t, "site_other", 32, 300) })
		<-time.After(1500 * time.Millisecond)
		y.heldBack.Store(0)
		require.Equal(t, 200*time.Millisecond, y.importing(t, "site_busy", 32, 20))
		require.Zero(t, y.heldBack.Load())
		other.Wait()
	})
}

// TestG6_AnImportLeavesRoomToOthersThatReport checks that the requests of an import are answered
// one after the other with rests while another site reports, that nothing of the other waits,
// and that the import has all places again afterwards.
func TestG6_AnImportLeavesRoomToOthersThatReport(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		y := newYielding()
		var imported sync.WaitGroup
		imported.Go(func() { y.importing(t, "site_busy", 32, 400) })
		<-time.After(1005 * time.Millisecond)
		for range 20 { // ten a second
			began := time.Now()
			y.report(t, "site_quiet")
			require.Equal(t, 10*time.Millisecond, time.Since(began))
			<-time.After(90 * time.Millisecond)
		}
		meanwhile := y.between(500*time.Millisecond, time.Now())
		require.GreaterOrEqual(t, meanwhile, 12, "one in 40 milliseconds, and five of the other")
		require.LessOrEqual(t, meanwhile, 18)
		require.Positive(t, y.heldBack.Load())
		<-time.After(1500 * time.Millisecond)
		require.Equal(t, 32*20, y.between(200*time.Millisecond, time.Now()))
		imported.Wait()
	})
}

// between returns how many requests were answered within so long before a time.
func (y *yielding) between(before time.Duration, at time.Time) (answered int) {
	y.mu.Lock()
	defer y.mu.Unlock()
	for _, end := range y.times {
		if end.After(at.Add(-before)) && !end.After(at) {
			answered++
		}
	}
	return answered
}

// TestG6_AReportWaitsForItsPlaceForSoLong has more requests than have a place within the
// patience. They are answered then, and none is refused.
func TestG6_AReportWaitsForItsPlaceForSoLong(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		y := newYielding()
		y.bursts.NoteBurst("site_busy")
		y.bursts.NoteSending("site_quiet")
		end, err := y.Begin(t.Context(), "site_busy")
		require.NoError(t, err)
		gone, leave := context.WithCancel(t.Context())
		var all sync.WaitGroup
		all.Go(func() {
			_, err := y.Begin(gone, "site_busy")
			if err == nil {
				t.Error("it has no place")
			}
		})
		for range 100 {
			all.Go(func() {
				began := time.Now()
				end, err := y.Begin(t.Context(), "site_busy")
				if err != nil || time.Since(began) != time.Second {
					t.Error(err, time.Since(began))
					return
				}
				end()
			})
		}
		synctest.Wait()
		leave()
		all.Wait()
		end()
		<-time.After(2 * time.Second)
		for range 100 { // none of them holds a place
			y.report(t, "site_busy")
		}
	})
}

// TestG6_PiecesOfAFileLeaveRoomToOthersThatReport has a request do its work in pieces of 10
// milliseconds, alone and beside a site that reports.
func TestG6_PiecesOfAFileLeaveRoomToOthersThatReport(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		clock := clockwork.NewRealClock() // fake in a bubble
		all, held := bursts.New(clock), 0
		pieces := turns.New(math.MaxInt32, 0).Yielding(clock, turns.Yield{
			Bursts: all, Places: 1, Rests: 2, Pieces: true, HeldBack: func() { held++ },
		})
		work := func() time.Duration {
			began := time.Now()
			for range 10 {
				end, err := pieces.Begin(t.Context(), "file/site_1")
				require.NoError(t, err)
				<-time.After(10 * time.Millisecond)
				end()
			}
			return time.Since(began)
		}
		require.Equal(t, 100*time.Millisecond, work())
		require.Zero(t, held)
		require.False(t, pieces.Yields("file/site_1"))
		all.NoteSending("site_2")
		require.True(t, pieces.Yields("file/site_1"))
		require.Equal(t, 280*time.Millisecond, work(), "nine rests of twice as long")
		require.Equal(t, 9, held)
	})
}

// TestG6_ASiteThatHasFewerThanOthersHasNoBurst has an import and a site whose requests take so long
// that it has many at once, too.
func TestG6_ASiteThatHasFewerThanOthersHasNoBurst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		y := newYielding()
		for range 8 {
			_, err := y.Begin(t.Context(), "site_busy")
			require.NoError(t, err)
		}
		for range 6 {
			_, err := y.Begin(t.Context(), "site_slow")
			require.NoError(t, err)
		}
		require.True(t, y.Yields("site_busy"))
		require.False(t, y.Yields("site_slow"))
		require.Zero(t, y.heldBack.Load())
	})
}
