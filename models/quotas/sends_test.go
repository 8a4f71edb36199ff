package quotas_test

import (
	"maps"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models"
	"ringback/models/audit"
	"ringback/models/modeltest"
	"ringback/models/quotas"
)

func limit(t *testing.T, s *models.Store, actor audit.Actor, sends float64) {
	t.Helper()
	require.NoError(t, s.SetLimits(t.Context(), actor, actor.AccountID, func(own quotas.Limits) error {
		maps.Copy(own, quotas.Limits{quotas.SendsPerDay: sends})
		return nil
	}))
}

func TestG6_AnAccountReservesNoMoreSendsThanADayHas(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		actor, neighbour := modeltest.Actor(t, s), modeltest.Actor(t, s)
		reserve := func(of audit.Actor, onlyOne bool) quotas.Reservation {
			reserved, err := s.ReserveSends(t.Context(), of.AccountID, onlyOne)
			require.NoError(t, err)
			return reserved
		}
		limit(t, s, actor, 3)
		midnight := modeltest.Start.Truncate(24 * time.Hour).Add(24 * time.Hour)
		for range 3 {
			require.Equal(t, quotas.Reservation{Granted: 1, Limit: 3, Ends: midnight}, reserve(actor, false))
		}
		require.Equal(t, quotas.Reservation{Limit: 3, Ends: midnight}, reserve(actor, false))
		require.Equal(t, 500, reserve(neighbour, false).Granted, "another account has no limit")
		require.Equal(t, 1, reserve(neighbour, true).Granted)
		used, err := s.Usage(t.Context(), actor.AccountID)
		require.NoError(t, err)
		require.Equal(t, quotas.Used{Count: 3, Until: &midnight}, used[quotas.SendsPerDay])

		limit(t, s, actor, 1000)
		require.Equal(t, 5, reserve(actor, false).Granted, "large limits are reserved in blocks")
		limit(t, s, actor, 9)
		require.Equal(t, 1, reserve(actor, false).Granted, "what is left")
		require.Zero(t, reserve(actor, false).Granted)
		limit(t, s, actor, 5)
		require.Zero(t, reserve(actor, false).Granted, "more than a lowered limit was sent")

		clock.Advance(15 * time.Hour)
		require.Equal(t, quotas.Reservation{Granted: 1, Limit: 5, Ends: midnight.Add(24 * time.Hour)}, reserve(actor, false), "the next day")
	})
}
