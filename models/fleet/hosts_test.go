package fleet_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/models"
)

const hung = "hung.example"

// sending returns a worker that has sent, and so is one of the fleet.
func sending(t *testing.T, s *models.Store) *worker {
	t.Helper()
	w := startWorker(t, s)
	origin, limits := delivery.Origin{SiteID: "site_1", IntegrationID: "int_1"}, delivery.Limits{Slots: 100}
	leave, err := w.gate.Enter(t.Context(), origin, limits)
	require.NoError(t, err)
	leave()
	return w
}

// hangs lets sends of three sites at a worker time out.
func hangs(w *worker) {
	for i := range delivery.FailuresToOpen {
		w.hosts.End(hung, fmt.Sprint("site_", i%delivery.SitesToOpen), delivery.ClassTimeout)
	}
}

func TestG6_AHostThatHangsIsFoundOnceForAllWorkers(t *testing.T) {
	t.Parallel()
	eachInBubble(t, func(t *testing.T, s *models.Store) {
		first, other := sending(t, s), sending(t, s)
		hangs(first)
		require.Zero(t, other.hosts.Wait(hung))
		wait(t.Context(), 5*time.Second)
		require.NotZero(t, other.hosts.Wait(hung), "the other sends nothing there, and has had no timeout")

		wait(t.Context(), 6*time.Second)
		require.Zero(t, first.hosts.Begin(hung, 10*time.Second), "the probe")
		require.NotZero(t, other.hosts.Begin(hung, 10*time.Second), "and no other")
		first.hosts.End(hung, "site_9", delivery.ClassTimeout)
		wait(t.Context(), 5*time.Second)
		require.Greater(t, other.hosts.Wait(hung), 30*time.Second, "the probe failed, and the next pause is longer")

		wait(t.Context(), 16*time.Second)
		require.Zero(t, first.hosts.Begin(hung, 10*time.Second))
		first.hosts.End(hung, "site_9", delivery.ClassDelivered)
		wait(t.Context(), 5*time.Second)
		require.Zero(t, other.hosts.Wait(hung), "the host has answered")
	})
}

func TestG6_OneOfSeveralThatFoundTheSameProbes(t *testing.T) {
	t.Parallel()
	eachInBubble(t, func(t *testing.T, s *models.Store) {
		workers := []*worker{sending(t, s), sending(t, s), sending(t, s)}
		for _, w := range workers {
			hangs(w)
		}
		wait(t.Context(), 12*time.Second)
		probes := 0
		for _, w := range workers {
			if w.hosts.Begin(hung, 10*time.Second) == 0 {
				probes++
			}
		}
		require.Equal(t, 1, probes)
	})
}

func TestG6_AWorkerThatDiesLeavesNoHostClosed(t *testing.T) {
	t.Parallel()
	eachInBubble(t, func(t *testing.T, s *models.Store) {
		dying, other := sending(t, s), sending(t, s)
		hangs(dying)
		wait(t.Context(), 5*time.Second)
		require.NotZero(t, other.hosts.Wait(hung))
		dying.kill()
		wait(t.Context(), 14*time.Second)
		require.Zero(t, other.hosts.Wait(hung))
	})
}
