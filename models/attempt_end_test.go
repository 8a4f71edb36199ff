package models_test

import (
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/modeltest"
)

// endOf is the end of a first attempt that was answered well and was the conversion's last.
func endOf(d deliveries.Delivery) deliveries.AttemptEnd {
	return deliveries.AttemptEnd{
		Attempt: deliveries.Attempt{
			DeliveryID: d.ID, SiteID: d.SiteID, IntegrationID: d.IntegrationID, Number: 1, StartedAt: modeltest.Start, Class: delivery.ClassDelivered,
		},
		ConversionID: d.ConversionID, State: deliveries.Delivered, Last: true,
	}
}

// TestG4_TheEndOfAnAttemptWaitsForWhoChangesItsConversion has the end of an attempt wait for
// a change of the conversion that is not committed yet.
func TestG4_TheEndOfAnAttemptWaitsForWhoChangesItsConversion(t *testing.T) {
	t.Parallel()
	dsn := modeltest.MigratedPostgres(t)
	s, db := modeltest.Open(t, dsn, clockwork.NewRealClock()), modeltest.SQL(t, dsn)
	site := modeltest.Site(t, s)
	d := modeltest.Delivery(t, s, site, modeltest.Integration(t, s, site))
	begin(t, s, d.ID)
	tx, pid := modeltest.Holding(t, db, "UPDATE conversions SET name = 'Sample' WHERE id = $1", d.ConversionID)
	ended := make(chan error, 1)
	go func() { ended <- s.EndAttempt(t.Context(), endOf(d)) }()
	modeltest.Blocked(t, db, pid)
	require.NoError(t, tx.Commit())
	require.NoError(t, <-ended)
	stored, attempts := storedDelivery(t, s, site, d.ID)
	require.Equal(t, deliveries.Delivered, stored.State)
	require.Len(t, attempts, 1)
	require.Equal(t, models.StateDone, detail(t, s, site, d.ConversionID).Conversion.State)
}

// TestG4_AnAttemptThatHasEndedIsRecordedWhole records the end of an attempt with what is known
// of its conversion and without it, and again.
func TestG4_AnAttemptThatHasEndedIsRecordedWhole(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		i := modeltest.Integration(t, s, site)
		for _, known := range []bool{true, false} {
			d := modeltest.Delivery(t, s, site, i)
			begin(t, s, d.ID)
			end := endOf(d)
			end.Attempt.Response = delivery.Message{Status: 200, Body: "sample"}
			if !known {
				end.Attempt.SiteID, end.Attempt.IntegrationID, end.ConversionID = "", "", ""
			}
			for range 2 {
				require.NoError(t, s.EndAttempt(t.Context(), end))
				stored, attempts := storedDelivery(t, s, site, d.ID)
				require.Equal(t, deliveries.Delivered, stored.State)
				require.NotNil(t, stored.FinishedAt)
				require.Nil(t, stored.LeasedUntil)
				require.Len(t, attempts, 1)
				require.Equal(t, "sample", attempts[0].Response.Body)
				require.Equal(t, i.ID, attempts[0].IntegrationID)
				require.Equal(t, models.StateDone, detail(t, s, site, d.ConversionID).Conversion.State)
			}
		}
	})
}
