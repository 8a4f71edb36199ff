package delivery_test

import (
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
)

// What was taken for a send that is not made is there for the next one.
func TestAFreeSlotIsGivenBackWithItsSendOfTheRate(t *testing.T) {
	t.Parallel()
	clock, counted := clockwork.NewFakeClock(), &refusals{}
	gate := delivery.NewGate(clock, never, delivery.Shares{PerSite: 250, PerHost: 250}, counted)
	of, limits := delivery.Origin{SiteID: "site_1", IntegrationID: "int_1", Host: "example.com"}, delivery.Limits{Slots: 1, PerSecond: 0.1}

	_, giveBack := gate.EnterFree(t.Context(), of, limits)
	require.NotNil(t, giveBack)
	none, _ := gate.EnterFree(t.Context(), of, limits)
	require.Nil(t, none, "the slot is taken")
	giveBack()

	leave, _ := gate.EnterFree(t.Context(), of, limits)
	require.NotNil(t, leave, "nothing was sent, so the rate allows it")
	leave()
	none, _ = gate.EnterFree(t.Context(), of, limits)
	require.Nil(t, none, "one was sent, and the next may go in ten seconds")
	require.Empty(t, counted.by, "what has another way is not refused")
}
