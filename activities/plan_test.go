package activities_test

import (
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/decision"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/websites"
	"ringback/workflows"
)

func plan(t *testing.T, w world) workflows.Plan {
	t.Helper()
	p, err := runLocal(t, w.Plan, workflows.PlanInput{ConversionID: "cnv_1"})
	require.NoError(t, err)
	return p
}

func TestPlanReturnsWhatIsKnown(t *testing.T) {
	t.Parallel()
	answered := conversion.CallEvent{ID: "e3", Type: conversion.EventAnswered, At: noon.Add(5 * time.Second)}
	tests := map[string]struct {
		events []conversion.CallEvent
		change func(*models.Case)
		wanted workflows.Plan
	}{
		"ringing": {
			events: []conversion.CallEvent{started()},
			wanted: workflows.Plan{StartKnown: true, Status: "ringing", CloseAt: noon.Add(4 * time.Hour)},
		},
		"answered": {
			events: []conversion.CallEvent{answered, started()},
			wanted: workflows.Plan{StartKnown: true, Status: "answered", CloseAt: noon.Add(4 * time.Hour)},
		},
		"the end overtook the start: the deadline counts from the end": {
			events: []conversion.CallEvent{endedAfter(45)},
			wanted: workflows.Plan{Ended: true, Status: "ended", CloseAt: noon.Add(4 * time.Hour), SettledAt: noon.Add(71 * time.Second)},
		},
		"the source asks to settle": {
			events: []conversion.CallEvent{started()},
			change: func(c *models.Case) { c.Conversion.Source = "callrail" },
			wanted: workflows.Plan{StartKnown: true, Status: "ringing", CloseAt: noon.Add(4 * time.Hour), Settle: 20 * time.Minute},
		},
		"the site's own setting beats the source's, zero too": {
			events: []conversion.CallEvent{started()},
			change: func(c *models.Case) {
				c.Conversion.Source, c.Source = "callrail", &websites.Source{LateDataSeconds: 0}
			},
			wanted: workflows.Plan{StartKnown: true, Status: "ringing", CloseAt: noon.Add(4 * time.Hour)},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := callCase(test.events)
			if test.change != nil {
				test.change(&c)
			}
			test.wanted.StartGrace, test.wanted.SiteName = decision.StartGrace, "Sample"
			w := newWorld(c)
			w.Clock = clockwork.NewFakeClockAt(noon.Add(time.Minute))
			test.wanted.At = noon.Add(time.Minute)
			require.Equal(t, test.wanted, plan(t, w))
		})
	}
}

func TestR5_PlanDecidesOnACallThatIsOver(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		events []conversion.CallEvent
		settle int // seconds
		at     time.Duration
		over   bool
	}{
		"its end is stored":               {[]conversion.CallEvent{started(), endedAfter(45)}, 0, 61 * time.Second, true},
		"late data is waited for":         {[]conversion.CallEvent{started(), endedAfter(45)}, 30, 90 * time.Second, false},
		"late data is waited for no more": {[]conversion.CallEvent{started(), endedAfter(45)}, 30, 91 * time.Second, true},
		"its start is waited for":         {[]conversion.CallEvent{endedAfter(45)}, 0, 70 * time.Second, false},
		"its start is waited for no more": {[]conversion.CallEvent{endedAfter(45)}, 0, 71 * time.Second, true},
		"it goes on":                      {[]conversion.CallEvent{started()}, 0, 91 * time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := callCase(test.events, integration("int_target", conversion.MetricTarget))
			c.Source = &websites.Source{LateDataSeconds: test.settle}
			w := newWorld(c)
			w.Clock = clockwork.NewFakeClockAt(noon.Add(test.at))
			p := plan(t, w)
			require.Equal(t, test.over, p.Closed != nil)
			if !test.over {
				require.Empty(t, w.store.saved)
				return
			}
			require.True(t, p.Ended)
			require.Equal(t, "answered", p.Closed.Status)
			require.Len(t, w.store.saved, 1)
			require.True(t, w.store.saved[0].Final)
			require.Equal(t, conversion.AtEnd, w.store.saved[0].Moment)
			require.True(t, plan(t, w).Decided)
			require.Len(t, w.store.saved, 1, "it is decided once")
		})
	}
}

func TestR5_PlanDecidesEarlyOnlyWhatTheStartAnswers(t *testing.T) {
	t.Parallel()
	tagged, off, picky := integration("int_tags", conversion.MetricAll), integration("int_off", conversion.MetricAll), integration("int_picky", conversion.MetricAll)
	tagged.Settings.Calls.Tags = conversion.TagFilter{Any: []string{"sales"}}
	off.Enabled = false
	picky.Settings.Calls.Traffic = &conversion.Condition{Field: "medium", Operator: conversion.OpEquals, Values: []string{"email"}}
	w := newWorld(callCase([]conversion.CallEvent{started()},
		integration("int_all", conversion.MetricAll), integration("int_unique", conversion.MetricUnique),
		integration("int_target", conversion.MetricTarget), tagged, off, picky))
	p := plan(t, w)

	require.Len(t, p.Early, 2)
	require.Equal(t, "int_all", p.Early[0].IntegrationID)
	require.Equal(t, "int_unique", p.Early[1].IntegrationID)
	closeAt := noon.Add(4 * time.Hour)
	end := func(id string, why conversion.WaitReason) workflows.Waiting {
		waits := []conversion.Wait{{For: conversion.WaitForEnd, Why: why}}
		return workflows.Waiting{IntegrationID: id, IntegrationType: "place", IntegrationName: "Place", Waits: waits, Until: &closeAt}
	}
	require.Equal(t, []workflows.Waiting{
		end("int_target", conversion.WaitMetric), end("int_tags", conversion.WaitTags), end("int_off", conversion.WaitSwitchedOff),
	}, p.Waiting)
	require.Equal(t, []workflows.Skipped{
		{IntegrationID: "int_picky", IntegrationType: "place", IntegrationName: "Place", Reason: conversion.ReasonTraffic},
	}, p.Skipped)
	require.False(t, w.store.saved[0].Final)
	require.Equal(t, conversion.AtStart, w.store.deliveries[0].Event.Moment)
	require.Nil(t, w.store.deliveries[0].Event.Target, "not known yet")
}

func TestPlanWaitsForAVisitorIDThatMayStillCome(t *testing.T) {
	t.Parallel()
	nobody := started()
	nobody.VisitorIDs = nil
	w := newWorld(callCase([]conversion.CallEvent{nobody}, integration("int_all", conversion.MetricAll)))
	p := plan(t, w)
	require.Empty(t, p.Early)
	require.Empty(t, p.Skipped, "a skip is final, and the id may be linked during the call")
	closeAt := noon.Add(4 * time.Hour)
	require.Equal(t, []workflows.Waiting{{
		IntegrationID: "int_all", IntegrationType: "place", IntegrationName: "Place", Until: &closeAt,
		Waits: []conversion.Wait{{For: conversion.WaitForVisitorID, Why: conversion.WaitDestination}},
	}}, p.Waiting)
	require.Empty(t, w.store.saved, "nothing decided, nothing written")
}

func TestG2_PlanAgainDecidesNothingTwice(t *testing.T) {
	t.Parallel()
	w := newWorld(callCase([]conversion.CallEvent{started()}, integration("int_all", conversion.MetricAll)))
	first := plan(t, w)
	require.Equal(t, first, plan(t, w))
	require.Len(t, w.store.deliveries, 1)
	w.store.it.Events = callCase([]conversion.CallEvent{started(), endedAfter(45)}).Events
	decided := decide(t, w, conversion.AtEnd)
	require.Equal(t, first.Early, decided.Deliveries, "the early delivery is still the only one")
	require.Equal(t, 1, w.count["call send all_checks_passed"])
}

func TestPlanAfterEverythingWasDecided(t *testing.T) {
	t.Parallel()
	w := newWorld(callCase([]conversion.CallEvent{started(), endedAfter(45)},
		integration("int_all", conversion.MetricAll), integration("int_target", conversion.MetricTarget)))
	decide(t, w, conversion.AtEnd)
	w.store.deliveries[0].State = deliveries.Delivered
	p := plan(t, w)
	require.True(t, p.Decided)
	require.Len(t, p.Early, 1, "only the open one is left to see through")
	require.Equal(t, "int_target", p.Early[0].IntegrationID)
	require.Empty(t, p.Waiting)
}

// A workflow task that is retried plans once more after the decisions.
func TestPlanAfterEveryDecisionReturnsTheFinalStatus(t *testing.T) {
	t.Parallel()
	missed := endedAfter(0)
	missed.Outcome, missed.TalkSeconds = conversion.OutcomeMissed, nil
	late := endedAfter(45)
	late.ID = "e9"
	tests := map[string]struct {
		events []conversion.CallEvent
		moment conversion.Moment
		status string
	}{
		"answered":   {[]conversion.CallEvent{started(), endedAfter(45)}, conversion.AtEnd, "answered"},
		"missed":     {[]conversion.CallEvent{started(), missed}, conversion.AtEnd, "missed"},
		"incomplete": {[]conversion.CallEvent{started()}, conversion.AtIncomplete, "incomplete"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(callCase(test.events, integration("int_all", conversion.MetricAll)))
			require.Equal(t, test.status, decide(t, w, test.moment).Status)
			w.store.it.Events = append(w.store.it.Events, models.EventRow{Seq: 9, EventID: "e9", Type: "ended", Call: &late, Late: true})
			p := plan(t, w)
			require.True(t, p.Decided)
			require.Equal(t, test.status, p.Status, "what came late changes nothing")
			require.Equal(t, test.status, decide(t, w, test.moment).Status)
		})
	}
}

func TestG5_EventThatComesWhileDecidingEarlyIsJudgedToo(t *testing.T) {
	t.Parallel()
	w := newWorld(callCase([]conversion.CallEvent{started()}, integration("int_all", conversion.MetricAll)))
	linked := conversion.CallEvent{ID: "e2", Type: conversion.EventLinked, At: noon.Add(time.Second), SessionID: "session-7"}
	w.store.beforeSave = func() {
		w.store.beforeSave = nil
		w.store.it.Events = append(w.store.it.Events, models.EventRow{Seq: 2, EventID: "e2", Type: "linked", Call: &linked})
	}
	require.Len(t, plan(t, w).Early, 1)
	require.Len(t, w.store.saved, 1)
	require.EqualValues(t, 2, w.store.saved[0].JudgedSeq)
	require.Equal(t, "session-7", w.store.deliveries[0].Event.SessionID)
}

func TestG4_WorkflowsAndTheAPIUseTheSameStates(t *testing.T) {
	t.Parallel()
	for state, want := range map[workflows.StandingState]decision.State{
		workflows.StandingWaiting: decision.Waiting, workflows.StandingSkipped: decision.Skipped,
		workflows.StandingDelivered: decision.Delivered, workflows.StandingFailed: decision.Failed,
	} {
		require.EqualValues(t, want, state)
	}
}
