package app

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/models"
)

// When the clock of the database or of a machine is set, no worker takes the others for dead:
// they go by how much time has passed at their machines. An hour passes here by the clock of
// the database alone, and another worker has shown no sign of life since.
func TestG6_WorkersDivideLimitsByTheClockOfTheMachine(t *testing.T) {
	t.Parallel()
	s, parts := ending(t, time.Minute, func(*Service) {}, func(*Service) {})
	machine, ofDatabase := clockwork.NewFakeClock(), clockwork.NewFakeClock()
	s.clock.Clock, s.deps.Clock = machine, ofDatabase
	_, err := models.Migrate(t.Context(), s.store)
	require.NoError(t, err)
	_, err = s.store.JoinFleet(t.Context(), "wrk_other")
	require.NoError(t, err)
	gate := delivery.NewGate(machine, func() float64 { return 0 }, shares, s.metrics)
	stop := s.divide(t.Context(), gate, delivery.NewHosts(machine))
	for _, site := range []string{"site_1", "site_2"} {
		leave, err := gate.Enter(t.Context(), delivery.Origin{SiteID: site, IntegrationID: "int_" + site}, delivery.Limits{Slots: 10})
		require.NoError(t, err)
		leave()
		ofDatabase.Advance(time.Hour)
	}
	beat, err := s.store.BeatFleet(t.Context(), "wrk_other")
	require.NoError(t, err)
	require.False(t, beat.Removed)
	stop()
	require.NoError(t, s.end(parts))
}
