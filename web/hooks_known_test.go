package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/models"
	"ringback/sources"
	"ringback/web"
)

// gossip is a source that reports a change to a call.
type gossip struct{ pigeon }

func (gossip) Parse(r sources.Request, _ sources.Settings) (sources.Reading, error) {
	event := conversion.CallEvent{ID: "e9", Type: conversion.EventTagged, At: r.ReceivedAt, Tags: []string{"sales"}}
	return reading(sources.Report{Kind: conversion.KindCall, ExternalID: "call-9", Event: &event, OnlyIfKnown: true}), nil
}

// fullStore is a store in which every call has the maximum number of events.
type fullStore struct{ web.Store }

func (fullStore) AcceptCallEvent(context.Context, models.CallEvent) (models.Accepted, error) {
	return models.Accepted{}, models.ErrTooManyEvents
}

// gossiped calls a webhook of a service with this store, and returns the status of the answer.
func gossiped(t *testing.T, w *world, store web.Store) int {
	t.Helper()
	o := options(store, w.clock, w.relay, w.outside, w.log)
	o.Sources = sources.NewRegistry(gossip{})
	var err error
	w.handler, err = web.New(o)
	require.NoError(t, err)
	address := w.must("PUT", "/sites/{site}/sources/pigeon", `{}`)["webhook_url"].(string)
	r := w.request(http.MethodPost, "//root"+strings.TrimPrefix(address, "https://ringback.example.com"), "", "gossip")
	r.Header.Set("X-Signature", "good")
	return w.serve(r).Code
}

func TestWebhookAboutAnUnknownCallIsAcceptedAndCreatesNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, http.StatusOK, gossiped(t, w, w.store))
	found := w.do("GET", "/sites/{site}/conversions?external_id=call-9", adminToken, "").Body.String()
	require.NotContains(t, found, "call-9")
}

// A provider would send it again and again.
func TestWebhookOfACallThatIsFullIsAcceptedAndListedAsUnread(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Equal(t, http.StatusOK, gossiped(t, w, fullStore{w.store}))
	require.Contains(t, w.log.String(), `"reason":"too_many_events"`)
	require.Contains(t, w.do("GET", "/sites/{site}/unread-messages", adminToken, "").Body.String(), `"code":"too_many_events"`)
}
