package models_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/audit"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/models/outbox"
)

// waits makes a delivery wait for ten minutes at the open breaker of its integration.
func waits(t *testing.T, s *models.Store, now time.Time, d deliveries.Delivery) {
	t.Helper()
	until := now.Add(10 * time.Minute)
	_, err := s.UpdateBreaker(t.Context(), d.IntegrationID, func(b *integrations.Breaker) {
		b.State, b.OpenUntil, b.Reason = delivery.BreakerOpen, &until, delivery.Reason{Code: delivery.ReasonKeepsFailing}
	})
	require.NoError(t, err)
	require.NoError(t, s.DeferDelivery(t.Context(), d.ID, delivery.Reason{Code: delivery.ReasonKeepsFailing}, until))
}

// retried returns the deliveries that are signalled to be tried now.
func retried(t *testing.T, s *models.Store, now time.Time) []string {
	t.Helper()
	due, err := s.DueSignals(t.Context(), now.Add(time.Minute), 100, time.Hour)
	require.NoError(t, err)
	var ids []string
	for _, signal := range due {
		if signal.EventType == outbox.EventRetry {
			require.NotEmpty(t, signal.WorkflowID)
			require.NotEmpty(t, signal.Kind)
			ids = append(ids, signal.DeliveryID)
		}
	}
	return ids
}

func TestRetry_OneDeliveryIsTriedNowDespiteAnOpenBreaker(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		d := modeltest.Delivery(t, s, site, modeltest.Integration(t, s, site))
		waits(t, s, clock.Now(), d)
		won, err := s.ClaimProbe(t.Context(), d.IntegrationID, clock.Now(), clock.Now().Add(time.Minute))
		require.NoError(t, err)
		require.False(t, won, "the breaker is open for ten minutes")

		actor := modeltest.ActorOf(site)
		signal, err := s.RetryDelivery(t.Context(), actor, site.AccountID, d.ID)
		require.NoError(t, err)
		require.Equal(t, d.ID, signal.DeliveryID)
		require.Equal(t, []string{d.ID}, retried(t, s, clock.Now()))
		won, err = s.ClaimProbe(t.Context(), d.IntegrationID, clock.Now(), clock.Now().Add(time.Minute))
		require.NoError(t, err)
		require.True(t, won, "the delivery is the probe")
		entries, _, err := s.Audit(t.Context(), site.AccountID, audit.Filter{EntityID: d.ID}, models.Page{})
		require.NoError(t, err)
		require.Equal(t, "retried", entries[0].Action)

		begin(t, s, d.ID)
		_, err = s.RetryDelivery(t.Context(), actor, site.AccountID, d.ID)
		requireCode(t, fault.Conflict, err)
		finish(t, s, d.ID, 1, "delivered", deliveries.Delivered, nil)
		_, err = s.RetryDelivery(t.Context(), actor, site.AccountID, d.ID)
		requireCode(t, fault.Conflict, err)
		_, err = s.RetryDelivery(t.Context(), actor, modeltest.Site(t, s).AccountID, d.ID)
		requireCode(t, fault.NotFound, err)
	})
}

func TestRetry_AllDeliveriesOfAnIntegrationAreTriedNow(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		i, other := modeltest.Integration(t, s, site), modeltest.Integration(t, s, site)
		a, b, ended, others := modeltest.Delivery(t, s, site, i), modeltest.Delivery(t, s, site, i), modeltest.Delivery(t, s, site, i), modeltest.Delivery(t, s, site, other)
		for _, d := range []deliveries.Delivery{a, b, ended, others} {
			waits(t, s, clock.Now(), d)
		}
		begin(t, s, ended.ID)
		finish(t, s, ended.ID, 1, "refused", deliveries.Failed, nil)
		n, err := s.RetryIntegration(t.Context(), modeltest.ActorOf(site), site.AccountID, i.ID)
		require.NoError(t, err)
		require.Equal(t, 2, n)
		n, err = s.RetryIntegration(t.Context(), modeltest.ActorOf(site), site.AccountID, i.ID)
		require.NoError(t, err)
		require.Zero(t, n, "they are signalled already")
		require.ElementsMatch(t, []string{a.ID, b.ID}, retried(t, s, clock.Now()))
		_, err = s.RetryIntegration(t.Context(), modeltest.ActorOf(site), modeltest.Site(t, s).AccountID, i.ID)
		requireCode(t, fault.NotFound, err)
	})
}

func TestRetry_DeliveriesWakeWhenABreakerCloses(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		i := modeltest.Integration(t, s, site)
		long, short := modeltest.Delivery(t, s, site, i), modeltest.Delivery(t, s, site, i)
		waits(t, s, clock.Now(), long)
		require.NoError(t, s.DeferDelivery(t.Context(), short.ID, delivery.Reason{Code: delivery.ReasonKeepsFailing}, clock.Now().Add(5*time.Second)))
		_, err := s.UpdateBreaker(t.Context(), i.ID, func(b *integrations.Breaker) { b.Failures++ })
		require.NoError(t, err)
		require.Empty(t, retried(t, s, clock.Now()), "it is still open")
		_, err = s.UpdateBreaker(t.Context(), i.ID, func(b *integrations.Breaker) { b.Breaker = delivery.Breaker{State: delivery.BreakerClosed} })
		require.NoError(t, err)
		require.Equal(t, []string{long.ID}, retried(t, s, clock.Now()), "the other one follows by itself in seconds")
	})
}

// New credentials close the breaker.
func TestRetry_DeliveriesWakeWhenAnIntegrationIsRepaired(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		i := modeltest.Integration(t, s, site)
		d := modeltest.Delivery(t, s, site, i)
		waits(t, s, clock.Now(), d)
		_, err := s.UpdateIntegration(t.Context(), modeltest.ActorOf(site), site.ID, i.ID, func(i *integrations.Integration) error {
			i.Credentials["secret"] = "whsec_another"
			return nil
		})
		require.NoError(t, err)
		require.Equal(t, []string{d.ID}, retried(t, s, clock.Now()))
	})
}

func TestRequeueAllStartsOpenConversionsAndResendsAgain(t *testing.T) {
	t.Parallel()
	modeltest.EachMigrated(t, func(t *testing.T, dsn string) {
		s := modeltest.Open(t, dsn, clockwork.NewFakeClockAt(modeltest.Start))
		site := modeltest.Site(t, s)
		open := accept(t, s, site, "open", started(modeltest.Start)).ConversionID
		done := finished(t, s, site, modeltest.Start, "done")
		deliveries, _, err := s.Deliveries(t.Context(), deliveries.Filter{AccountID: site.AccountID, SiteID: site.ID, ConversionID: done}, models.Page{})
		require.NoError(t, err)
		resent, _, err := s.Resend(t.Context(), modeltest.ActorOf(site), site.AccountID, deliveries[0].ID, func(string, int) string { return "resend/1" })
		require.NoError(t, err)
		db := modeltest.SQL(t, dsn)
		_, err = db.ExecContext(t.Context(), "DELETE FROM outbox")
		require.NoError(t, err)

		n, err := s.RequeueAll(t.Context())
		require.NoError(t, err)
		require.Equal(t, 2, n)
		due, err := s.DueSignals(t.Context(), modeltest.Start.Add(time.Minute), 100, time.Hour)
		require.NoError(t, err)
		require.Len(t, due, 2)
		for _, signal := range due {
			require.Equal(t, outbox.EventRequeued, signal.EventType)
		}
		require.ElementsMatch(t, []string{open, done}, []string{due[0].ConversionID, due[1].ConversionID})
		require.ElementsMatch(t, []string{"", resent.ID}, []string{due[0].DeliveryID, due[1].DeliveryID})
	})
}
