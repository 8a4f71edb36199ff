package models_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/models/deliveries"
	"ringback/models/modeltest"
)

// Deliveries that wait for a destination look again and again for days. Reports count only
// that a delivery waits, so they do not count its call and its day anew each time.
func TestADeliveryThatGoesOnWaitingIsNotCountedAnew(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		clock := clockwork.NewFakeClockAt(modeltest.Start)
		s := modeltest.Open(t, dsn, clock)
		site := modeltest.Site(t, s)
		d := modeltest.Delivery(t, s, site, modeltest.Integration(t, s, site))
		db := modeltest.SQL(t, dsn)
		waits := func(code delivery.ReasonCode) {
			t.Helper()
			until := clock.Now().Add(time.Minute)
			require.NoError(t, s.DeferDelivery(t.Context(), d.ID, delivery.Reason{Code: code}, until))
			stored, _ := storedDelivery(t, s, site, d.ID)
			require.Equal(t, deliveries.Waiting, stored.State)
			require.Equal(t, code, stored.Reason.Code)
			require.Equal(t, until.UTC(), stored.NextTryAt.UTC())
			clock.Advance(time.Minute)
		}
		countsCalls(t, s)
		waits(delivery.ReasonKeepsFailing)
		require.Contains(t, tablesWith(t, db, d.ConversionID), "report_marks")
		countsCalls(t, s)
		waits(delivery.ReasonKeepsFailing)
		waits(delivery.ReasonHostUnreachable)
		require.NotContains(t, tablesWith(t, db, d.ConversionID), "report_marks")

		begun := begin(t, s, d.ID)
		finish(t, s, d.ID, begun.Number, delivery.ClassUnavailable, deliveries.Retrying, new(clock.Now()))
		countsCalls(t, s)
		waits(delivery.ReasonKeepsFailing)
		require.Contains(t, tablesWith(t, db, d.ConversionID), "report_marks", "it waits again")
	})
}
