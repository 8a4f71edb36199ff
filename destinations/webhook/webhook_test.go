package webhook_test

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/destinations/webhook"
	"ringback/internal/delivery"
	"ringback/internal/settings"
)

var (
	at        = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	oldSecret = "whsec_" + base64.StdEncoding.EncodeToString([]byte("the sample secret of old, 32 b.."))
	newSecret = "whsec_" + base64.StdEncoding.EncodeToString([]byte("the sample secret, new, 32 b...."))
)

func values(url, secret, headers string) settings.Values {
	return settings.Values{
		Options:     map[string]string{"url": url},
		Credentials: map[string]string{"signing_secret": secret, "headers": headers},
	}
}

func call() delivery.Payload {
	talk, unique, ended := 42, true, at.Add(time.Minute)
	return delivery.Payload{
		ID: "cnv_01sample", DeliveryID: "dlv_01sample", Kind: conversion.KindCall, Moment: conversion.AtEnd,
		SiteID: "site_01sample", SiteName: "Sample site", Source: "callrail", ExternalID: "CAL01", At: at,
		Phone: "+12025550123", TrackingNumber: "+12025550100", EndedAt: &ended, Outcome: conversion.OutcomeAnswered,
		TalkSeconds: &talk, Unique: &unique, Tags: []string{"sales"}, VisitorIDs: map[string]string{"rtbhouse": "abc"},
	}
}

type received struct {
	header http.Header
	body   []byte
}

func send(t *testing.T, clock clockwork.Clock, e delivery.Payload, secret, headers string) received {
	t.Helper()
	seen := make(chan received, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		seen <- received{r.Header, body}
	}))
	t.Cleanup(server.Close)
	result := webhook.New(clock).Send(t.Context(), server.Client(), e, values(server.URL+"/hook?a=b", secret, headers))
	require.Equal(t, delivery.ClassDelivered, result.Class, "%+v", result.Reason)
	return <-seen
}

func TestMessageIsDocumentedJSON(t *testing.T) {
	t.Parallel()
	got := send(t, clockwork.NewFakeClockAt(at), call(), newSecret, "")
	require.Equal(t, "application/json", got.header.Get("Content-Type"))
	require.JSONEq(t, `{
		"type": "conversion.call", "timestamp": "2026-03-01T12:00:00Z",
		"data": {
			"id": "cnv_01sample", "delivery_id": "dlv_01sample", "moment": "end",
			"site": {"id": "site_01sample", "name": "Sample site"}, "source": "callrail", "external_id": "CAL01",
			"person": {"phone": "+12025550123"},
			"call": {"tracking_number": "+12025550100", "ended_at": "2026-03-01T12:01:00Z", "outcome": "answered", "talk_seconds": 42},
			"unique": true, "tags": ["sales"], "visitor_ids": {"rtbhouse": "abc"}
		}}`, string(got.body))
}

func TestLeadMessageHasTheForm(t *testing.T) {
	t.Parallel()
	lead := delivery.Payload{ID: "cnv_1", Kind: conversion.KindLead, At: at, Test: true, Form: "contact", Fields: map[string]string{"size": "L"}, Email: "a@example.com"}
	var m webhook.Message
	require.NoError(t, json.Unmarshal(send(t, clockwork.NewFakeClockAt(at), lead, newSecret, "").body, &m))
	require.Equal(t, webhook.TypeLead, m.Type)
	require.True(t, m.Data.Test)
	require.Equal(t, &webhook.Form{Name: "contact", Fields: map[string]string{"size": "L"}}, m.Data.Form)
	require.Equal(t, &webhook.Person{Email: "a@example.com"}, m.Data.Person)
	require.Nil(t, m.Data.Call)
}

func TestReceiversVerifyWithOldAndNewSecret(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewRealClock() // the library compares with the system time
	got := send(t, clock, call(), newSecret+"\n"+oldSecret, "")
	require.Equal(t, "dlv_01sample", got.header.Get("webhook-id"))
	require.Len(t, strings.Fields(got.header.Get("webhook-signature")), 2)
	for _, secret := range []string{oldSecret, newSecret} {
		receiver, err := standardwebhooks.NewWebhook(secret)
		require.NoError(t, err)
		require.NoError(t, receiver.Verify(got.body, got.header))
		require.Error(t, receiver.Verify(append(got.body, ' '), got.header))
	}
}

func TestG3_AttemptsDifferOnlyInTimeAndSignature(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(at)
	first := send(t, clock, call(), newSecret, "")
	clock.Advance(time.Hour)
	second := send(t, clock, call(), newSecret, "")
	require.Equal(t, string(first.body), string(second.body))
	require.Equal(t, first.header.Get("webhook-id"), second.header.Get("webhook-id"))
	require.Equal(t, "1772366400", first.header.Get("webhook-timestamp"))
	require.Equal(t, "1772370000", second.header.Get("webhook-timestamp"))
}

func TestCustomHeadersAreSent(t *testing.T) {
	t.Parallel()
	got := send(t, clockwork.NewFakeClockAt(at), call(), newSecret, "Authorization: Bearer abc:def\r\n\nX-Two:  2 \nx-two: 3")
	require.Equal(t, "Bearer abc:def", got.header.Get("Authorization"))
	require.Equal(t, []string{"2", "3"}, got.header.Values("X-Two"))
}

func TestValidateNamesWhatIsWrongWithoutQuotingIt(t *testing.T) {
	t.Parallel()
	d := webhook.New(clockwork.NewFakeClockAt(at))
	require.Empty(t, d.Validate(values("https://example.com/hook?a=b", newSecret+" "+oldSecret, "X-Key: s3cret")))
	for name, tc := range map[string]struct {
		set  settings.Values
		path string
	}{
		"no url":              {values("", newSecret, ""), "options.url"},
		"no host":             {values("https:///x", newSecret, ""), "options.url"},
		"another scheme":      {values("file:///s3cret", newSecret, ""), "options.url"},
		"a user in the url":   {values("https://a:s3cret@example.com", newSecret, ""), "options.url"},
		"no secret":           {values("https://example.com", "", ""), "credentials.signing_secret"},
		"a secret too short":  {values("https://example.com", "whsec_czNjcmV0", ""), "credentials.signing_secret"},
		"no prefix":           {values("https://example.com", strings.TrimPrefix(newSecret, "whsec_"), ""), "credentials.signing_secret"},
		"not base64":          {values("https://example.com", newSecret+" whsec_s3cret!", ""), "credentials.signing_secret"},
		"too many secrets":    {values("https://example.com", strings.Repeat(newSecret+" ", 6), ""), "credentials.signing_secret"},
		"no colon":            {values("https://example.com", newSecret, "s3cret"), "credentials.headers"},
		"a name with a space": {values("https://example.com", newSecret, "X Key: s3cret"), "credentials.headers"},
		"a control character": {values("https://example.com", newSecret, "X-Key: s3cret\x00"), "credentials.headers"},
		"Host":                {values("https://example.com", newSecret, "host: s3cret"), "credentials.headers"},
		"Content-Length":      {values("https://example.com", newSecret, "Content-Length: 3"), "credentials.headers"},
		"reserved":            {values("https://example.com", newSecret, "webhook-id: s3cret"), "credentials.headers"},
		"proxy's":             {values("https://example.com", newSecret, "Proxy-Authorization: s3cret"), "credentials.headers"},
		"too many headers":    {values("https://example.com", newSecret, manyHeaders()), "credentials.headers"},
	} {
		wrong := d.Validate(tc.set)
		require.Len(t, wrong, 1, name)
		require.Equal(t, tc.path, wrong[0].Path, name)
		require.NotContains(t, wrong[0].Expected.String(), "s3cret", name)
		if tc.path != "options.url" {
			result := d.Send(t.Context(), http.DefaultClient, call(), tc.set)
			require.Equal(t, delivery.ClassInvalid, result.Class, name)
			require.NotContains(t, fmt.Sprintf("%+v", result.Reason), "s3cret", name)
			require.Equal(t, tc.path, result.Reason.Field, name)
			require.NotEmpty(t, result.Reason.Expected.Code, name)
		}
	}
}

func manyHeaders() string {
	var b strings.Builder
	for c := 'a'; c <= 'z'; c++ {
		b.WriteString("X-" + string(c) + ": 1\n")
	}
	return b.String()
}

func TestCaseD08_WhatIsWrongWithAURLIsNamed(t *testing.T) {
	t.Parallel()
	for target, code := range map[string]string{
		"https://example.com:99999/": "webhook.url_port", "https://example.com:0/": "webhook.url_port", "https://example.com:/": "webhook.url_port",
		"https://example.com/#a": "webhook.url_fragment", "ftp://example.com/": "webhook.url_scheme", "example.com/hook": "webhook.url_scheme",
		"//example.com": "webhook.url_scheme", "https:///x": "webhook.url_host", "https://:443/": "webhook.url_host", "https://a:b@example.com/": "webhook.url_form",
		"https://exa mple.com/": "webhook.url_form", "https://example.com:8443/hook?a=1": "", "http://[2001:db8::1]:80/": "",
	} {
		var got string
		for _, field := range webhook.New(clockwork.NewFakeClock()).Validate(values(target, newSecret, "")) {
			got = field.Expected.Code
		}
		require.Equal(t, code, got, target)
	}
}
