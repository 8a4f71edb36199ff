package activities_test

import (
	"cmp"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/integrations"
	"ringback/models/modeltest"
	"ringback/workflows"
)

// caseOfCaller returns the activities on a real store, and a function that stores an
// event of a call of one caller and returns the call's id.
func caseOfCaller(t *testing.T, s *models.Store, clock *clockwork.FakeClock, metric conversion.Metric) (w world, report func(externalID string, e conversion.CallEvent) string) {
	t.Helper()
	site := modeltest.Site(t, s)
	modeltest.Integration(t, s, site, func(i *integrations.Integration) {
		i.Type = "place"
		i.Settings.Calls.Metrics = []conversion.Metric{metric}
	})
	w = newWorld(models.Case{})
	w.Conversions.Store, w.Conversions.Clock = s, clock
	return w, func(externalID string, e conversion.CallEvent) string {
		e.ID, e.Caller, e.VisitorIDs = string(e.Type), cmp.Or(e.Caller, modeltest.Caller), map[string]string{"place": "v-1"}
		accepted, err := s.AcceptCallEvent(t.Context(), modeltest.CallEvent(site, externalID, e))
		require.NoError(t, err)
		return accepted.ConversionID
	}
}

func startedAt(at time.Time) conversion.CallEvent {
	return conversion.CallEvent{Type: conversion.EventStarted, At: at}
}

func answeredUntil(at time.Time) conversion.CallEvent {
	talk := 45
	return conversion.CallEvent{Type: conversion.EventEnded, At: at, Outcome: conversion.OutcomeAnswered, TalkSeconds: &talk}
}

// decidedAs decides a call at its end and returns how many deliveries it has.
func decidedAs(t *testing.T, w world, id string) int {
	t.Helper()
	decided, err := runLocal(t, w.Decide, workflows.DecideInput{ConversionID: id, Moment: conversion.AtEnd})
	require.NoError(t, err)
	return len(decided.Deliveries)
}

// A short second call is reported before the long first one, as by sources that report
// a call when it has ended.
func TestR5_CallsReportedOutOfOrderAreUniqueOnce(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w, report := caseOfCaller(t, s, clock, conversion.MetricUnique)
		at := clock.Now()
		second := report("second", startedAt(at.Add(time.Minute)))
		report("second", answeredUntil(at.Add(2*time.Minute)))
		require.Equal(t, 1, decidedAs(t, w, second))
		first := report("first", startedAt(at))
		report("first", answeredUntil(at.Add(5*time.Minute)))
		require.Zero(t, decidedAs(t, w, first))

		c, err := s.Case(t.Context(), first)
		require.NoError(t, err)
		seen := c.Decisions[0].Detail.Checks[2].Seen.Metrics[0]
		require.Equal(t, conversion.MetricCounted, seen.Code)
		require.Equal(t, at.Add(time.Minute).UTC(), seen.CountedAt.UTC())

		third := report("third", startedAt(at.Add(time.Hour)))
		report("third", answeredUntil(at.Add(61*time.Minute)))
		require.Zero(t, decidedAs(t, w, third), "the usual order is as before")
	})
}

func TestR5_OfOverlappingCallsTheFirstToEndIsUniqueTarget(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w, report := caseOfCaller(t, s, clock, conversion.MetricUniqueTarget)
		at := clock.Now()
		long, short := report("long", startedAt(at)), report("short", startedAt(at.Add(time.Minute)))
		report("short", answeredUntil(at.Add(2*time.Minute)))
		require.Equal(t, 1, decidedAs(t, w, short))
		report("long", answeredUntil(at.Add(5*time.Minute)))
		require.Zero(t, decidedAs(t, w, long))
	})
}

// A call that was sent as unique before its end stays so, although one that started
// earlier is reported meanwhile; that one is not unique.
func TestR5_ACallThatCountsBeforeItsEndStaysUnique(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w, report := caseOfCaller(t, s, clock, conversion.MetricUnique)
		at := clock.Now()
		second := report("second", startedAt(at.Add(time.Minute)))
		planned, err := runLocal(t, w.Plan, workflows.PlanInput{ConversionID: second})
		require.NoError(t, err)
		require.Len(t, planned.Early, 1, "sent at once")
		clock.Advance(time.Second)
		first := report("first", startedAt(at))
		report("first", answeredUntil(at.Add(3*time.Minute)))
		require.Zero(t, decidedAs(t, w, first))
		report("second", answeredUntil(at.Add(5*time.Minute)))
		decidedAs(t, w, second)
		c, err := s.Case(t.Context(), second)
		require.NoError(t, err)
		require.True(t, *c.Conversion.Unique)
		require.Nil(t, c.Decisions[0].Detail.Checks[2].Seen.Metrics[0].EarlierAt)
	})
}

// A call that was sent as unique before its end is no unique target call if one that started
// earlier, and was reported later, is it already.
func TestR5_ACallThatCountsBeforeItsEndIsNoSecondUniqueTarget(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w, report := caseOfCaller(t, s, clock, conversion.MetricUnique)
		at := clock.Now()
		second := report("second", startedAt(at.Add(time.Minute)))
		planned, err := runLocal(t, w.Plan, workflows.PlanInput{ConversionID: second})
		require.NoError(t, err)
		require.Len(t, planned.Early, 1)
		clock.Advance(time.Second)
		first := report("first", startedAt(at))
		report("first", answeredUntil(at.Add(3*time.Minute)))
		decidedAs(t, w, first)
		report("second", answeredUntil(at.Add(5*time.Minute)))
		decidedAs(t, w, second)
		require.Equal(t, 1, countedAs(t, s, conversion.MetricUniqueTarget, first, second))
		require.Equal(t, 1, countedAs(t, s, conversion.MetricUnique, first, second))
	})
}

// A call that was sent as unique before its end does not stay so if an event that comes late
// names another caller, who has called before.
func TestR5_ACallThatCountsBeforeItsEndCountsForItsCallerOnly(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w, report := caseOfCaller(t, s, clock, conversion.MetricUnique)
		at := clock.Now()
		first := report("first", startedAt(at))
		report("first", answeredUntil(at.Add(time.Minute)))
		require.Equal(t, 1, decidedAs(t, w, first))
		start := startedAt(at.Add(time.Hour))
		start.Caller = "+12025550177"
		second := report("second", start)
		planned, err := runLocal(t, w.Plan, workflows.PlanInput{ConversionID: second})
		require.NoError(t, err)
		require.Len(t, planned.Early, 1)
		clock.Advance(time.Second)
		report("second", conversion.CallEvent{Type: conversion.EventAnswered, At: at.Add(59 * time.Minute)})
		report("second", answeredUntil(at.Add(2*time.Hour)))
		decidedAs(t, w, second)
		require.Equal(t, 1, countedAs(t, s, conversion.MetricUnique, first, second))
	})
}

// A call of a person who called long before counts again, whatever was found of the one before.
func TestR5_ACallAfterTheUniquenessDaysIsUniqueAgain(t *testing.T) {
	t.Parallel()
	modeltest.EachAt(t, func(t *testing.T, s *models.Store, clock *clockwork.FakeClock) {
		w, report := caseOfCaller(t, s, clock, conversion.MetricUnique)
		for n, name := range []string{"first", "second", "third"} {
			clock.Advance(time.Duration(n*40) * 24 * time.Hour)
			at := clock.Now().Add(123456 * time.Microsecond)
			call := report(name, startedAt(at))
			report(name, answeredUntil(at.Add(time.Minute)))
			require.Equal(t, 1, decidedAs(t, w, call))
			require.Equal(t, 1, countedAs(t, s, conversion.MetricUniqueTarget, call))
		}
	})
}
