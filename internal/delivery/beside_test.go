package delivery_test

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
)

func besideGate(counted *refusals) *delivery.Gate {
	return delivery.NewGate(clockwork.NewRealClock(), never, delivery.Shares{PerSite: 250, PerHost: 250, Readings: 8, Computations: 2}, counted)
}

// Every site asks the same provider for calls, and it hangs.
func TestG6_ReadingsOfAHangingHostLeaveSlotsToDeliveriesAndOtherReadings(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		counted := &refusals{}
		gate := besideGate(counted)
		for n := range 1500 {
			_, err := gate.EnterReading(fmt.Sprintf("site_%d/source", n), "hanging.example")
			require.Equal(t, n < 4, err == nil)
		}
		require.Equal(t, map[string]int{"readings_host": 1496}, counted.by)
		for n := range 10 {
			_, err := gate.EnterReading(fmt.Sprintf("int_%d", n), fmt.Sprintf("org-%d.example", n))
			require.Equal(t, n < 4, err == nil, "half of the places are for other hosts")
		}
		require.Equal(t, 6, counted.by["readings"])
		enter(t, gate, "int_healthy", delivery.Limits{Slots: 10})()
	})
}

// The places of those who wait are not taken by those who have just had one.
// Which of those that come at the same moment is first is left to chance, so it is seen by
// several rounds: if they took no turns, at most four sites would begin early in each.
func TestG6_ComputationsOfSitesTakeTurns(t *testing.T) {
	t.Parallel()
	const rounds = 10
	early := 0
	for range rounds {
		early += beginEarly(t)
	}
	require.Greater(t, early, rounds*5, "a place that is left is another's at first")
}

// beginEarly has sites compute, and returns how many of six begin before another has computed
// all of its parts.
func beginEarly(t *testing.T) (early int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		const sites, parts, took = 6, 5, 30 * time.Second
		gate := besideGate(&refusals{})
		began := time.Now()
		var all sync.WaitGroup
		var mu sync.Mutex
		var running, most int
		first := map[int]time.Duration{}
		for site := range sites {
			all.Go(func() {
				for done := 0; done < parts; {
					leave, err := gate.EnterComputation(fmt.Sprintf("site_%d", site))
					var full *delivery.FullError
					if err != nil {
						require.ErrorAs(t, err, &full)
						require.Equal(t, delivery.LimitComputations, full.Limit)
						<-time.After(full.ReturnIn)
						continue
					}
					mu.Lock()
					running++
					most = max(most, running)
					if done == 0 {
						first[site] = time.Since(began)
					}
					mu.Unlock()
					<-time.After(took)
					done++
					mu.Lock()
					running--
					mu.Unlock()
					leave()
				}
			})
		}
		all.Wait()
		require.Equal(t, 2, most)
		require.Len(t, first, sites)
		for _, after := range first {
			if after < sites*took {
				early++
			}
		}
		require.Less(t, time.Since(began), 2*sites*parts*took/2, "nor are places free for long")
	})
	return early
}

func TestAPlaceIsThereAgainAfterALeave(t *testing.T) {
	t.Parallel()
	gate := delivery.NewGate(clockwork.NewFakeClock(), never, delivery.Shares{Readings: 1, Computations: 1}, &refusals{})
	for range 3 {
		leave, err := gate.EnterReading("int_a", "")
		require.NoError(t, err)
		_, err = gate.EnterReading("int_b", "")
		full := &delivery.FullError{}
		require.ErrorAs(t, err, &full)
		require.GreaterOrEqual(t, full.ReturnIn, delivery.MinReturn)
		leave()
		leave() // a second call is harmless
	}
}
