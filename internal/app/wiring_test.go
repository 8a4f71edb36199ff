package app

import (
	"fmt"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/internal/telemetry"
	"ringback/worker"
)

// A host that hangs has a quarter of the slots of a worker at most, and what is done beside the
// deliveries a small part, by however many sites they are wanted.
func TestG6_SharesOfAWorkerLeaveRoomToOtherDeliveries(t *testing.T) {
	t.Parallel()
	gate := delivery.NewGate(clockwork.NewFakeClock(), func() float64 { return 0 }, shares, telemetry.NewMetrics(telemetry.NewRegistry()))
	taken := func(enter func(n int) error) (count int) {
		for n := range 2 * worker.DefaultSends {
			if enter(n) == nil {
				count++
			}
		}
		return count
	}
	of := func(site, host int) func(n int) error {
		return func(n int) error {
			origin := delivery.Origin{SiteID: fmt.Sprintf("site_%d_%d", site, n*site), IntegrationID: fmt.Sprintf("int_%d_%d", host, n), Host: fmt.Sprintf("host-%d-%d.example", host, n*host)}
			_, err := gate.Enter(t.Context(), origin, delivery.Limits{Slots: 1})
			return err
		}
	}
	require.Equal(t, worker.DefaultSends/4, taken(of(1, 0)), "one host, many sites")
	require.Equal(t, worker.DefaultSends/4, taken(of(0, 1)), "one site, many hosts")
	beside := taken(func(n int) error { _, err := gate.EnterReading(fmt.Sprint(n), fmt.Sprint(n)); return err }) +
		taken(func(n int) error { _, err := gate.EnterComputation(fmt.Sprint(n)); return err })
	require.NotZero(t, beside)
	require.Less(t, beside, worker.DefaultSends/20)
}
