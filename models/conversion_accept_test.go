package models_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/modeltest"
	"ringback/models/websites"
)

const together = 24 // goroutines of the concurrent tests

func detail(t *testing.T, s *models.Store, site websites.Site, id string) models.Detail {
	t.Helper()
	d, err := s.ConversionDetail(t.Context(), site.AccountID, id)
	require.NoError(t, err)
	return d
}

// bodies returns the bodies in which the events of a conversion came.
func bodies(t *testing.T, s *models.Store, conversionID string) [][]byte {
	t.Helper()
	found, err := s.Bodies(t.Context(), conversionID)
	require.NoError(t, err)
	return found
}

func accept(t *testing.T, s *models.Store, site websites.Site, externalID string, events ...conversion.CallEvent) models.Accepted {
	t.Helper()
	var last models.Accepted
	for _, event := range events {
		var err error
		last, err = s.AcceptCallEvent(t.Context(), modeltest.CallEvent(site, externalID, event))
		require.NoError(t, err)
	}
	return last
}

func started(at time.Time) conversion.CallEvent {
	return conversion.CallEvent{ID: "e1", Type: conversion.EventStarted, At: at, Caller: modeltest.Caller, TrackingNumber: "+12025550199"}
}

func ended(at time.Time, talk int) conversion.CallEvent {
	return conversion.CallEvent{ID: "e2", Type: conversion.EventEnded, At: at, Outcome: conversion.OutcomeAnswered, TalkSeconds: &talk}
}

func tagged(id string, at time.Time, labels ...string) conversion.CallEvent {
	return conversion.CallEvent{ID: id, Type: conversion.EventTagged, At: at, Tags: labels, TagOrigin: conversion.TagByHand}
}

// atOnce runs f in many goroutines that start together and fails on any error. SQLite has one
// writer, and tells those who wait long for it to come again, which they do as all senders do. An
// answer of PostgreSQL is an error also if senders would come again, because it may be a deadlock.
func atOnce(t *testing.T, n int, f func(i int) error) {
	t.Helper()
	start, errs := make(chan struct{}), make(chan error, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			<-start
			err := f(i)
			for fault.CodeOf(err) == fault.Unavailable && !isOfPostgres(err) {
				err = f(i)
			}
			errs <- err
		})
	}
	close(start)
	wg.Wait()
	close(errs)
	for err := range errs {
		require.NoError(t, err)
	}
}

// isOfPostgres reports whether an error is an answer of PostgreSQL.
func isOfPostgres(err error) bool {
	var answer *pgconn.PgError
	return errors.As(err, &answer)
}

func TestG1_AcceptedLeadIsStoredWithItsSignal(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		in := modeltest.Lead(site, "lead-1")
		in.Trace = map[string]string{"traceparent": "00-example"}
		in.Lead.VisitorIDs = map[string]string{"rtbhouse": "visitor-1"}
		in.Lead.Traffic = &conversion.Traffic{Source: "google", Medium: "cpc"}

		accepted, err := s.AcceptLead(t.Context(), in)
		require.NoError(t, err)
		require.False(t, accepted.Duplicate)
		require.Equal(t, in.WorkflowID, accepted.Signal.WorkflowID)

		d := detail(t, s, site, accepted.ConversionID)
		require.Equal(t, models.StateWaiting, d.Conversion.State)
		require.Equal(t, modeltest.Caller, d.Conversion.Person)
		require.Equal(t, modeltest.Start, d.Conversion.At)
		require.Equal(t, in.Lead.VisitorIDs, d.Conversion.VisitorIDs)
		require.Equal(t, "google", d.Conversion.Traffic.Source)
		require.Len(t, d.Events, 1)
		require.Equal(t, in.Raw, bodies(t, s, accepted.ConversionID)[0])
		require.Nil(t, d.Events[0].Raw, "bodies may be large, and nobody is shown them")
		require.Equal(t, in.Lead, *d.Events[0].Lead)
		require.Equal(t, "sales", d.Tags[0].Label)

		signals, err := s.DueSignals(t.Context(), time.Now().Add(time.Hour), 10, time.Minute)
		require.NoError(t, err)
		require.Len(t, signals, 1)
		require.Equal(t, accepted.Signal.Seq, signals[0].Seq)
		require.Equal(t, in.Trace, signals[0].Trace)
		require.Equal(t, 1, signals[0].Tries)
	})
}

func TestG2_SameExternalIDConcurrently(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		answers := make([]models.Accepted, together)
		atOnce(t, together, func(i int) (err error) {
			answers[i], err = s.AcceptLead(t.Context(), modeltest.Lead(site, "lead-1"))
			return err
		})
		first := 0
		for _, a := range answers {
			require.Equal(t, answers[0].ConversionID, a.ConversionID)
			if !a.Duplicate {
				first++
				require.NotNil(t, a.Signal)
			} else {
				require.Nil(t, a.Signal)
			}
		}
		require.Equal(t, 1, first)
		require.Len(t, detail(t, s, site, answers[0].ConversionID).Events, 1)
	})
}

func TestG2_SameCallEventsConcurrently(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		events := []conversion.CallEvent{
			started(modeltest.Start), ended(modeltest.Start.Add(time.Minute), 45),
			tagged("e3", modeltest.Start.Add(time.Second), "sales"),
		}
		var id sync.Map
		atOnce(t, together, func(i int) error {
			a, err := s.AcceptCallEvent(t.Context(), modeltest.CallEvent(site, "call-1", events[i%len(events)]))
			id.Store(a.ConversionID, true)
			return err
		})
		conversions, _, err := s.Conversions(t.Context(), models.ConversionFilter{AccountID: site.AccountID}, models.Page{})
		require.NoError(t, err)
		require.Len(t, conversions, 1)
		d := detail(t, s, site, conversions[0].ID)
		require.Len(t, d.Events, len(events))
		require.Len(t, d.Tags, 1)
		require.Equal(t, 45, *d.Conversion.TalkSeconds)
		waiting, _, err := s.OutboxStats(t.Context())
		require.NoError(t, err)
		require.EqualValues(t, len(events), waiting)
	})
}

func TestG2_SameExternalIDElsewhereIsAnotherConversion(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site, other := modeltest.Site(t, s), modeltest.Site(t, s)
		call := modeltest.CallEvent(site, "1", started(modeltest.Start))
		bySource := call
		bySource.Source = "callrail"
		seen := map[string]bool{}
		for _, in := range []models.CallEvent{call, bySource, modeltest.CallEvent(other, "1", started(modeltest.Start))} {
			a, err := s.AcceptCallEvent(t.Context(), in)
			require.NoError(t, err)
			require.False(t, a.Duplicate)
			seen[a.ConversionID] = true
		}
		lead, err := s.AcceptLead(t.Context(), modeltest.Lead(site, "1"))
		require.NoError(t, err)
		require.False(t, lead.Duplicate)
		seen[lead.ConversionID] = true
		require.Len(t, seen, 4)
	})
}

func TestEventsOutOfOrderFoldToTheSameCall(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		linked := conversion.CallEvent{
			ID: "e4", Type: conversion.EventLinked, At: modeltest.Start.Add(2 * time.Minute),
			VisitorIDs: map[string]string{"rtbhouse": "visitor-1"}, Traffic: &conversion.Traffic{Source: "google", Medium: "cpc"},
		}
		events := []conversion.CallEvent{
			started(modeltest.Start), tagged("e3", modeltest.Start.Add(time.Second), "sales"),
			ended(modeltest.Start.Add(time.Minute), 45), linked,
			tagged("e5", modeltest.Start.Add(time.Hour), "after"),
		}
		forth := accept(t, s, site, "forth", events...)
		back := accept(t, s, site, "back", events[4], events[3], events[2], events[1], events[0])
		a, b := detail(t, s, site, forth.ConversionID), detail(t, s, site, back.ConversionID)
		require.Equal(t, modeltest.Start, a.Conversion.At)
		require.Equal(t, modeltest.Start.Add(time.Minute), *a.Conversion.EndedAt)
		require.Equal(t, a.Conversion.At, b.Conversion.At)
		require.Equal(t, a.Conversion.Person, b.Conversion.Person)
		require.Equal(t, a.Conversion.EndedAt, b.Conversion.EndedAt)
		require.Equal(t, a.Conversion.Traffic, b.Conversion.Traffic)
		for _, d := range []models.Detail{a, b} {
			require.Len(t, d.Tags, 2)
			require.Equal(t, "sales", d.Tags[0].Label)
			require.False(t, d.Tags[0].Late)
			require.Equal(t, "after", d.Tags[1].Label)
			require.True(t, d.Tags[1].Late, "the tag came after the end")
		}
	})
}

func TestG5_EventAfterTheDecisionIsKeptAsLate(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		first := accept(t, s, site, "call-1", started(modeltest.Start), ended(modeltest.Start.Add(time.Minute), 45))
		_, err := s.SaveDecisions(t.Context(), models.DecisionSet{ConversionID: first.ConversionID, Moment: conversion.AtEnd, Final: true})
		require.NoError(t, err)
		before := detail(t, s, site, first.ConversionID)

		talk := 900
		longer := conversion.CallEvent{ID: "e9", Type: conversion.EventEnded, At: modeltest.Start.Add(time.Hour), TalkSeconds: &talk, Tags: []string{"vip"}}
		late := accept(t, s, site, "call-1", longer)
		require.Equal(t, models.Accepted{ConversionID: first.ConversionID, Late: true}, late)
		again := accept(t, s, site, "call-1", longer)
		require.Equal(t, models.Accepted{ConversionID: first.ConversionID, Duplicate: true}, again)

		after := detail(t, s, site, first.ConversionID)
		require.Equal(t, before.Conversion, after.Conversion)
		require.Len(t, after.Events, 3)
		require.True(t, after.Events[2].Late)
		require.Equal(t, "vip", after.Tags[0].Label)
		require.True(t, after.Tags[0].Late)
	})
}

// In whatever order an event and the decision are stored, the event is
// either part of the decision or late.
func TestG5_NoEventFallsBetween(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		for round := range 10 {
			external := fmt.Sprintf("call-%d", round)
			id := accept(t, s, site, external, started(modeltest.Start)).ConversionID
			var judged int
			atOnce(t, 2, func(i int) error {
				if i == 0 {
					_, err := s.AcceptCallEvent(t.Context(), modeltest.CallEvent(site, external, tagged("e7", modeltest.Start, "sales")))
					return err
				}
				for {
					c, err := s.Case(t.Context(), id)
					if err != nil {
						return err
					}
					judged = len(c.Events)
					_, err = s.SaveDecisions(t.Context(), models.DecisionSet{ConversionID: id, Final: true, JudgedSeq: c.LastSeq()})
					if !isConflict(err) {
						return err
					}
				}
			})
			events := detail(t, s, site, id).Events
			require.Len(t, events, 2)
			require.Equal(t, judged == 1, events[1].Late)
		}
	})
}

func TestChangeToAnUnknownCallCreatesNone(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		at := modeltest.Start
		change := modeltest.CallEvent(site, "x", tagged("e3", at, "sales"))
		change.OnlyIfKnown = true
		accepted, err := s.AcceptCallEvent(t.Context(), change)
		require.NoError(t, err)
		require.Equal(t, models.Accepted{Ignored: true}, accepted)
		waiting, _, err := s.OutboxStats(t.Context())
		require.NoError(t, err)
		require.Zero(t, waiting)

		call := accept(t, s, site, "x", started(at))
		accepted, err = s.AcceptCallEvent(t.Context(), change)
		require.NoError(t, err)
		require.Equal(t, call.ConversionID, accepted.ConversionID)
		require.False(t, accepted.Duplicate, "the first time it was not stored")
		require.Len(t, detail(t, s, site, call.ConversionID).Events, 2)
	})
}

func TestCallTakesNoMoreEventsThanItsLimit(t *testing.T) {
	t.Parallel()
	modeltest.Each(t, func(t *testing.T, s *models.Store) {
		site := modeltest.Site(t, s)
		call := accept(t, s, site, "x", started(modeltest.Start))
		_, err := s.SaveDecisions(t.Context(), models.DecisionSet{ConversionID: call.ConversionID, Final: true})
		require.NoError(t, err)
		for n := range models.MaxEvents - 2 {
			accept(t, s, site, "x", tagged(fmt.Sprintf("late-%d", n), modeltest.Start, "late"))
		}
		last := tagged("last", modeltest.Start, "sales")
		accept(t, s, site, "x", last)

		_, err = s.AcceptCallEvent(t.Context(), modeltest.CallEvent(site, "x", tagged("more", modeltest.Start, "more")))
		require.ErrorIs(t, err, models.ErrTooManyEvents)
		require.ErrorContains(t, err, "too_many_events (500)")
		require.True(t, accept(t, s, site, "x", last).Duplicate, "what is stored is still recognised")
		require.Len(t, detail(t, s, site, call.ConversionID).Events, models.MaxEvents)
	})
}
