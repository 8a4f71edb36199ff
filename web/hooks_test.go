package web_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/unread"
	"ringback/models"
	"ringback/sources"
	"ringback/web"
)

// pigeon is a source whose result is in the webhook's body.
type pigeon struct{}

func (pigeon) Describe() sources.Description {
	return sources.Description{Name: "pigeon", Title: "Pigeon Post", SettleSeconds: 7}
}

func (pigeon) Validate(sources.Settings) []fault.Field { return nil }

func (pigeon) Verify(r sources.Request, _ sources.Settings) error {
	if r.Header.Get("X-Signature") != "good" || !strings.HasPrefix(r.URL.String(), "https://ringback.example.com/hooks/pigeon/") {
		return fault.New(fault.Unauthenticated, "header_missing").With("Header", "X-Signature")
	}
	return nil
}

func (pigeon) Parse(r sources.Request, s sources.Settings) (sources.Reading, error) {
	event := conversion.CallEvent{ID: "e1", Type: conversion.EventStarted, At: r.ReceivedAt, Caller: "+12025550123"}
	call := sources.Report{Kind: conversion.KindCall, ExternalID: "call-7", Event: &event}
	lead := sources.Report{Kind: conversion.KindLead, ExternalID: "lead-7", Lead: &conversion.Lead{At: r.ReceivedAt, Email: "visitor@example.com"}}
	switch string(r.Body) {
	case "ping":
		return sources.Reading{LeftOut: sources.TestMessage}, nil
	case "call and lead":
		return reading(call, lead), nil
	case "slash":
		call.ExternalID = "a/b"
		return reading(call), nil
	case "empty":
		return reading(sources.Report{Kind: conversion.KindCall, ExternalID: "call-8"}), nil
	case "panic":
		panic("psychic")
	case "no time":
		return sources.Reading{}, unread.Expecting(unread.BadTime, "sent_at", "2026-03-01T12:00:00Z")
	default:
		return sources.Reading{}, errors.New("psychic " + string(r.Body) + s.TimeZone.String())
	}
}

func reading(reports ...sources.Report) sources.Reading { return sources.Reading{Reports: reports} }

func TestWebhooks(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := options(w.store, w.clock, w.relay, w.outside, w.log)
	o.Sources = sources.NewRegistry(pigeon{})
	var err error
	w.handler, err = web.New(o)
	require.NoError(t, err)
	put := w.must("PUT", "/sites/{site}/sources/pigeon", `{}`)
	require.EqualValues(t, 7, put["late_data_seconds"], "the source's own default")
	address := strings.TrimPrefix(put["webhook_url"].(string), "https://ringback.example.com")
	key := strings.TrimPrefix(address, "/hooks/pigeon/")

	call := func(path, signature, body string) (int, string) {
		r := w.request(http.MethodPost, "//root"+path, "", body)
		r.Header.Set("X-Signature", signature)
		answer := w.serve(r)
		return answer.Code, answer.Body.String()
	}
	for _, tc := range []struct {
		name, path, signature, body string
		status                      int
		holds                       string
	}{
		{"a test ping", address, "good", "ping", 200, `{"accepted":0,"left_out":"test_message"}`},
		{"a call and a lead", address, "good", "call and lead", 200, `{"accepted":2}`},
		{"the same again", address, "good", "call and lead", 200, `{"accepted":2}`},
		{"with a macro in its address", address + "?utm_campaign={campaign_id}", "good", "call and lead", 200, `{"accepted":2,"not_replaced":["utm_campaign"]}`},
		{"a byte order mark first", address, "good", "\uFEFFcall and lead", 200, `{"accepted":2}`},
		{"wrong signature", address, "bad", "call and lead", 401, "the header X-Signature is missing"},
		{"a call as if it was listed", address + "?event=listed", "good", "call and lead", 401, "from Ringback itself"},
		{"unknown key", "/hooks/pigeon/unknown", "good", "ping", 404, "not_found"},
		{"key of another source", "/hooks/callrail/" + key, "good", "ping", 404, "not_found"},
		{"cannot be read", address, "good", "??", 200, `"unread":{"code":"reader_failed"}`},
		{"an id that Temporal may not show", address, "good", "slash", 200, `"unread":{"code":"id_unusable"}`},
		{"nothing in it", address, "good", "empty", 200, `"unread":{"code":"reader_failed"}`},
		{"a reader with a fault", address, "good", "panic", 200, `"unread":{"code":"reader_failed"}`},
		{"no time", address, "good", "no time", 200, `"unread":{"code":"time_unreadable","field":"sent_at","example":"2026-03-01T12:00:00Z"}`},
		{"cannot be read, and not verified", address, "bad", "??", 401, "the header X-Signature is missing"},
		{"above the bound, with a secret that is right", address, "good", strings.Repeat("x", 8<<20+1), 200, `"unread":{"code":"too_large"}`},
		{"above the bound, and not verified", address, "bad", strings.Repeat("x", 8<<20+1), 413, "too_large"},
	} {
		status, body := call(tc.path, tc.signature, tc.body)
		require.Equal(t, tc.status, status, "%s: %s", tc.name, body)
		require.Contains(t, body, tc.holds, tc.name)
		require.NotContains(t, body, "psychic", tc.name)
	}
	w.run(t, []scenario{
		{name: "the call is stored", method: "GET", path: "/sites/{site}/conversions?external_id=call-7", status: 200, holds: []string{`"source":"pigeon"`, `workflows/call%2F{site}%2Fpigeon%2Fcall-7`}},
		{name: "the lead has the source in front", method: "GET", path: "/sites/{site}/conversions?external_id=pigeon:lead-7", status: 200, holds: []string{`"kind":"lead"`}},
		{name: "switch off", method: "PUT", path: "/sites/{site}/sources/pigeon", body: `{"enabled":false}`, status: 200},
	})
	status, body := call(address, "good", "ping")
	require.Equal(t, http.StatusGone, status, body)
}

func TestG8_AnotherWebhookURLEndsTheOldOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	path := func(body string) string {
		return strings.TrimPrefix(w.must("PUT", "/sites/{site}/sources/callrail", body)["webhook_url"].(string), "https://ringback.example.com")
	}
	status := func(path string) int { return w.serve(w.request(http.MethodPost, "//root"+path, "", "{}")).Code }
	old := path(`{"credentials":{"signing_keys":"sample-key"}}`)
	require.Equal(t, http.StatusUnauthorized, status(old), "it is found, and not signed")
	require.Equal(t, old, path(`{"late_data_seconds":5}`))
	renewed := path(`{"new_webhook_url":true}`)
	require.Equal(t, http.StatusNotFound, status(old))
	require.Equal(t, http.StatusUnauthorized, status(renewed))
}

func TestWaitForLateDataIsExplained(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PUT", "/sites/{site}/sources/api", `{"late_data_seconds":30}`)
	id := w.must("POST", "/sites/{site}/calls/call-5/events", `{"type":"ended","at":"2026-01-31T12:16:50Z","outcome":"missed"}`)["conversion_id"].(string)
	detail := w.do("GET", "/conversions/"+id, adminToken, "").Body.String()
	require.Contains(t, detail, "late data from the source")
	require.Contains(t, detail, `"until":"`+start.Add(40*time.Second).Format(time.RFC3339)+`"`, "from when the end was reported, ten seconds for the start included, as the workflow counts")
}

func TestLateDataSecondsOfTheSourceAreTheDefault(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	o := options(w.store, w.clock, w.relay, w.outside, w.log)
	o.Sources = sources.NewRegistry(pigeon{})
	var err error
	w.handler, err = web.New(o)
	require.NoError(t, err)
	ended := conversion.CallEvent{ID: "e1", Type: conversion.EventEnded, At: start, Outcome: conversion.OutcomeMissed}
	accepted, err := w.store.AcceptCallEvent(t.Context(), models.CallEvent{
		SiteID: w.names["site"], Source: "pigeon", ExternalID: "call-5", WorkflowID: "call-5", Event: ended, Raw: []byte("{}"),
	})
	require.NoError(t, err)
	detail := w.do("GET", "/conversions/"+accepted.ConversionID, adminToken, "").Body.String()
	require.Contains(t, detail, "late data from the source")
	require.Contains(t, detail, `"until":"`+start.Add(17*time.Second).Format(time.RFC3339)+`"`)
}
