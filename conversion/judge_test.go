package conversion_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
)

func codes(d conversion.Decision) []conversion.CheckCode {
	var codes []conversion.CheckCode
	for _, c := range d.Checks {
		codes = append(codes, c.Code)
	}
	return codes
}

func TestR9_SwitchedOffSkips(t *testing.T) {
	t.Parallel()
	criteria := asking(metrics(conversion.MetricAll))
	criteria.Enabled = false
	d := conversion.Judge(criteria, answered(45))
	require.Equal(t, conversion.Skip, d.Verdict)
	require.Equal(t, conversion.ReasonSwitchedOff, d.Reason)
	require.Equal(t, conversion.SeenOff, check(d, conversion.CheckSwitch).Seen.Code)
	require.True(t, check(d, conversion.CheckMetric).Passed, "the rest is judged all the same")
}

func TestR4_KindsWithoutRulesAreNotSent(t *testing.T) {
	t.Parallel()
	for _, f := range []conversion.Facts{answered(45), arrived("a@example.com")} {
		d := conversion.Judge(conversion.Criteria{Enabled: true, Site: site}, f)
		require.Equal(t, conversion.Skip, d.Verdict)
		require.Equal(t, conversion.ReasonKindOff, d.Reason)
		require.Equal(t, conversion.SeenNoRules, check(d, conversion.CheckKind).Seen.Code)
		require.Equal(t, []conversion.CheckCode{"switch", "kind"}, codes(d), "there is nothing more to check")
	}
}

func TestJudgeListsEveryCheckInOneOrder(t *testing.T) {
	t.Parallel()
	rules := metrics(conversion.MetricTarget)
	rules.Tags.Any = []string{"sales"}
	rules.Traffic = new(leaf("medium", conversion.OpEquals, "cpc"))
	criteria := asking(rules)
	criteria.Enabled = false
	criteria.Needs = []conversion.Check{
		{Code: conversion.CheckVisitorID, Seen: conversion.Seen{Code: conversion.SeenVisitorID}, Passed: true},
		{Code: "value", Seen: conversion.Seen{Code: "no_value"}},
	}
	d := conversion.Judge(criteria, answered(12))
	require.Equal(t, []conversion.CheckCode{"switch", "kind", "metric", "tags", "traffic", "visitor_id", "value"}, codes(d))
	for code, reason := range map[conversion.CheckCode]conversion.Reason{
		"switch": conversion.ReasonSwitchedOff, "kind": "", "metric": conversion.ReasonMetric, "tags": conversion.ReasonTags,
		"traffic": conversion.ReasonTraffic, "visitor_id": "", "value": conversion.ReasonDestination,
	} {
		c := check(d, code)
		require.Equal(t, reason, c.Reason, code)
		require.Equal(t, reason == "", c.Passed, code)
		require.NotEmpty(t, c.Seen.Code, code)
	}
	require.Equal(t, conversion.ReasonSwitchedOff, d.Reason, "the first that failed")
}

func TestR3_WhatTheDestinationNeeds(t *testing.T) {
	t.Parallel()
	criteria := asking(metrics(conversion.MetricAll))
	criteria.Needs = []conversion.Check{{
		Code: conversion.CheckVisitorID, Seen: conversion.Seen{Code: conversion.SeenNoVisitorID}, Reason: conversion.ReasonNoVisitorID,
	}}
	d := conversion.Judge(criteria, answered(45))
	require.Equal(t, conversion.Skip, d.Verdict)
	require.Equal(t, conversion.ReasonNoVisitorID, d.Reason)
	criteria.Needs[0].Passed = true
	require.Equal(t, conversion.ReasonSent, conversion.Judge(criteria, answered(45)).Reason)
}

func TestDecisionsNeverNameThePerson(t *testing.T) {
	t.Parallel()
	const email = "someone@example.com"
	for person, f := range map[string]conversion.Facts{
		caller: conversion.FoldCall([]conversion.CallEvent{
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
