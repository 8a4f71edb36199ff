package delivery_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
)

const hung = "hung.example"

// hangs lets sends of this many sites time out.
func hangs(h *delivery.Hosts, sites, each int) {
	for site := range sites {
		for range each {
			h.End(hung, fmt.Sprintf("site_%d", site), delivery.ClassTimeout)
		}
	}
}

func TestG6_AHostThatHangsForSeveralSitesIsProbedOnceForAll(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	h := delivery.NewHosts(clock)
	hangs(h, 3, 2)
	require.Equal(t, 10*time.Second, h.Wait(hung))
	require.Equal(t, 10*time.Second, h.Begin(hung, time.Minute))
	require.Zero(t, h.Wait("well.example"))

	clock.Advance(10 * time.Second)
	require.Zero(t, h.Begin(hung, time.Minute), "the probe")
	require.Equal(t, time.Minute, h.Begin(hung, time.Minute), "and no other")
	h.End(hung, "site_9", delivery.ClassNetwork)
	require.Equal(t, 20*time.Second, h.Wait(hung), "it failed")
	for range 5 {
		clock.Advance(time.Minute)
		require.Zero(t, h.Begin(hung, time.Minute))
		h.End(hung, "site_9", delivery.ClassTimeout)
	}
	require.Equal(t, time.Minute, h.Wait(hung), "it may be well for others: no pause is long")

	clock.Advance(time.Minute)
	require.Zero(t, h.Begin(hung, time.Minute))
	h.End(hung, "site_1", delivery.ClassUnavailable)
	require.Zero(t, h.Begin(hung, time.Minute), "any answer closes it")
	hangs(h, 3, 1)
	require.Zero(t, h.Wait(hung), "and the count begins again")
}

func TestG6_OneSiteAloneHoldsUpNoHost(t *testing.T) {
	t.Parallel()
	h := delivery.NewHosts(clockwork.NewFakeClock())
	hangs(h, 2, 50)
	require.Zero(t, h.Wait(hung), "two sites may have slow addresses of their own")
	h.End(hung, "site_3", delivery.ClassRefused)
	h.End(hung, "site_4", delivery.ClassTimeout)
	require.Zero(t, h.Wait(hung))
}

func TestDestinationsWithoutAnAddressHaveNoHost(t *testing.T) {
	t.Parallel()
	h := delivery.NewHosts(clockwork.NewFakeClock())
	for n := range 10 {
		h.End("", fmt.Sprintf("site_%d", n), delivery.ClassTimeout)
	}
	require.Zero(t, h.Wait(""))
}

func TestAProbeThatReachedNothingIsFollowedByAnother(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	h := delivery.NewHosts(clock)
	hangs(h, 3, 2)
	clock.Advance(10 * time.Second)
	require.Zero(t, h.Begin(hung, time.Minute))
	h.End(hung, "site_1", delivery.ClassInterrupted)
	require.Zero(t, h.Begin(hung, time.Minute))
	clock.Advance(time.Minute)
	require.Zero(t, h.Begin(hung, time.Minute), "a probe that never ended delays the next by its timeout only")
}
