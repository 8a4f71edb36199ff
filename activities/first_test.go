package activities_test

import (
	"context"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/activities"
	"ringback/conversion"
	"ringback/internal/delivery"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/models/websites"
	"ringback/workflows"
)

// together is a worker that decides and makes first attempts, on a real store.
type together struct {
	t     *testing.T
	world world
	field field
	store *models.Store
	clock *clockwork.FakeClock
	site  websites.Site
}

// eachTogether runs a test on both databases. The destination answers as in list.
func eachTogether(t *testing.T, list []delivery.Result, test func(t *testing.T, w together, firstLead string)) {
	t.Helper()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w, f, site, id := onStore(t, s, clock, list...)
		f.Dispatch.Gate = gateOf(clock)
		f.Dispatch.Hosts, f.Dispatch.Daily = delivery.NewHosts(clock), delivery.NewDaily(s, clock)
		w.Conversions.First = f.Dispatch
		test(t, together{t: t, world: w, field: f, store: s, clock: clock, site: site}, id)
	})
}

// lead accepts another lead.
func (w together) lead(externalID string) string {
	w.t.Helper()
	in := modeltest.Lead(w.site, externalID)
	in.Lead.VisitorIDs = map[string]string{"place": externalID}
	accepted, err := w.store.AcceptLead(w.t.Context(), in)
	require.NoError(w.t, err)
	return accepted.ConversionID
}

func (w together) decide(id string) workflows.Decided {
	w.t.Helper()
	decided, err := runLocal(w.t, w.world.Decide, workflows.DecideInput{ConversionID: id, Moment: conversion.AtEnd})
	require.NoError(w.t, err)
	return decided
}

// decideBeside decides on a lead whose destination hangs. It returns when the decision waits
// for the attempt no longer.
func (w together) decideBeside(id string) workflows.Decided {
	w.t.Helper()
	result := make(chan workflows.Decided, 1)
	go func() { result <- w.decide(id) }()
	require.NoError(w.t, w.clock.BlockUntilContext(w.t.Context(), 1))
	w.clock.Advance(300 * time.Millisecond)
	return <-result
}

func (w together) state(id string) models.Detail {
	w.t.Helper()
	d, err := w.store.ConversionDetail(w.t.Context(), w.site.AccountID, id)
	require.NoError(w.t, err)
	return d
}

func TestG2_AFirstAttemptWithTheDecisionIsTheOnlyOne(t *testing.T) {
	t.Parallel()
	eachTogether(t, []delivery.Result{took}, func(t *testing.T, w together, id string) {
		decided := w.decide(id)
		require.Empty(t, decided.Deliveries, "nothing is left for the dispatch activity")
		require.Len(t, decided.Ended, 1)
		require.Equal(t, workflows.Dispatched{State: "delivered", Class: "delivered", Status: 200, Attempts: 1}, decided.Ended[0].Dispatched)
		require.True(t, decided.Done)
		d := w.state(id)
		require.Equal(t, models.StateDone, d.Conversion.State)
		require.NotNil(t, d.Conversion.DoneAt)
		require.Equal(t, deliveries.Delivered, d.Deliveries[0].State)
		require.Nil(t, d.Deliveries[0].LeasedUntil)
		require.Len(t, d.Attempts, 1)

		again := w.decide(id) // the worker died before Temporal knew
		require.Len(t, again.Ended, 1)
		require.Empty(t, again.Deliveries)
		ended, err := w.field.dispatch(t, d.Deliveries[0].ID)
		require.NoError(t, err)
		require.Equal(t, "delivered", ended.State)
		require.Len(t, w.field.answers.sent, 1)
	})
}

func TestG3_AFirstAttemptThatFailsIsFollowedAtItsTime(t *testing.T) {
	t.Parallel()
	eachTogether(t, []delivery.Result{broken, took}, func(t *testing.T, w together, id string) {
		decided := w.decide(id)
		require.Empty(t, decided.Ended)
		require.False(t, decided.Done)
		require.Len(t, decided.Deliveries, 1)
		require.True(t, decided.Deliveries[0].Begun)
		in := workflows.DispatchInput{DeliveryID: decided.Deliveries[0].DeliveryID, IntegrationID: decided.Deliveries[0].IntegrationID, Begun: true}
		_, err := w.field.dispatchAs(t, in)
		_, delay := refusal(t, err, activities.ErrorRetrying)
		require.Equal(t, time.Second, delay)
		require.Len(t, w.field.answers.sent, 1)
		w.clock.Advance(delay)
		ended, err := w.field.dispatchAs(t, in)
		require.NoError(t, err)
		require.Equal(t, 2, ended.Attempts)
		require.Len(t, w.state(id).Attempts, 2)
	})
}

func TestG6_AHangingFirstAttemptDelaysOneDecision(t *testing.T) {
	t.Parallel()
	eachTogether(t, []delivery.Result{took}, func(t *testing.T, w together, id string) {
		release := make(chan struct{})
		w.field.answers.pause = func() { <-release }
		decided := w.decideBeside(id)
		require.Len(t, decided.Deliveries, 1)
		require.True(t, decided.Deliveries[0].Begun)
		require.False(t, decided.Done)

		next := w.decide(w.lead("next"))
		require.Len(t, next.Deliveries, 1, "it does not wait for a destination that hangs")
		require.False(t, next.Deliveries[0].Begun)

		type outcome struct {
			ended workflows.Dispatched
			err   error
		}
		result := make(chan outcome, 1)
		go func() {
			ended, err := w.field.dispatch(t, decided.Deliveries[0].DeliveryID)
			result <- outcome{ended, err}
		}()
		close(release)
		joined := <-result
		require.NoError(t, joined.err)
		require.Equal(t, 1, joined.ended.Attempts, "the dispatch activity took over the attempt in progress")
		require.Equal(t, models.StateDone, w.state(id).Conversion.State)

		ended, err := w.field.dispatch(t, next.Deliveries[0].DeliveryID)
		require.NoError(t, err)
		require.Equal(t, "delivered", ended.State)
		require.True(t, w.decide(w.lead("after")).Done, "it answers again")
		require.Len(t, w.field.answers.sent, 3)
	})
}

func TestG3_AWorkerThatStopsWaitsForFirstAttempts(t *testing.T) {
	t.Parallel()
	eachTogether(t, []delivery.Result{took}, func(t *testing.T, w together, id string) {
		release := make(chan struct{})
		w.field.answers.pause = func() { <-release }
		w.decideBeside(id)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		w.field.EndFirst(ended) // it waits no longer than it may
		require.Equal(t, deliveries.Pending, w.state(id).Deliveries[0].State)

		stopped := make(chan struct{})
		go func() {
			defer close(stopped)
			w.field.EndFirst(t.Context())
		}()
		close(release)
		<-stopped
		require.Equal(t, deliveries.Delivered, w.state(id).Deliveries[0].State)
		require.False(t, w.decide(w.lead("late")).Deliveries[0].Begun, "a worker that stops begins none")
	})
}

func TestG6_FirstAttemptsTakeFreeSlotsOnly(t *testing.T) {
	t.Parallel()
	eachTogether(t, []delivery.Result{took}, func(t *testing.T, w together, id string) {
		of := delivery.Origin{SiteID: w.site.ID, IntegrationID: "", Host: placeHost}
		found, err := w.store.Case(t.Context(), id)
		require.NoError(t, err)
		of.IntegrationID = found.Integrations[0].ID
		var leave []func()
		for range 10 {
			l, _ := w.field.Gate.EnterFree(t.Context(), of, delivery.Limits{Slots: 10})
			require.NotNil(t, l)
			leave = append(leave, l)
		}
		full, _ := w.field.Gate.EnterFree(t.Context(), of, delivery.Limits{Slots: 10})
		require.Nil(t, full)
		require.False(t, w.decide(id).Deliveries[0].Begun)
		leave[0]()
		require.True(t, w.decide(w.lead("next")).Done)
	})
}

func TestG4_AnOpenBreakerHoldsFirstAttemptsBack(t *testing.T) {
	t.Parallel()
	eachTogether(t, []delivery.Result{took}, func(t *testing.T, w together, id string) {
		found, err := w.store.Case(t.Context(), id)
		require.NoError(t, err)
		_, err = w.store.UpdateBreaker(t.Context(), found.Integrations[0].ID, func(b *integrations.Breaker) {
			b.State, b.OpenUntil = delivery.BreakerOpen, new(modeltest.Start.Add(time.Minute))
		})
		require.NoError(t, err)
		require.False(t, w.decide(id).Deliveries[0].Begun)
		require.Empty(t, w.field.answers.sent)
	})
}

func TestG2_ADecisionThatWasMadeMeanwhileMakesNoSecondAttempt(t *testing.T) {
	t.Parallel()
	eachTogether(t, []delivery.Result{took}, func(t *testing.T, w together, id string) {
		results := make(chan workflows.Decided)
		for range 4 {
			go func() { results <- w.decide(id) }()
		}
		for range 4 {
			<-results
		}
		require.Len(t, w.field.answers.sent, 1)
		require.Len(t, w.state(id).Attempts, 1)
		require.True(t, w.decide(w.lead("next")).Done, "what was reserved is free again")
	})
}

// panicking is a store that panics when decisions are saved.
type panicking struct{ activities.ConversionStore }

func (panicking) SaveDecisions(context.Context, models.DecisionSet) (models.StandingDecisions, error) {
	panic("sample panic")
}

// A panic ends one activity, and the worker goes on.
func TestG6_APanicWhileDecidingGivesBackWhatWasReserved(t *testing.T) {
	t.Parallel()
	eachTogether(t, []delivery.Result{took}, func(t *testing.T, w together, id string) {
		w.world.Conversions.Store = panicking{w.store}
		for range 20 { // more than the integration has slots
			require.Panics(t, func() {
				_, _ = w.world.Decide(t.Context(), workflows.DecideInput{ConversionID: id, Moment: conversion.AtEnd})
			})
		}
		w.world.Conversions.Store = w.store
		require.True(t, w.decide(id).Done)
		require.Len(t, w.field.answers.sent, 1)
		ended, cancel := context.WithCancel(t.Context())
		cancel()
		w.field.EndFirst(ended)
	})
}
