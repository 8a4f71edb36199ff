package conversion_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
)

// visit makes a visit some hours before the sample call.
func visit(id string, hoursBefore int, t conversion.Traffic) conversion.Visit {
	return conversion.Visit{ID: id, At: started.Add(-time.Duration(hoursBefore) * time.Hour), Traffic: t}
}

func TestR8_Attribution(t *testing.T) {
	t.Parallel()
	direct := conversion.Traffic{Source: "(direct)", Medium: "(none)"}
	history := []conversion.Visit{
		visit("direct-first", 40, direct),
		visit("google", 30, conversion.Traffic{Source: "google", Medium: "organic"}),
		visit("yandex", 20, conversion.Traffic{Source: "yandex", Medium: "cpc"}),
		visit("direct-last", 10, direct),
	}
	allDirect := []conversion.Visit{history[0], history[3]}
	for name, tc := range map[string]struct {
		model  conversion.AttributionModel
		visits []conversion.Visit
		days   int
		want   string
	}{
		"last non-direct":                       {conversion.LastNonDirect, history, 90, "yandex"},
		"last non-direct is the default":        {"", history, 90, "yandex"},
		"an unknown model is the default":       {"linear", history, 90, "yandex"},
		"last":                                  {conversion.LastVisit, history, 90, "direct-last"},
		"first":                                 {conversion.FirstVisit, history, 90, "direct-first"},
		"first non-direct":                      {conversion.FirstNonDirect, history, 90, "google"},
		"last non-direct, all direct: the last": {conversion.LastNonDirect, allDirect, 90, "direct-last"},
		"first non-direct, all direct: first":   {conversion.FirstNonDirect, allDirect, 90, "direct-first"},
		"look-back hides the old ones":          {conversion.FirstVisit, history, 1, "yandex"},
		"look-back of 0 has no limit":           {conversion.FirstVisit, history, 0, "direct-first"},
		"no visits":                             {conversion.LastNonDirect, nil, 90, ""},
		"none within the look-back":             {conversion.LastNonDirect, []conversion.Visit{visit("old", 25, direct)}, 1, ""},
		"exactly at the look-back counts":       {conversion.LastNonDirect, []conversion.Visit{visit("edge", 24, direct)}, 1, "edge"},
		"a visit at the conversion counts":      {conversion.LastNonDirect, []conversion.Visit{visit("now", 0, direct)}, 1, "now"},
		"a visit after it does not":             {conversion.LastNonDirect, []conversion.Visit{visit("after", -1, direct)}, 1, ""},
		"last of one instant: greatest id":      {conversion.LastVisit, []conversion.Visit{visit("b", 1, direct), visit("a", 1, direct)}, 1, "b"},
		"first of one instant: least id":        {conversion.FirstVisit, []conversion.Visit{visit("b", 1, direct), visit("a", 1, direct)}, 1, "a"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			before := slices.Clone(tc.visits)
			got := conversion.Attribute(tc.model, tc.visits, started, tc.days)
			require.Equal(t, before, tc.visits, "the history stays as it was")
			if tc.want == "" {
				require.Nil(t, got)
				return
			}
			require.NotNil(t, got)
			require.Equal(t, tc.want, got.ID)
		})
	}
}

func TestR8_VisitsThatTieAreOrderedByContent(t *testing.T) {
	t.Parallel()
	google := visit("a", 1, conversion.Traffic{Source: "google"})
	yandex := visit("a", 1, conversion.Traffic{Source: "yandex"})
	for _, model := range conversion.AttributionModels() {
		require.Equal(t,
			conversion.Attribute(model, []conversion.Visit{google, yandex}, started, 0),
			conversion.Attribute(model, []conversion.Visit{yandex, google}, started, 0), model)
	}
}

func TestR8_WhatIsDirect(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		traffic conversion.Traffic
		direct  bool
	}{
		"nothing known":                {conversion.Traffic{}, true},
		"(direct) / (none)":            {conversion.Traffic{Source: "(direct)", Medium: "(none)", Campaign: "(not set)"}, true},
		"Direct / none":                {conversion.Traffic{Source: "Direct", Medium: "none"}, true},
		"only place and device":        {conversion.Traffic{City: "Riga", Device: "mobile", LandingPage: "https://example.com/"}, true},
		"a source":                     {conversion.Traffic{Source: "google"}, false},
		"a medium alone":               {conversion.Traffic{Medium: "email"}, false},
		"a campaign alone":             {conversion.Traffic{Source: "(direct)", Campaign: "spring"}, false},
		"a content alone":              {conversion.Traffic{Content: "banner"}, false},
		"a term alone":                 {conversion.Traffic{Term: "plumber"}, false},
		"a click id alone":             {conversion.Traffic{Source: "(direct)", ClickIDs: map[string]string{"gclid": "g-1"}}, false},
		"a click id without a value":   {conversion.Traffic{ClickIDs: map[string]string{"gclid": " "}}, true},
		"a referrer alone: a referral": {conversion.Traffic{Referrer: "https://partner.example.org/list"}, false},
		"a referrer that is no URL":    {conversion.Traffic{Referrer: "://", LandingPage: "://"}, false},
		"the site itself as referrer": {conversion.Traffic{
			Referrer: "https://www.Example.com/a", LandingPage: "https://example.com/b"}, true},
		"the page's own site as referrer": {conversion.Traffic{
			Referrer: "https://example.com/a", LandingPage: "https://other.example.org/", PageURL: "https://example.com/b"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.direct, tc.traffic.Direct())
		})
	}
}

func TestR8_AttributionIsChosenPerIntegration(t *testing.T) {
	t.Parallel()
	f := answered(45)
	f.Visits = []conversion.Visit{
		visit("google", 30, conversion.Traffic{Source: "google"}),
		visit("yandex", 20, conversion.Traffic{Source: "yandex"}),
	}
	criteria := asking(metrics(conversion.MetricAll))
	criteria.Rules.Traffic = &conversion.Condition{Field: "source", Operator: conversion.OpEquals, Values: []string{"google"}}
	require.Equal(t, conversion.ReasonTraffic, conversion.Judge(criteria, f).Reason, "the default is last non-direct")
	criteria.Model = conversion.FirstVisit
	d := conversion.Judge(criteria, f)
	require.Equal(t, conversion.Send, d.Verdict)
	require.Equal(t, "google", d.Visit.ID)
}

func TestParseAttributionModel(t *testing.T) {
	t.Parallel()
	m, err := conversion.ParseAttributionModel("")
	require.NoError(t, err)
	require.Equal(t, conversion.LastNonDirect, m)
	m, err = conversion.ParseAttributionModel("first")
	require.NoError(t, err)
	require.Equal(t, conversion.FirstVisit, m)
	_, err = conversion.ParseAttributionModel("linear")
	require.EqualError(t, err, "invalid: fields_unusable; attribution_model: one_of (Choices: last_non_direct, last, first, first_non_direct)")
	require.False(t, conversion.AttributionModel("").Valid())
}

func TestR8_ACarriedOverChannelLeavesAVisitDirect(t *testing.T) {
	t.Parallel()
	carried := conversion.Traffic{Channel: conversion.ChannelPaidSearch}
	require.True(t, carried.Direct())
	history := []conversion.Visit{
		visit("ad", 30, conversion.Traffic{Source: "google", Medium: "cpc"}),
		visit("return", 10, carried),
	}
	picked := conversion.Attribute(conversion.LastNonDirect, history, started, 0)
	require.Equal(t, "ad", picked.ID)
	require.Equal(t, conversion.ChannelPaidSearch, picked.Traffic.Channel, "derived from its traffic")
	picked = conversion.Attribute(conversion.LastVisit, history, started, 0)
	require.Equal(t, "return", picked.ID)
	require.Equal(t, conversion.ChannelPaidSearch, picked.Traffic.Channel, "its own stays")
	require.Empty(t, history[0].Traffic.Channel, "the history stays as it was")
}
