package delivery_test

import (
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
)

// Behind a breaker that is open for hours, with pauses of ten minutes, a long backlog looks
// about once a second, and there is always a delivery that can be the probe.
func TestG6_ALongBacklogBehindABreakerLooksRarely(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const deliveries, pause, open = 3000, 10 * time.Minute, 3 * time.Hour
		began := time.Now()
		gate := delivery.NewGate(clockwork.NewRealClock(), rand.Float64, delivery.Shares{PerSite: 250, PerHost: 250}, &refusals{})
		b := &backlog{began: began, came: map[int]int{}}
		var all sync.WaitGroup
		for range deliveries {
			all.Go(func() {
				for time.Since(began) < open {
					b.countArrival()
					<-time.After(gate.Later("int_a", pause-time.Since(began)%pause, 72*time.Hour))
				}
			})
		}
		all.Wait()
		require.Less(t, b.arrivals()-deliveries, int(3*open/time.Second/2))
		for at := pause; at < open-pause; at += 10 * time.Second {
			seen := 0
			for tenth := range 100 {
				seen += b.came[int(at/(100*time.Millisecond))+tenth]
			}
			require.Positive(t, seen, "within ten seconds of %s", at)
		}
		require.Less(t, b.busiest(), 100, "they do not return at one instant")
	})
}

func TestAFewDeliveriesComeBackWhenTheBreakerMayBeProbed(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		gate := newGate()
		for range 1000 {
			require.Equal(t, time.Minute, gate.Later("int_a", time.Minute, 72*time.Hour), "it is not worth a line")
		}
		require.Equal(t, 5*time.Minute, gate.Later("int_a", 5*time.Minute, 72*time.Hour))
		for range 100 {
			require.LessOrEqual(t, gate.Later("int_a", 5*time.Minute, 72*time.Hour), 5*time.Minute+time.Second)
		}
		require.Equal(t, 5*time.Minute, gate.Later("int_b", 5*time.Minute, 72*time.Hour), "each integration by itself")
		require.Equal(t, 10*time.Minute, gate.Later("int_a", 10*time.Minute, 72*time.Hour), "the next pause is longer than the line")
		for range 2000 {
			gate.Later("int_a", 10*time.Minute, 72*time.Hour)
		}
		require.Greater(t, gate.Later("int_a", 10*time.Minute, 72*time.Hour), 30*time.Minute)
		gate.Sends("int_a")
		require.Equal(t, 5*time.Minute, gate.Later("int_a", 5*time.Minute, 72*time.Hour), "all were woken in between")
	})
}

// Those that were given up come back no more, so the next one is the probe, and is not kept
// until it is given up too.
func TestG6_NobodyStandsInALineOfDeliveriesThatWereGivenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const retryFor, pause = 30 * time.Minute, 10 * time.Minute
		gate, began := newGate(), time.Now()
		for range 3000 {
			require.LessOrEqual(t, gate.Later("int_a", pause, retryFor), retryFor)
		}
		for time.Since(began) < retryFor { // those that come back meanwhile
			<-time.After(time.Second)
			gate.Later("int_a", pause-time.Since(began)%pause, retryFor-time.Since(began))
		}
		<-time.After(time.Minute)
		require.Equal(t, 5*time.Minute, gate.Later("int_a", 5*time.Minute, retryFor))
	})
}
