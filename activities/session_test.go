package activities_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models/visitors"
)

func TestG7_WhatTemporalSeesHoldsNothingOfTheSession(t *testing.T) {
	t.Parallel()
	session := visitors.Session{
		ID: "ses_1", SiteID: "site_1", VisitorID: "sample-visitor-0001", StartedAt: noon.Add(-90 * time.Minute),
		Traffic: conversion.Traffic{Source: "google", Medium: "cpc", Referrer: "https://www.google.com/"},
	}
	linked := conversion.CallEvent{
		ID: conversion.NumberEventID, Type: conversion.EventLinked, At: noon, SessionID: session.ID, TrackingNumber: "+12025550143",
	}
	start := started()
	start.VisitorIDs, start.Traffic = nil, nil
	c := callCase([]conversion.CallEvent{start, linked, endedAfter(45)}, integration("int_1", conversion.MetricAll))
	c.Conversion.SessionID, c.Session, c.VisitorIDs = session.ID, &session, map[string]string{"place": "from-the-cookie"}
	w := newWorld(c)
	w.store.visits = []conversion.Visit{{ID: session.ID, SessionID: session.ID, At: session.StartedAt, Traffic: session.Traffic}}
	seen, err := json.Marshal([]any{plan(t, w), decide(t, w, conversion.AtEnd)})
	require.NoError(t, err)
	require.Equal(t, "from-the-cookie", w.store.deliveries[0].Event.VisitorIDs["place"])
	for _, private := range []string{"from-the-cookie", "ses_1", "sample-visitor", "google", "2025550"} {
		require.NotContains(t, string(seen), private)
	}
}
