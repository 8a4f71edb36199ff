package models_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/models/outbox"
	"ringback/models/websites"
)

// requeued returns the signals that are requeued now, by workflow.
func requeued(t *testing.T, s *models.Store, clock clockwork.Clock) map[string]outbox.Signal {
	t.Helper()
	signals, err := s.RequeueStuck(t.Context(), clock.Now(), 100)
	require.NoError(t, err)
	found := map[string]outbox.Signal{}
	for _, signal := range signals {
		require.Equal(t, outbox.EventRequeued, signal.EventType)
		found[signal.WorkflowID] = signal
	}
	require.Len(t, found, len(signals), "each is told once")
	return found
}

func TestG4_StuckCallIsRequeued(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s) // closes calls after four hours
		event := conversion.CallEvent{ID: "e1", Type: conversion.EventStarted, At: clock.Now(), Caller: modeltest.Caller}
		call, err := s.AcceptCallEvent(t.Context(), modeltest.CallEvent(site, "x", event))
		require.NoError(t, err)

		clock.Advance(4*time.Hour + 59*time.Minute)
		require.Empty(t, requeued(t, s, clock), "it may still be in progress")
		clock.Advance(time.Minute)
		signals := requeued(t, s, clock)
		require.Len(t, signals, 1)
		signal := signals[call.Signal.WorkflowID]
		require.Equal(t, call.ConversionID, signal.ConversionID)
		require.Equal(t, conversion.KindCall, signal.Kind)
		due, err := s.DueSignals(t.Context(), clock.Now(), 10, time.Minute)
		require.NoError(t, err)
		require.Contains(t, due, incremented(signal, clock), "it is in the outbox")

		clock.Advance(5 * time.Hour)
		require.Empty(t, requeued(t, s, clock), "its workers may be down: it is not requeued again and again")
		clock.Advance(time.Hour)
		require.Len(t, requeued(t, s, clock), 1)
		require.NoError(t, s.FinishConversion(t.Context(), call.ConversionID))
		clock.Advance(24 * time.Hour)
		require.Empty(t, requeued(t, s, clock))
	})
}

// incremented is a signal as DueSignals claims it.
func incremented(signal outbox.Signal, clock clockwork.Clock) outbox.Signal {
	signal.Tries, signal.NextTryAt = 1, clock.Now().UTC().Add(time.Minute)
	return signal
}

func TestG4_UndecidedLeadIsRequeued(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		lead, err := s.AcceptLead(t.Context(), modeltest.Lead(modeltest.Site(t, s), "x"))
		require.NoError(t, err)
		clock.Advance(59 * time.Minute)
		require.Empty(t, requeued(t, s, clock))
		clock.Advance(time.Minute)
		require.Contains(t, requeued(t, s, clock), lead.Signal.WorkflowID)
	})
}

func TestG4_StuckDeliveriesAreRequeued(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		integration := modeltest.Integration(t, s, site)
		open := modeltest.Delivery(t, s, site, integration)
		held := clock.Now().Add(6 * time.Hour)
		require.NoError(t, s.DeferDelivery(t.Context(), open.ID, example, held))
		ended := modeltest.Delivery(t, s, site, integration)
		_, err := s.GiveUpDelivery(t.Context(), ended.ID, example)
		require.NoError(t, err)
		workflowOf := func(id string) string {
			c, err := s.Case(t.Context(), id)
			require.NoError(t, err)
			return c.Conversion.WorkflowID
		}

		clock.Advance(2 * time.Hour)
		signals := requeued(t, s, clock)
		require.Len(t, signals, 1, "the other delivery waits for its time")
		require.Contains(t, signals, workflowOf(ended.ConversionID), "every delivery has ended, and the conversion is not finished")
		require.NoError(t, s.FinishConversion(t.Context(), ended.ConversionID))
		clock.Advance(held.Sub(clock.Now()) + 59*time.Minute)
		require.Empty(t, requeued(t, s, clock))
		clock.Advance(time.Minute)
		require.Contains(t, requeued(t, s, clock), workflowOf(open.ConversionID))
	})
}

func TestG4_StuckResendIsRequeued(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		first := modeltest.Delivery(t, s, site, modeltest.Integration(t, s, site))
		_, err := s.GiveUpDelivery(t.Context(), first.ID, example)
		require.NoError(t, err)
		require.NoError(t, s.FinishConversion(t.Context(), first.ConversionID))
		again, _, err := s.Resend(t.Context(), modeltest.ActorOf(site), site.AccountID, first.ID, func(id string, _ int) string { return "resend/" + id })
		require.NoError(t, err)

		require.NoError(t, s.DeferDelivery(t.Context(), again.ID, example, clock.Now().Add(2*time.Hour)))
		clock.Advance(2*time.Hour + 59*time.Minute)
		require.Empty(t, requeued(t, s, clock))
		clock.Advance(time.Minute)
		signals := requeued(t, s, clock)
		require.Len(t, signals, 1)
		require.Equal(t, again.ID, signals[again.WorkflowID].DeliveryID)
		require.Empty(t, signals[again.WorkflowID].Kind)
		require.Empty(t, requeued(t, s, clock))
		_, err = s.GiveUpDelivery(t.Context(), again.ID, example)
		require.NoError(t, err)
		clock.Advance(24 * time.Hour)
		require.Empty(t, requeued(t, s, clock))
	})
}

// Settings and visitor ids on which open decisions depend reach the workflows of the calls
// that go on, so that what is shown is what happens.
func TestG4_WhatChangesDuringACallIsSignalled(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		site := modeltest.Site(t, s)
		actor := modeltest.ActorOf(site)
		call := func(site websites.Site, externalID string) string {
			accepted, err := s.AcceptCallEvent(t.Context(), modeltest.CallEvent(site, externalID, started(clock.Now())))
			require.NoError(t, err)
			return accepted.ConversionID
		}
		open, closed := call(site, "open"), call(site, "decided")
		call(modeltest.Site(t, s), "of another site")
		_, err := s.SaveDecisions(t.Context(), models.DecisionSet{ConversionID: closed, Moment: conversion.AtEnd, Final: true})
		require.NoError(t, err)
		changed := func() []string {
			t.Helper()
			clock.Advance(time.Minute)
			due, err := s.DueSignals(t.Context(), clock.Now(), 100, time.Minute)
			require.NoError(t, err)
			var calls []string
			var seqs []int64
			for _, signal := range due {
				seqs = append(seqs, signal.Seq)
				if signal.EventType == outbox.EventFactsChanged {
					calls = append(calls, signal.ConversionID)
				}
			}
			require.NoError(t, s.SignalsDone(t.Context(), seqs))
			return calls
		}
		require.Empty(t, changed())

		integration := modeltest.Integration(t, s, site)
		require.Equal(t, []string{open}, changed(), "an integration is new")
		_, err = s.UpdateIntegration(t.Context(), actor, site.ID, integration.ID, func(i *integrations.Integration) error { i.Enabled = false; return nil })
		require.NoError(t, err)
		require.Equal(t, []string{open}, changed(), "it is switched off")
		for _, minutes := range []int{300, 400} {
			_, err = s.UpdateSite(t.Context(), actor, site.ID, func(x *websites.Site) error { x.MaxCallMinutes = minutes; return nil })
			require.NoError(t, err)
		}
		require.Equal(t, []string{open}, changed(), "the site has changed twice, which is one signal")
		for _, change := range []func(*websites.Site){
			func(x *websites.Site) { x.Name = "Another name" },
			func(x *websites.Site) { x.Script.KeepDays = 200 },
			func(x *websites.Site) { x.Domains = []string{"www.example.net"} },
		} {
			_, err = s.UpdateSite(t.Context(), actor, site.ID, func(x *websites.Site) error { change(x); return nil })
			require.NoError(t, err)
		}
		require.Empty(t, changed(), "no decision reads what has changed of the site")
		_, err = s.UpdateSite(t.Context(), actor, site.ID, func(x *websites.Site) error { x.LookbackDays = 30; return nil })
		require.NoError(t, err)
		require.Equal(t, []string{open}, changed(), "visits count for another time")
		_, err = s.PutSource(t.Context(), actor, site.ID, "callrail", func(x *websites.Source) error { x.LateDataSeconds = 60; return nil })
		require.NoError(t, err)
		require.Empty(t, changed(), "it is not the source of the call")
		w := web{s: s, plan: websites.Plan{Site: site}}
		visited := w.sees(t, view(visitor(1), "first", clock.Now(), home))
		event := started(clock.Now())
		event.SessionID = visited.SessionID
		linked, err := s.AcceptCallEvent(t.Context(), modeltest.CallEvent(site, "linked", event))
		require.NoError(t, err)
		require.NoError(t, s.StoreVisitorIDs(t.Context(), site.ID, visitor(1), map[string]string{"rtbhouse": "late-cookie"}, clock.Now()))
		require.Equal(t, []string{linked.ConversionID}, changed(), "its visitor's cookie has appeared")
		again := view(visitor(1), "second", clock.Now(), home)
		again.VisitorIDs = map[string]string{"bizible": "later-cookie"}
		w.sees(t, again)
		require.Equal(t, []string{linked.ConversionID}, changed(), "another one has appeared with a page view")
		_, err = s.SaveDecisions(t.Context(), models.DecisionSet{ConversionID: linked.ConversionID, Moment: conversion.AtEnd, Final: true})
		require.NoError(t, err)
		require.NoError(t, s.DeleteIntegration(t.Context(), actor, site.ID, integration.ID))
		require.Equal(t, []string{open}, changed())
	})
}

// TestG4_WhatIsStuckIsLookedForByOneProcessAtATime lets another process look, which has the
// turn until its transaction ends.
func TestG4_WhatIsStuckIsLookedForByOneProcessAtATime(t *testing.T) {
	t.Parallel()
	dsn := modeltest.MigratedPostgres(t)
	clock := clockwork.NewFakeClockAt(modeltest.Start)
	s := modeltest.Open(t, dsn, clock)
	_, err := s.AcceptLead(t.Context(), modeltest.Lead(modeltest.Site(t, s), "x"))
	require.NoError(t, err)
	clock.Advance(time.Hour)
	other, _ := modeltest.Holding(t, modeltest.SQL(t, dsn), "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '/requeue', 0))")
	require.Empty(t, requeued(t, s, clock))
	require.NoError(t, other.Rollback())
	require.Len(t, requeued(t, s, clock), 1)
}
