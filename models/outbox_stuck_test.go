package models_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/modeltest"
)

// requeued returns the signals that are requeued now, by workflow.
func requeued(t *testing.T, s *models.Store, clock clockwork.Clock) map[string]models.Signal {
	t.Helper()
	signals, err := s.RequeueStuck(t.Context(), clock.Now(), 100)
	require.NoError(t, err)
	found := map[string]models.Signal{}
	for _, signal := range signals {
		require.Equal(t, models.EventRequeued, signal.EventType)
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
func incremented(signal models.Signal, clock clockwork.Clock) models.Signal {
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
