package rtbhouse_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/destinations/rtbhouse"
	"ringback/internal/delivery"
	"ringback/internal/settings"
)

const (
	samplePKEY = "pk+sample/0001"
	sampleHash = "SampleHash0123456789"
)

var at = time.Date(2026, 3, 1, 12, 0, 0, 250_000_000, time.UTC)

func values(baseURL string, options ...string) settings.Values {
	s := settings.Values{
		Options:     map[string]string{"base_url": baseURL},
		Credentials: map[string]string{"pkey": samplePKEY, "tagging_hash": sampleHash},
	}
	for i := 0; i < len(options); i += 2 {
		s.Options[options[i]] = options[i+1]
	}
	return s
}

func call() delivery.Payload {
	return delivery.Payload{
		ID: "cnv_01sample", DeliveryID: "dlv_01sample", Kind: conversion.KindCall, At: at,
		VisitorIDs: map[string]string{"rtbhouse": sampleID, "other": "elsewhere"},
		PageURL:    "https://example.com/a b?c=d",
		Visit: &conversion.Visit{Traffic: conversion.Traffic{
			PageURL: "https://example.com/page", LandingPage: "https://example.com/landing", Referrer: "https://example.net/",
		}},
	}
}

// send returns the request line that RTB House receives.
func send(t *testing.T, e delivery.Payload, options ...string) string {
	t.Helper()
	seen := make(chan *http.Request, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { seen <- r }))
	t.Cleanup(server.Close)
	result := rtbhouse.New(clockwork.NewFakeClockAt(at)).Send(t.Context(), server.Client(), e, values(server.URL, options...))
	require.Equal(t, delivery.Result{Class: delivery.ClassDelivered, Status: 200, Reason: delivery.AnsweredWith(200)}, result)
	r := <-seen
	require.Equal(t, http.MethodPost, r.Method)
	require.Zero(t, r.ContentLength, "everything is in the query")
	return r.RequestURI
}

func TestR3_CallIsOnePostbackWithTheVisitorID(t *testing.T) {
	t.Parallel()
	require.Equal(t, "/partner/omni/postbacks?pkey=pk%2Bsample%2F0001&aid="+sampleID+"&time=1772366400250"+
		"&tag=pr_"+sampleHash+"_conversion_action_call__call-01sample_&cd=default"+
		"&su=https%3A%2F%2Fexample.com%2Fa%20b%3Fc%3Dd&sr=https%3A%2F%2Fexample.net%2F", send(t, call()))
}

func TestR3_LeadAndTestEventHaveTheirOwnIDs(t *testing.T) {
	t.Parallel()
	lead := call()
	lead.Kind = conversion.KindLead
	require.Contains(t, send(t, lead), "_conversion_action_form__request-01sample_&cd=default")

	test := call()
	test.Test, test.VisitorIDs = true, nil
	uri := send(t, test)
	require.Contains(t, uri, "_conversion_action_call__test-01sample_&")
	require.Contains(t, uri, "&aid=ringback-test&")
}

func TestOptionsShapeThePostback(t *testing.T) {
	t.Parallel()
	uri := send(t, call(), "id_parameter", "uid", "visitor_id", "other", "value", "12.50", "cd", "false", "offer_ids", "1,2")
	require.Contains(t, uri, "&uid=elsewhere&")
	require.Contains(t, uri, "_conversion_action_call_12.50_call-01sample_1,2&cd=false&su=")
	require.Contains(t, send(t, call(), "call_tag", "custom_phone-call", "value", "7"), "&tag=pr_"+sampleHash+"_custom_phone-call_7&su=")
}

func TestPageAndReferrerComeFromTheVisitWhenTheEventHasNone(t *testing.T) {
	t.Parallel()
	e := call()
	e.PageURL = ""
	require.Contains(t, send(t, e), "&su=https%3A%2F%2Fexample.com%2Fpage&sr=")
	e.Visit.Traffic.PageURL = ""
	require.Contains(t, send(t, e), "&su=https%3A%2F%2Fexample.com%2Flanding&sr=")
	e.Visit = nil
	require.Contains(t, send(t, e), "&cd=default&su=&sr=")
}

func TestWithoutAVisitorIDThereIsNothingToSend(t *testing.T) {
	t.Parallel()
	d := rtbhouse.New(clockwork.NewFakeClockAt(at))
	for given, seen := range map[string]conversion.SeenCode{"": conversion.SeenNoVisitorID, "unknown": conversion.SeenVisitorIDUnknown} {
		e := call()
		e.VisitorIDs = map[string]string{"rtbhouse": given}
		check := d.Needs(e, values(""))[0]
		require.Equal(t, conversion.CheckVisitorID, check.Code)
		require.Equal(t, conversion.Seen{Code: seen}, check.Seen)
		require.False(t, check.Passed)
		require.Equal(t, conversion.ReasonNoVisitorID, check.Reason)
		require.Equal(t, delivery.ClassInvalid, d.Send(t.Context(), http.DefaultClient, e, values("http://127.0.0.1:1")).Class)

		e.Test = true
		check = d.Needs(e, values(""))[0]
		require.True(t, check.Passed)
		require.Equal(t, []conversion.Note{{Code: conversion.NoteTestVisitorID, VisitorID: "ringback-test"}}, check.Notes)
	}
	check := d.Needs(call(), values(""))[0]
	require.True(t, check.Passed)
	require.Empty(t, check.Reason)
	require.Empty(t, check.Notes)

	earlier := call()
	earlier.PersonIDs = []string{"rtbhouse"}
	require.Equal(t, []conversion.Note{{Code: conversion.NotePersonsID}}, d.Needs(earlier, values(""))[0].Notes)
	require.Equal(t, conversion.Seen{Code: conversion.SeenVisitorID}, check.Seen, "the id itself is not repeated")

	long := call()
	long.VisitorIDs = map[string]string{"rtbhouse": strings.Repeat("a", 257)}
	require.Equal(t, conversion.Seen{Code: conversion.SeenVisitorIDTooLong, MaxBytes: 256}, d.Needs(long, values(""))[0].Seen)
}

func TestValidateNamesWhatIsWrong(t *testing.T) {
	t.Parallel()
	d := rtbhouse.New(clockwork.NewFakeClockAt(at))
	require.Empty(t, d.Validate(values("")), "the defaults are enough")
	require.Empty(t, d.Validate(values("http://127.0.0.1:8080/", "call_tag", "custom_phone-call", "value", "0.5")))
	for path, set := range map[string]settings.Values{
		"options.base_url":         values("omni.creativecdn.com"),
		"options.call_tag":         values("", "call_tag", "custom_phone_call"),
		"options.lead_tag":         values("", "lead_tag", "form"),
		"options.value":            values("", "value", "1,000"),
		"options.offer_ids":        values("", "offer_ids", "a_b"),
		"options.id_parameter":     values("", "id_parameter", "lid"),
		"options.cd":               values("", "cd", "yes"),
		"options.region":           values("", "region", "us"),
		"credentials.tagging_hash": {Credentials: map[string]string{"pkey": "x", "tagging_hash": "short"}},
		"credentials.pkey":         {Credentials: map[string]string{"tagging_hash": sampleHash}},
	} {
		wrong := d.Validate(set)
		require.Len(t, wrong, 1, path)
		require.Equal(t, path, wrong[0].Path)
		require.NotEmpty(t, wrong[0].Expected)
	}
	for _, base := range []string{"ftp://example.com", "https://", "https://u:p@example.com", "https://example.com?a=b", "https://example.com#a", "https://exa mple.com"} {
		require.Len(t, d.Validate(values(base)), 1, base)
	}
}
