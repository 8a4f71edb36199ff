package sources_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/sources"
)

func TestReportsAreStorable(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	event := conversion.CallEvent{
		ID: "e", Type: conversion.EventStarted, At: at, CallerName: "Sam\x00ple\xff", Tags: []string{"a\x00", "a", " "},
		VisitorIDs: map[string]string{"x": "1\x00", "long": string(make([]byte, 3000))},
		Traffic:    &conversion.Traffic{Source: "s\x00", ClickIDs: map[string]string{"gclid": "g\x00"}},
	}
	clean := sources.CallReport("7", event).Clean()
	require.Equal(t, &conversion.CallEvent{
		ID: "e", Type: conversion.EventStarted, At: at, CallerName: "Sample\uFFFD", Tags: []string{"a"},
		VisitorIDs: map[string]string{"x": "1"}, Traffic: &conversion.Traffic{Source: "s", ClickIDs: map[string]string{"gclid": "g"}},
	}, clean.Event)
	require.Equal(t, "Sam\x00ple\xff", event.CallerName, "the report itself is not changed")

	lead := sources.Report{Kind: conversion.KindLead, ExternalID: "7", Lead: &conversion.Lead{At: at, Name: "\x00", Fields: map[string]string{"a\x00": "b\x00"}}}
	require.Equal(t, &conversion.Lead{At: at, Fields: map[string]string{"a": "b"}}, lead.Clean().Lead)
}

func TestR6_TagsOfUnknownTimeAreOfTheArrival(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	first, again := sources.LateTags("7", []string{"a"}, at), sources.LateTags("7", []string{"a"}, at.Add(time.Hour))
	require.Equal(t, first[0].Event.ID, again[0].Event.ID)
	require.Equal(t, at, first[0].Event.At)
	require.True(t, first[0].OnlyIfKnown)
	require.Empty(t, sources.LateTags("7", nil, at))
}

func TestSecretsMayBeReplaced(t *testing.T) {
	t.Parallel()
	secrets := sources.Secrets(" old\n new ")
	require.True(t, sources.IsAny(secrets, "old"))
	require.True(t, sources.IsAny(secrets, "new"))
	require.False(t, sources.IsAny(secrets, "ne"))
	require.False(t, sources.IsAny(sources.Secrets(""), ""))
	require.False(t, sources.SignedWithAny(secrets, "no base64!", nil))
}

func TestVisitorIDsComeFromTheFirstPlaceThatHasOne(t *testing.T) {
	t.Parallel()
	places := sources.Places("bizible = a, bizible=b, rtbhouse=c")
	require.False(t, sources.WrongPlaces(places))
	require.True(t, sources.WrongPlaces(sources.Places("bizible")))
	values := map[string]string{"a": "undefined", "b": "biz", "c": ""}
	got := sources.VisitorIDs(places, func(path string) string { return values[path] }, map[string]string{"own": "1", "none": ""})
	require.Equal(t, map[string]string{"bizible": "biz", "own": "1"}, got)
	require.Nil(t, sources.VisitorIDs(nil, nil, nil))
}
