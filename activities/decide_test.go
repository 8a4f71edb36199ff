package activities_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"ringback/activities"
	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/workflows"
)

func decide(t *testing.T, w world, moment conversion.Moment) workflows.Decided {
	t.Helper()
	decided, err := runLocal(t, w.Decide, workflows.DecideInput{ConversionID: "cnv_1", Moment: moment})
	require.NoError(t, err)
	return decided
}

func TestDecideAtTheEndOfACall(t *testing.T) {
	t.Parallel()
	w := newWorld(callCase([]conversion.CallEvent{started(), endedAfter(45)},
		integration("int_all", conversion.MetricAll),
		integration("int_target", conversion.MetricTarget),
		integration("int_failed", conversion.MetricFailed)))
	decided := decide(t, w, conversion.AtEnd)

	require.Equal(t, "answered", decided.Status)
	require.Len(t, decided.Deliveries, 2)
	require.Equal(t, []workflows.Skipped{
		{IntegrationID: "int_failed", IntegrationType: "place", IntegrationName: "Place", Reason: conversion.ReasonMetric},
	}, decided.Skipped)
	saved := w.store.saved[0]
	require.True(t, saved.Final)
	require.Equal(t, conversion.AtEnd, saved.Moment)
	yes := true
	require.Equal(t, []*bool{&yes, &yes, &yes}, []*bool{saved.Unique, saved.Target, saved.UniqueTarget})
	require.Equal(t, decisionCounter{"call send all_checks_passed": 2, "call skip metric_not_met": 1}, w.count)
}

func TestDecideStoresTheSnapshotAndTheVersion(t *testing.T) {
	t.Parallel()
	i := integration("int_1", conversion.MetricTarget)
	i.Settings.Delivery = integrations.DeliveryPolicy{RetryForSeconds: 3600, TimeoutSeconds: 7, PerSecond: 2.5}
	w := newWorld(callCase([]conversion.CallEvent{started(), endedAfter(45)}, i))
	decided := decide(t, w, conversion.AtEnd)

	delivery := w.store.deliveries[0]
	require.Equal(t, []workflows.Delivery{{
		DeliveryID: delivery.ID, IntegrationID: "int_1", IntegrationType: "place",
		RetryFor: time.Hour, Timeout: 7 * time.Second, PerSecond: 2.5, IntegrationName: "Place", SiteName: "Sample",
	}}, decided.Deliveries)
	require.Equal(t, 3, w.store.it.Decisions[0].IntegrationVersion)
	require.Equal(t, w.store.it.Decisions[0].ID, delivery.DecisionID)
	require.Equal(t, noon.Add(2*time.Minute).Add(time.Hour), delivery.GiveUpAt)
	require.Equal(t, noon.Add(61*time.Second), delivery.AcceptedAt, "its last event came then")
	require.Equal(t, deliveries.Pending, delivery.State)
	require.Equal(t, "call/site_1/api/x-1", delivery.WorkflowID)

	event := delivery.Event
	require.Equal(t, "cnv_1", event.ID)
	require.Equal(t, delivery.ID, event.DeliveryID)
	require.Equal(t, "+12025550123", event.Phone)
	require.Equal(t, 45, *event.TalkSeconds)
	require.Equal(t, noon.Add(time.Minute), *event.EndedAt)
	require.Equal(t, []string{"sales"}, event.Tags)
	require.Equal(t, "v-1", event.VisitorIDs["place"])
	require.Equal(t, "cpc", event.Visit.Traffic.Medium)
	require.Equal(t, "https://shop.example.com/", event.PageURL)
	require.Equal(t, "https://search.example.com/", event.Referrer)
	require.True(t, *event.UniqueTarget)
}

func TestALeadHasNoCallStatus(t *testing.T) {
	t.Parallel()
	c := callCase(nil, integration("int_1", conversion.MetricAll))
	c.Conversion.Kind = conversion.KindLead
	c.Events = []models.EventRow{{Seq: 1, Type: "lead", Lead: &conversion.Lead{At: noon, VisitorIDs: map[string]string{"place": "v-1"}}}}
	decided := decide(t, newWorld(c), conversion.AtEnd)
	require.Empty(t, decided.Status)
	require.Len(t, decided.Deliveries, 1)
}

func TestDecideACallThatNeverEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(callCase([]conversion.CallEvent{started()},
		integration("int_all", conversion.MetricAll), integration("int_target", conversion.MetricTarget)))
	decided := decide(t, w, conversion.AtIncomplete)
	require.Equal(t, "incomplete", decided.Status)
	require.Len(t, decided.Deliveries, 1)
	require.Equal(t, conversion.ReasonIncomplete, decided.Skipped[0].Reason)
	require.True(t, w.store.saved[0].Incomplete)
}

func TestDecisionOnACancelledCallShowsIt(t *testing.T) {
	t.Parallel()
	target := integration("int_target", conversion.MetricTarget)
	w := newWorld(callCase([]conversion.CallEvent{started()}, target))
	decided := decide(t, w, conversion.AtCancelled)
	require.Equal(t, "incomplete", decided.Status)
	require.Equal(t, conversion.ReasonCancelled, decided.Skipped[0].Reason)
	require.Equal(t, conversion.AtCancelled, w.store.saved[0].Moment)
	require.True(t, w.store.saved[0].Incomplete)
	require.Equal(t, conversion.MetricCancelled, w.store.it.Decisions[0].Detail.Checks[2].Seen.Metrics[0].Code)

	w = newWorld(callCase([]conversion.CallEvent{started(), endedAfter(45)}, target))
	require.Equal(t, "answered", decide(t, w, conversion.AtCancelled).Status, "its end came meanwhile")
	require.Equal(t, conversion.AtEnd, w.store.saved[0].Moment)
}

func TestG2_DecideTwiceIsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(callCase([]conversion.CallEvent{started(), endedAfter(45)},
		integration("int_all", conversion.MetricAll), integration("int_failed", conversion.MetricFailed)))
	first := decide(t, w, conversion.AtEnd)
	w.store.it.Integrations[1].Settings.Calls.Metrics = []conversion.Metric{conversion.MetricAll}
	require.Equal(t, first, decide(t, w, conversion.AtEnd), "changed settings change no decision")
	require.Len(t, w.store.deliveries, 1)
	require.Equal(t, decisionCounter{"call send all_checks_passed": 1, "call skip metric_not_met": 1}, w.count)
}

func TestG5_EventThatComesWhileJudgingIsJudgedToo(t *testing.T) {
	t.Parallel()
	vip := integration("int_vip", conversion.MetricAll)
	vip.Settings.Calls.Tags = conversion.TagFilter{Any: []string{"vip"}}
	w := newWorld(callCase([]conversion.CallEvent{started(), endedAfter(45)}, vip))
	tagged := conversion.CallEvent{ID: "e3", Type: conversion.EventTagged, At: noon.Add(30 * time.Second), Tags: []string{"vip"}, TagOrigin: conversion.TagByHand}
	w.store.beforeSave = func() {
		w.store.beforeSave = nil
		w.store.it.Events = append(w.store.it.Events, models.EventRow{Seq: 3, EventID: "e3", Type: "tagged", Call: &tagged})
	}
	require.Len(t, decide(t, w, conversion.AtEnd).Deliveries, 1, "the tag was on the call at its end")
	require.Len(t, w.store.saved, 1)
	require.EqualValues(t, 3, w.store.saved[0].JudgedSeq)
}

func TestG7_WhatTemporalSeesHoldsNoPersonalData(t *testing.T) {
	t.Parallel()
	w := newWorld(callCase([]conversion.CallEvent{started(), endedAfter(45)},
		integration("int_all", conversion.MetricAll), integration("int_failed", conversion.MetricFailed)))
	plan, err := runLocal(t, w.Plan, workflows.PlanInput{ConversionID: "cnv_1"})
	require.NoError(t, err)
	seen, err := json.Marshal([]any{plan, decide(t, w, conversion.AtEnd)})
	require.NoError(t, err)
	for _, personal := range []string{"2025550", "Sample Caller", "v-1", "example.com", "not-a-real-secret"} {
		require.NotContains(t, string(seen), personal)
	}
}

func TestG7_ErrorsHoldNoPersonalData(t *testing.T) {
	t.Parallel()
	w := newWorld(callCase(nil))
	w.store.err = away
	_, err := runLocal(t, w.Decide, workflows.DecideInput{ConversionID: "cnv_1"})
	require.ErrorContains(t, err, "deciding: unavailable")
	require.NotContains(t, err.Error(), "2025550123")
	var app *temporal.ApplicationError
	require.ErrorAs(t, err, &app)
	require.Equal(t, activities.ErrorDeciding, app.Type())
	require.False(t, app.NonRetryable(), "the database comes back")
	require.Zero(t, app.NextRetryDelay(), "seconds would keep the workflow task open, and fill the history")
	require.NoError(t, app.Unwrap(), "the cause is for the log only")

	w.store.err = fault.New(fault.NotFound, "no such conversion")
	_, err = runLocal(t, w.Decide, workflows.DecideInput{ConversionID: "cnv_1"})
	require.ErrorAs(t, err, &app)
	require.True(t, app.NonRetryable(), "an erased conversion does not")
}
