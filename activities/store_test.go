package activities_test

import (
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/activities"
	"ringback/conversion"
	"ringback/internal/delivery"
	"ringback/internal/relay"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/models/websites"
	"ringback/workflows"
)

// The store is what the activities and the relay say they need.
var (
	_ activities.ConversionStore = (*models.Store)(nil)
	_ activities.DeliveryStore   = (*models.Store)(nil)
	_ relay.Store                = (*models.Store)(nil)
)

// onStore returns both kinds of activities on a real store, and a lead to decide.
func onStore(t *testing.T, s *models.Store, clock *clockwork.FakeClock, list ...delivery.Result) (world, field, websites.Site, string) {
	t.Helper()
	site := modeltest.Site(t, s)
	modeltest.Integration(t, s, site, func(i *integrations.Integration) { i.Type = "place" })
	in := modeltest.Lead(site, "x-1")
	in.Lead.VisitorIDs = map[string]string{"place": "v-1"}
	accepted, err := s.AcceptLead(t.Context(), in)
	require.NoError(t, err)

	w, f := newWorld(models.Case{}), newField(list...)
	w.Conversions.Store, w.Conversions.Clock = s, clock
	f.Dispatch.Store, f.Dispatch.Clock = s, clock
	return w, f, site, accepted.ConversionID
}

func TestG4_LeadToItsEndOnBothDatabases(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w, f, site, id := onStore(t, s, clock, broken, throttled, took)
		decided, err := runLocal(t, w.Decide, workflows.DecideInput{ConversionID: id, Moment: conversion.AtEnd})
		require.NoError(t, err)
		require.Len(t, decided.Deliveries, 1)
		deliveryID := decided.Deliveries[0].DeliveryID

		_, err = f.dispatch(t, deliveryID)
		_, delay := refusal(t, err, activities.ErrorRetrying)
		clock.Advance(delay)
		_, err = f.dispatch(t, deliveryID)
		_, delay = refusal(t, err, activities.ErrorRetrying)
		require.Equal(t, 90*time.Second, delay)
		_, err = f.dispatch(t, deliveryID) // called again too early: the whole integration waits
		refusal(t, err, activities.ErrorWaiting)
		clock.Advance(delay)
		ended, err := f.dispatch(t, deliveryID)
		require.NoError(t, err)
		require.Equal(t, workflows.Dispatched{State: "delivered", Class: "delivered", Status: 200, Attempts: 3}, ended)
		require.NoError(t, w.Finish(t.Context(), workflows.FinishInput{ConversionID: id}))

		detail, err := s.ConversionDetail(t.Context(), site.AccountID, id)
		require.NoError(t, err)
		require.Equal(t, models.StateDone, detail.Conversion.State)
		require.Equal(t, conversion.Send, detail.Decisions[0].Verdict)
		require.Equal(t, deliveries.Delivered, detail.Deliveries[0].State)
		require.Len(t, detail.Attempts, 3)
		again, err := runLocal(t, w.Decide, workflows.DecideInput{ConversionID: id, Moment: conversion.AtEnd})
		require.NoError(t, err)
		require.Empty(t, again.Deliveries, "nothing is left to see through")
		breaker, err := s.Breaker(t.Context(), detail.Deliveries[0].IntegrationID)
		require.NoError(t, err)
		require.Equal(t, delivery.BreakerClosed, breaker.State, "its own probe closed it")
	})
}

func TestG2_DispatchedConcurrentlySendsOnce(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w, f, _, id := onStore(t, s, clock, took)
		decided, err := w.Decide(t.Context(), workflows.DecideInput{ConversionID: id})
		require.NoError(t, err)
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { _, _ = f.dispatch(t, decided.Deliveries[0].DeliveryID) })
		}
		all.Wait()
		require.Len(t, f.answers.sent, 1)
	})
}
