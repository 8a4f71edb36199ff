package models_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/models/websites"
)

const lease = time.Minute

func begin(t *testing.T, s *models.Store, id string) deliveries.AttemptStart {
	t.Helper()
	begun, err := s.BeginAttempt(t.Context(), id, lease)
	require.NoError(t, err)
	return begun
}

func finish(t *testing.T, s *models.Store, id string, number int, class delivery.Class, state deliveries.State, next *time.Time) {
	t.Helper()
	d, _, _, err := s.DeliveryForSend(t.Context(), id)
	require.NoError(t, err)
	require.NoError(t, s.EndAttempt(t.Context(), deliveries.AttemptEnd{
		ConversionID: d.ConversionID,
		Attempt: deliveries.Attempt{
			DeliveryID: id, SiteID: d.SiteID, IntegrationID: d.IntegrationID, Number: number, StartedAt: modeltest.Start, Duration: time.Second, Class: class, Status: 200,
			Request: delivery.Message{Method: "POST", URL: "https://hooks.example.com", Headers: map[string][]string{"A": {"b"}}},
		},
		State: state, Reason: delivery.Reason{Code: delivery.ReasonCode(class)}, NextTryAt: next,
	}))
}

func storedDelivery(t *testing.T, s *models.Store, site websites.Site, id string) (deliveries.Delivery, []deliveries.Attempt) {
	t.Helper()
	d, attempts, err := s.Delivery(t.Context(), site.AccountID, id)
	require.NoError(t, err)
	return d, attempts
}

// eachDelivery runs a test with a fresh delivery on both databases.
func eachDelivery(t *testing.T, test func(t *testing.T, s *models.Store, clock *clockwork.FakeClock, site websites.Site, id string)) {
	t.Helper()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		test(t, s, clock, site, modeltest.Delivery(t, s, site, modeltest.Integration(t, s, site)).ID)
	})
}

func TestG4_AttemptsLeadToAnEndState(t *testing.T) {
	t.Parallel()
	eachDelivery(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock, site websites.Site, id string) {
		d, i, b, err := s.DeliveryForSend(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, deliveries.Pending, d.State)
		require.Equal(t, d.IntegrationID, i.ID)
		require.Equal(t, integrations.Breaker{IntegrationID: i.ID, Breaker: delivery.Breaker{State: delivery.BreakerClosed}}, b)

		before, _, _, err := s.DeliveryForSend(t.Context(), id)
		require.NoError(t, err)
		require.NoError(t, s.DeferDelivery(t.Context(), id, delivery.Reason{Code: delivery.ReasonKeepsFailing, Last: new(delivery.AnsweredWith(500))}, clock.Now().Add(time.Minute)))
		deferred, _, _, err := s.DeliveryForSend(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, before.GiveUpAt, deferred.GiveUpAt)
		require.NoError(t, s.PauseDelivery(t.Context(), id, delivery.DailyLimit(7), clock.Now().Add(time.Hour)))
		paused, _, _, err := s.DeliveryForSend(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, before.GiveUpAt.Add(time.Hour), paused.GiveUpAt, "a pause does not count as a part of the time for trying")
		require.NoError(t, s.PauseDelivery(t.Context(), id, delivery.DailyLimit(7), clock.Now().Add(time.Hour+time.Minute)))
		again, _, _, err := s.DeliveryForSend(t.Context(), id)
		require.NoError(t, err)
		require.Equal(t, before.GiveUpAt.Add(time.Hour+time.Minute), again.GiveUpAt, "the same pause, recorded again")
		require.Equal(t, delivery.DailyLimit(7), paused.Reason)
		require.NoError(t, s.DeferDelivery(t.Context(), id, delivery.Reason{Code: delivery.ReasonKeepsFailing, Last: new(delivery.AnsweredWith(500))}, clock.Now().Add(time.Minute)))
		d, _ = storedDelivery(t, s, site, id)
		require.Equal(t, deliveries.Waiting, d.State)
		require.Equal(t, clock.Now().Add(time.Minute), *d.NextTryAt)

		require.Equal(t, deliveries.AttemptStart{Number: 1}, begin(t, s, id))
		next := clock.Now().Add(time.Second)
		finish(t, s, id, 1, delivery.ClassUnavailable, deliveries.Retrying, &next)
		d, _ = storedDelivery(t, s, site, id)
		require.Equal(t, deliveries.Retrying, d.State)
		require.Equal(t, next, *d.NextTryAt)
		require.Nil(t, d.LeasedUntil)

		require.Equal(t, deliveries.AttemptStart{Number: 2}, begin(t, s, id))
		finish(t, s, id, 2, delivery.ClassDelivered, deliveries.Delivered, nil)
		d, attempts := storedDelivery(t, s, site, id)
		require.Equal(t, deliveries.Delivered, d.State)
		require.Equal(t, delivery.ClassDelivered, d.Class)
		require.Equal(t, clock.Now(), *d.FinishedAt)
		require.Nil(t, d.NextTryAt)
		require.Len(t, attempts, 2)
		require.Equal(t, next, *attempts[0].NextTryAt)
		require.Equal(t, time.Second, attempts[1].Duration)
		require.Equal(t, []string{"b"}, attempts[1].Request.Headers["A"])
		require.Equal(t, d.IntegrationID, attempts[1].IntegrationID)

		require.Equal(t, deliveries.AttemptStart{Finished: true}, begin(t, s, id))
		require.NoError(t, s.DeferDelivery(t.Context(), id, example, clock.Now()))
		kept, err := s.GiveUpDelivery(t.Context(), id, example)
		require.NoError(t, err)
		require.Equal(t, deliveries.Delivered, kept.State)
	})
}

func TestG3_OneAttemptAtATime(t *testing.T) {
	t.Parallel()
	eachDelivery(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock, _ websites.Site, id string) {
		var begun, held atomic.Int32
		atOnce(t, together, func(int) error {
			b, err := s.BeginAttempt(t.Context(), id, lease)
			switch {
			case b.Number == 1:
				begun.Add(1)
			case b.LeasedUntil.Equal(clock.Now().Add(lease)):
				held.Add(1)
			}
			return err
		})
		require.EqualValues(t, 1, begun.Load())
		require.EqualValues(t, together-1, held.Load())
	})
}

func TestG3_UnrecordedAttemptIsNoticed(t *testing.T) {
	t.Parallel()
	eachDelivery(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock, site websites.Site, id string) {
		begin(t, s, id)
		clock.Advance(lease)
		require.Equal(t, deliveries.AttemptStart{Number: 2, Interrupted: true}, begin(t, s, id))
		_, attempts := storedDelivery(t, s, site, id)
		require.Len(t, attempts, 1)
		require.Equal(t, delivery.ClassInterrupted, attempts[0].Class)
		require.Equal(t, modeltest.Start, attempts[0].StartedAt)

		// The first attempt was slow and not lost: its answer replaces the assumed result, and its failure does not change the second.
		finish(t, s, id, 1, delivery.ClassTimeout, deliveries.Retrying, nil)
		d, attempts := storedDelivery(t, s, site, id)
		require.Equal(t, delivery.ClassTimeout, attempts[0].Class)
		require.NotNil(t, d.LeasedUntil)
		require.Equal(t, deliveries.Pending, d.State)

		finish(t, s, id, 2, delivery.ClassDelivered, deliveries.Delivered, nil)
		finish(t, s, id, 2, delivery.ClassRefused, deliveries.Failed, nil) // recorded already
		d, attempts = storedDelivery(t, s, site, id)
		require.Equal(t, deliveries.Delivered, d.State)
		require.Len(t, attempts, 2)
		require.Equal(t, delivery.ClassDelivered, attempts[1].Class)
	})
}

func TestG3_LateSuccessCounts(t *testing.T) {
	t.Parallel()
	eachDelivery(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock, site websites.Site, id string) {
		begin(t, s, id)
		clock.Advance(lease)
		d, err := s.GiveUpDelivery(t.Context(), id, delivery.Reason{Code: delivery.ReasonTimeRanOut})
		require.NoError(t, err)
		require.Equal(t, deliveries.Failed, d.State)
		stored, attempts := storedDelivery(t, s, site, id)
		require.Equal(t, d, stored)
		require.Equal(t, delivery.Reason{Code: delivery.ReasonTimeRanOut}, d.Reason)
		require.Equal(t, delivery.ClassInterrupted, attempts[0].Class)

		finish(t, s, id, 1, delivery.ClassDelivered, deliveries.Delivered, nil)
		d, _ = storedDelivery(t, s, site, id)
		require.Equal(t, deliveries.Delivered, d.State)
	})
}

func TestUnknownDeliveryIsNotFound(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		_, _, _, err := s.DeliveryForSend(t.Context(), "dlv_none")
		requireCode(t, fault.NotFound, err)
		_, err = s.BeginAttempt(t.Context(), "dlv_none", lease)
		requireCode(t, fault.NotFound, err)
		requireCode(t, fault.NotFound, s.EndAttempt(t.Context(), deliveries.AttemptEnd{Attempt: deliveries.Attempt{DeliveryID: "dlv_none"}}))
		_, err = s.GiveUpDelivery(t.Context(), "dlv_none", example)
		requireCode(t, fault.NotFound, err)
	})
}

func TestBreakerCountsAllFailuresAtOnce(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		i := modeltest.Integration(t, s, site)
		atOnce(t, together, func(int) error {
			_, err := s.UpdateBreaker(t.Context(), i.ID, func(b *integrations.Breaker) { b.Failures++ })
			return err
		})
		b, err := s.Breaker(t.Context(), i.ID)
		require.NoError(t, err)
		require.Equal(t, together, b.Failures)
		require.Equal(t, delivery.BreakerClosed, b.State)
		of, err := s.SiteBreakers(t.Context(), site.ID)
		require.NoError(t, err)
		require.Equal(t, map[string]integrations.Breaker{i.ID: b}, of)
	})
}

func TestOnlyOneWorkerProbes(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		i := modeltest.Integration(t, s, site)
		until := clock.Now().Add(time.Minute)
		probes := func() int {
			var won atomic.Int32
			atOnce(t, together, func(int) error {
				ok, err := s.ClaimProbe(t.Context(), i.ID, clock.Now(), clock.Now().Add(time.Minute))
				if ok {
					won.Add(1)
				}
				return err
			})
			return int(won.Load())
		}
		require.Zero(t, probes(), "a closed breaker needs no probe")
		_, err := s.UpdateBreaker(t.Context(), i.ID, func(b *integrations.Breaker) { b.State, b.OpenUntil = delivery.BreakerOpen, &until })
		require.NoError(t, err)
		require.Zero(t, probes(), "it is open still")
		clock.Advance(time.Minute)
		require.Equal(t, 1, probes())
		require.Zero(t, probes(), "a probe is under way")
		clock.Advance(time.Minute)
		require.Equal(t, 1, probes(), "the probe was never answered")

		open, err := s.OpenBreakers(t.Context())
		require.NoError(t, err)
		require.Equal(t, []models.OpenBreaker{{IntegrationID: i.ID, Name: i.Name, SiteID: i.SiteID}}, open)
	})
}

func TestRepairedSettingsCloseTheBreaker(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*integrations.Integration)
		closed bool
	}{
		"new credentials": {func(i *integrations.Integration) { i.Credentials = map[string]string{"signing_secret": "whsec_other"} }, true},
		"a new address": {func(i *integrations.Integration) {
			i.Settings.Options = map[string]string{"url": "https://b.example.com"}
		}, true},
		"a new name": {func(i *integrations.Integration) { i.Name = "Renamed" }, false},
		"the switch": {func(i *integrations.Integration) { i.Enabled = false }, false},
	}
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		until := clock.Now().Add(24 * time.Hour)
		open := func(b *integrations.Breaker) {
			b.State, b.OpenUntil, b.Reason, b.Openings = delivery.BreakerOpen, &until, delivery.AnsweredWith(429), 3
		}
		for name, test := range tests {
			i, other := modeltest.Integration(t, s, site), modeltest.Integration(t, s, site)
			for _, id := range []string{i.ID, other.ID} {
				_, err := s.UpdateBreaker(t.Context(), id, open)
				require.NoError(t, err)
			}
			_, err := s.UpdateIntegration(t.Context(), modeltest.ActorOf(site), site.ID, i.ID, func(i *integrations.Integration) error {
				test.change(i)
				return nil
			})
			require.NoError(t, err)
			breakers, err := s.SiteBreakers(t.Context(), site.ID)
			require.NoError(t, err)
			require.Equal(t, delivery.BreakerOpen, breakers[other.ID].State, "another integration's stays as it is")
			require.Equal(t, test.closed, breakers[i.ID].State == delivery.BreakerClosed, name)
			require.Equal(t, test.closed, breakers[i.ID].OpenUntil == nil, name)
			require.Equal(t, test.closed, breakers[i.ID].Openings == 0, name)
		}
	})
}
