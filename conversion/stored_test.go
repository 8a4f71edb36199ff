package conversion_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/fault"
)

func TestDecisionsOfEarlierVersionsAreRead(t *testing.T) {
	t.Parallel()
	const stored = `{"verdict":"skip","reason":"tag_filter_not_met","explanation":"Skipped: tag filter wants any of: sales.","moment":"end","checks":[
		{"name":"switch","wanted":"switched on","seen":"switched on","passed":true},
		{"name":"tags","wanted":"any of: sales","seen":"the call had no tags at its end","passed":false,
		 "note":"'sales' came 4 minutes later and does not count","reason":"tag_filter_not_met"}]}`
	var d conversion.Decision
	require.NoError(t, json.Unmarshal([]byte(stored), &d))
	want := conversion.Decision{
		Verdict: conversion.Skip, Reason: conversion.ReasonTags, Moment: conversion.AtEnd,
		Text: "Skipped: tag filter wants any of: sales.",
		Checks: []conversion.Check{
			{
				Code: conversion.CheckSwitch, Passed: true, Wanted: conversion.Wanted{Text: "switched on"},
				Seen: conversion.Seen{Code: conversion.SeenText, Text: "switched on"},
			},
			{
				Code: conversion.CheckTags, Reason: conversion.ReasonTags, Wanted: conversion.Wanted{Text: "any of: sales"},
				Seen:  conversion.Seen{Code: conversion.SeenText, Text: "the call had no tags at its end"},
				Notes: []conversion.Note{{Code: conversion.NoteText, Text: "'sales' came 4 minutes later and does not count"}},
			},
		},
	}
	require.Equal(t, want, d)

	again, err := json.Marshal(d)
	require.NoError(t, err)
	var read conversion.Decision
	require.NoError(t, json.Unmarshal(again, &read))
	require.Equal(t, want, read)

	const wrong = `{"code":"settings","seen":{"code":"settings_wrong","problems":[{"path":"options.url","expected":"a URL"}]}}`
	var c conversion.Check
	require.NoError(t, json.Unmarshal([]byte(wrong), &c))
	require.Equal(t, []conversion.FieldProblem{{Path: "options.url", Expected: fault.Expectation{Text: "a URL"}}}, c.Seen.Problems)

	for _, broken := range []string{`{"checks":[{"wanted":1}]}`, `{"checks":[{"seen":[]}]}`, `{"checks":1}`} {
		require.Error(t, json.Unmarshal([]byte(broken), &d), broken)
	}
}

func TestDecisionsAreReadAsTheyWereStored(t *testing.T) {
	t.Parallel()
	rules := metrics(conversion.MetricUniqueTarget, conversion.MetricFailed)
	rules.Tags.Any = []string{"sales"}
	rules.Traffic = new(leaf("medium", conversion.OpEquals, "cpc"))
	stored, err := json.Marshal(conversion.Judge(asking(rules), tagged(visited(answered(12), adVisit), "vip")))
	require.NoError(t, err)
	var d conversion.Decision
	require.NoError(t, json.Unmarshal(stored, &d))
	again, err := json.Marshal(d)
	require.NoError(t, err)
	require.JSONEq(t, string(stored), string(again))
	require.NotContains(t, string(stored), "answered, talked", "no sentences are stored")
}
