package rtbhousefake_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/destinations/rtbhouse"
	"ringback/dev/rtbhousefake"
	"ringback/internal/delivery"
	"ringback/internal/settings"
)

const (
	pkey = "sample-pkey"
	hash = "abcdefghij0123456789"
	good = "pkey=sample-pkey&aid=visitor-1&time=1763719200000&tag=pr_abcdefghij0123456789_conversion_action_call_12.50_call-1_7,8&cd=default&su=https%3A%2F%2Fshop.example.com%2F&sr="
)

func post(t *testing.T, r *rtbhousefake.Receiver, method, target string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	r.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, target, nil))
	return w
}

func TestPostbackIsReadAndKept(t *testing.T) {
	t.Parallel()
	r := rtbhousefake.New(pkey, hash)
	require.Equal(t, http.StatusOK, post(t, r, http.MethodPost, rtbhousefake.Path+"?"+good).Code)

	got, err := r.Await(t.Context(), "visitor-1")
	require.NoError(t, err)
	require.Equal(t, rtbhousefake.Postback{
		VisitorID: "visitor-1",
		IDKind:    "aid",
		At:        time.Date(2025, 11, 21, 10, 0, 0, 0, time.UTC),
		Tags:      []string{"pr_abcdefghij0123456789_conversion_action_call_12.50_call-1_7,8"},
		Page:      "https://shop.example.com/",
	}, got)
	require.Contains(t, post(t, r, http.MethodGet, "/").Body.String(), "visitor-1")
}

func TestWhatMakesNoSenseIsRefused(t *testing.T) {
	t.Parallel()
	const start = rtbhousefake.Path + "?pkey=sample-pkey&aid=v&time=1763719200000&tag=pr_abcdefghij0123456789_"
	for name, c := range map[string]struct {
		method, target string
		status         int
	}{
		"another path":          {http.MethodPost, "/postbacks?" + good, http.StatusNotFound},
		"GET":                   {http.MethodGet, rtbhousefake.Path + "?" + good, http.StatusMethodNotAllowed},
		"unknown pkey":          {http.MethodPost, rtbhousefake.Path + "?pkey=other", http.StatusForbidden},
		"no visitor":            {http.MethodPost, rtbhousefake.Path + "?pkey=sample-pkey&time=1763719200000", http.StatusBadRequest},
		"two visitors":          {http.MethodPost, start + "custom_x_&uid=v", http.StatusBadRequest},
		"time in seconds":       {http.MethodPost, rtbhousefake.Path + "?pkey=sample-pkey&aid=v&time=1763719200", http.StatusBadRequest},
		"no tag":                {http.MethodPost, rtbhousefake.Path + "?pkey=sample-pkey&aid=v&time=1763719200000", http.StatusBadRequest},
		"another hash":          {http.MethodPost, rtbhousefake.Path + "?pkey=sample-pkey&aid=v&time=1763719200000&tag=pr_x_custom_x_", http.StatusBadRequest},
		"lost empty fields":     {http.MethodPost, start + "conversion_action_call&cd=default", http.StatusBadRequest},
		"_ in an id":            {http.MethodPost, start + "conversion_action_call__call_1_&cd=default", http.StatusBadRequest},
		"conversion, no cd":     {http.MethodPost, start + "conversion_action_call___", http.StatusBadRequest},
		"custom tag with cd":    {http.MethodPost, start + "custom_x_&cd=default", http.StatusBadRequest},
		"unknown parameter":     {http.MethodPost, start + "custom_x_&email=lead%40example.com", http.StatusBadRequest},
		"parameter given twice": {http.MethodPost, start + "custom_x_&aid=other", http.StatusBadRequest},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rtbhousefake.New(pkey, hash)
			require.Equal(t, c.status, post(t, r, c.method, c.target).Code)
			require.Empty(t, r.Received())
		})
	}
}

func TestR3_WhatRingbackSendsIsAccepted(t *testing.T) {
	t.Parallel()
	r := rtbhousefake.New(pkey, hash)
	host := httptest.NewServer(r)
	defer host.Close()

	result := rtbhouse.New(clockwork.NewFakeClock()).Send(t.Context(), host.Client(), delivery.Payload{
		ID: "cnv_0123", Kind: conversion.KindLead, At: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC),
		VisitorIDs: map[string]string{"rtbhouse": "visitor-2"},
	}, settings.Values{
		Options:     map[string]string{"base_url": host.URL},
		Credentials: map[string]string{"pkey": pkey, "tagging_hash": hash},
	})
	require.Equal(t, delivery.ClassDelivered, result.Class, "%+v", result.Reason)
	require.Equal(t, []string{"pr_" + hash + "_conversion_action_form__request-0123_"}, r.Received()[0].Tags)
}

func TestAwaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := rtbhousefake.New(pkey, hash).Await(ctx, "nobody")
	require.ErrorIs(t, err, context.Canceled)
}
