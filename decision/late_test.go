package decision_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/decision"
	"ringback/decision/decisiontest"
	"ringback/models"
	"ringback/models/integrations"
)

func TestR6_LateTagsOfADecision(t *testing.T) {
	t.Parallel()
	rules := &conversion.Rules{Tags: conversion.TagFilter{Any: []string{"sales"}, None: []string{"spam"}}}
	late := func(label string) models.ConversionTag {
		return models.ConversionTag{Label: label, At: decisiontest.Noon.Add(5 * time.Minute), Late: true}
	}
	call := decisiontest.Call([]conversion.CallEvent{decisiontest.Started(), decisiontest.Ended(45)})
	all := models.Detail{
		Conversion: call.Conversion, Events: call.Events,
		Tags:     []models.ConversionTag{late("Sales"), late("other"), {Label: "spam", At: decisiontest.Noon}},
		Versions: []integrations.Version{{IntegrationID: "int_1", Version: 2, Settings: integrations.Settings{Calls: rules}}},
	}
	decided := models.Decision{IntegrationID: "int_1", IntegrationVersion: 2}
	want := conversion.Note{Code: conversion.NoteLateTag, Label: "Sales", Seconds: 240}
	require.Equal(t, []conversion.Note{want}, decision.LateTags(decided, all))

	for name, note := range map[string]conversion.Note{
		"the decision notes it itself": want,
		"as the second of two":         {Code: conversion.NoteText, Text: "'spam' came 2 minutes later and does not count; 'Sales' came 4 minutes later and does not count"},
		"as an earlier version did":    {Code: conversion.NoteText, Text: "'Sales' came 4 minutes later and does not count"},
	} {
		decided.Detail.Checks = []conversion.Check{{Code: conversion.CheckTags, Notes: []conversion.Note{note}}}
		require.Empty(t, decision.LateTags(decided, all), name)
	}
	for _, label := range []string{"big 'Sales' order", "Sales' first"} {
		note := conversion.Note{Code: conversion.NoteText, Text: "'" + label + "' came 4 minutes later and does not count"}
		decided.Detail.Checks = []conversion.Check{{Code: conversion.CheckTags, Notes: []conversion.Note{note}}}
		require.Equal(t, []conversion.Note{want}, decision.LateTags(decided, all), label)
	}
	decided.IntegrationVersion, decided.Detail.Checks = 1, nil
	require.Empty(t, decision.LateTags(decided, all), "the filter of that version is not known")
}
