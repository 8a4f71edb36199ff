package conversion_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
)

func names(d conversion.Decision) []string {
	var names []string
	for _, c := range d.Checks {
		names = append(names, c.Name)
	}
	return names
}

func TestR9_SwitchedOffSkips(t *testing.T) {
	t.Parallel()
	ask := asking(metrics(conversion.MetricAll))
	ask.Enabled = false
	d := conversion.Judge(ask, answered(45))
	require.Equal(t, conversion.Skip, d.Verdict)
	require.Equal(t, conversion.ReasonSwitchedOff, d.Reason)
	require.Equal(t, "Skipped: the integration is switched off.", d.Explanation)
	require.True(t, check(d, conversion.CheckMetric).Passed, "the rest is judged all the same")
}

func TestR4_KindsWithoutRulesAreNotSent(t *testing.T) {
	t.Parallel()
	for noun, f := range map[string]conversion.Facts{"calls": answered(45), "leads": arrived("a@example.com")} {
		d := conversion.Judge(conversion.Ask{Enabled: true, Site: site}, f)
		require.Equal(t, conversion.Skip, d.Verdict)
		require.Equal(t, conversion.ReasonKindOff, d.Reason)
		require.Equal(t, "Skipped: the integration does not send "+noun+".", d.Explanation)
		require.Equal(t, []string{"switch", "kind"}, names(d), "there is nothing more to check")
	}
}

func TestJudgeListsEveryCheckInOneOrder(t *testing.T) {
	t.Parallel()
	rules := metrics(conversion.MetricTarget)
	rules.Tags.Any = []string{"sales"}
	rules.Traffic = new(leaf("medium", conversion.OpEquals, "cpc"))
	ask := asking(rules)
	ask.Enabled = false
	ask.Needs = []conversion.Check{
		{Name: "visitor_id", Wanted: "a visitor id", Seen: "a visitor id", Passed: true},
		{Name: "value", Wanted: "a value", Seen: "none"},
	}
	d := conversion.Judge(ask, answered(12))
	require.Equal(t, []string{"switch", "kind", "metric", "tags", "traffic", "visitor_id", "value"}, names(d))
	for name, reason := range map[string]conversion.Reason{
		"switch": conversion.ReasonSwitchedOff, "kind": "", "metric": conversion.ReasonMetric, "tags": conversion.ReasonTags,
		"traffic": conversion.ReasonTraffic, "visitor_id": "", "value": conversion.ReasonDestination,
	} {
		c := check(d, name)
		require.Equal(t, reason, c.Reason, name)
		require.Equal(t, reason == "", c.Passed, name)
		require.NotEmpty(t, c.Wanted, name)
		require.NotEmpty(t, c.Seen, name)
	}
	require.Equal(t, conversion.ReasonSwitchedOff, d.Reason, "the first that failed")
}

func TestR3_WhatTheDestinationNeeds(t *testing.T) {
	t.Parallel()
	ask := asking(metrics(conversion.MetricAll))
	ask.Needs = []conversion.Check{{
		Name: "visitor_id", Wanted: "the visitor's RTB House id", Seen: "none", Note: "without it there is nothing to join on",
		Reason: conversion.ReasonNoVisitorID,
	}}
	d := conversion.Judge(ask, answered(45))
	require.Equal(t, conversion.Skip, d.Verdict)
	require.Equal(t, conversion.ReasonNoVisitorID, d.Reason)
	require.Equal(t, "Skipped: the destination needs the visitor's RTB House id; seen: none; without it there is nothing to join on.", d.Explanation)
	ask.Needs[0].Passed = true
	require.Equal(t, conversion.ReasonSent, conversion.Judge(ask, answered(45)).Reason)
}

func TestDecisionsNeverNameThePerson(t *testing.T) {
	t.Parallel()
	const email = "someone@example.com"
	for person, f := range map[string]conversion.Facts{
		caller: conversion.FoldCall([]conversion.Event{
			{ID: "1", Type: conversion.EventStarted, At: started, Caller: caller, CallerName: "sample name", SessionID: "session-1"},
			{ID: "2", Type: conversion.EventEnded, At: ended, TalkSeconds: new(45)},
		}).Facts(nil, conversion.Earlier{LastAt: started.AddDate(0, 0, -1), LastTargetAt: started.AddDate(0, 0, -1)}),
		email: conversion.Lead{At: started, Email: email, Name: "sample name"}.Facts(nil, conversion.Earlier{LastAt: started.AddDate(0, 0, -1)}),
	} {
		for _, m := range conversion.MetricsOf(f.Kind) {
			said, err := json.Marshal(conversion.Judge(asking(metrics(m)), f))
			require.NoError(t, err)
			require.NotContains(t, string(said), person)
			require.NotContains(t, string(said), "sample name")
		}
	}
}
