package conversion_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
)

func TestUsableVisitorID(t *testing.T) {
	t.Parallel()
	for id, usable := range map[string]bool{
		"r-1":                                   true,
		" r-1 ":                                 true,
		"a+b/c":                                 true,
		"100%":                                  true,
		"nullify":                               true,
		"{0b6f9c1e-3a52}":                       true,
		`{"eventType":"aid","id":"r-1"}`:        true,
		`{"id":7}`:                              true,
		url.QueryEscape(`{"id":"r-1"}`):         true,
		strings.Repeat("a", 4096):               true,
		"":                                      false,
		" \n":                                   false,
		"%20":                                   false,
		"unknown":                               false,
		" Unknown ":                             false,
		"undefined":                             false,
		"NULL":                                  false,
		`"null"`:                                false,
		`{"eventType":"aid","id":"unknown"}`:    false,
		`{"id":null}`:                           false,
		`{"id":" "}`:                            false,
		`{"eventType":"aid"}`:                   false,
		`"{\"id\":\"undefined\"}"`:              false,
		url.QueryEscape(`{"id":"unknown"}`):     false,
		url.QueryEscape("%7B%22id%22%3A%22%7D"): true, // JSON that cannot be read: the destination may know it
		strings.Repeat("a", 4097):               false,
	} {
		require.Equal(t, usable, conversion.UsableVisitorID(id), "%q", id)
	}
}

// linked is an event that tells this visitor id, some minutes after the start.
func linked(minute int, id string) conversion.CallEvent {
	return conversion.CallEvent{
		ID: id, Type: conversion.EventLinked, At: started.Add(time.Duration(minute) * time.Minute),
		VisitorIDs: map[string]string{"rtbhouse": id},
	}
}

func TestR3_NobodysVisitorIDNeverHidesAUsableOne(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		ids  []string
		want string
	}{
		"a usable one replaces nobody's":        {[]string{"unknown", "undefined", "r-1"}, "r-1"},
		"of usable ones the earliest":           {[]string{"null", "r-1", "r-2"}, "r-1"},
		"nobody's comes later":                  {[]string{"r-1", "unknown"}, "r-1"},
		"JSON of nobody":                        {[]string{`{"id":"unknown"}`, "r-1"}, "r-1"},
		"only nobody's: the first, to be shown": {[]string{"", "unknown", "null"}, "unknown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var events, backwards []conversion.CallEvent
			for i, id := range tc.ids {
				e := linked(i, id)
				events, backwards = append(events, e), append([]conversion.CallEvent{e}, backwards...)
			}
			require.Equal(t, tc.want, conversion.FoldCall(events).VisitorIDs["rtbhouse"])
			require.Equal(t, tc.want, conversion.FoldCall(backwards).VisitorIDs["rtbhouse"], "in any order")
		})
	}
	for id, known := range map[string]bool{"unknown": false, "%7B%22id%22%3Anull%7D": false, "r-1": true} {
		lead := conversion.Lead{At: started, VisitorIDs: map[string]string{"rtbhouse": id}}
		require.Equal(t, known, lead.Facts(nil, conversion.Earlier{}).SessionKnown, id)
	}
}

// TestR1_VisitorIDIsUnwrapped follows docs/facts/rtb-house.md#visitor-id: accept a
// raw id, a percent-encoded one, and JSON, URL-encoded or not, of which .id is taken.
func TestR1_VisitorIDIsUnwrapped(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ raw, want string }{
		"__r_aid_v__, a raw id":                  {"A1b2C3d4E5f6G7h8I9j", "A1b2C3d4E5f6G7h8I9j"},
		"__rtbh.aid, URL-encoded JSON":           {"%7B%22eventType%22%3A%22aid%22%2C%22id%22%3A%22A1b2C3%22%2C%22expiryDate%22%3A%222027-04-20T15%3A22%3A01.591Z%22%7D", "A1b2C3"},
		"JSON":                                   {`{"eventType":"aid","id":"A1b2C3"}`, "A1b2C3"},
		"percent-encoded":                        {"A1%2Db2", "A1-b2"},
		"encoded twice":                          {"%257B%2522id%2522%253A%2522A1%2522%257D", "A1"},
		"a plus is part of it":                   {"A1+b2/c3==", "A1+b2/c3=="},
		"a number":                               {`{"id":7}`, "7"},
		"spaces around":                          {" A1 \n", "A1"},
		"reject unknown":                         {`{"eventType":"uid","id":"unknown"}`, ""},
		"reject empty":                           {`{"eventType":"uid","id":""}`, ""},
		"_biz_uid, 32 lower-case hex":            {"7059e81415f34f7bbaf40fe32fdcba21", "7059e81415f34f7bbaf40fe32fdcba21"},
		"_ga":                                    {"GA1.1.1234567890.1700000000", "GA1.1.1234567890.1700000000"},
		"_fbp":                                   {"fb.1.1700000000000.1234567890", "fb.1.1700000000000.1234567890"},
		"what decodes to no text stays":          {"a%FFb", "a%FFb"},
		"control characters are no id":           {"a%00b", ""},
		"over 4096 bytes is no id":               {strings.Repeat("a", 4097), ""},
		"a percent that encodes nothing is kept": {"100%", "100%"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := conversion.VisitorID(tc.raw)
			require.Equal(t, tc.want, got)
			require.Equal(t, got != "", conversion.UsableVisitorID(tc.raw))
			require.Equal(t, got, conversion.VisitorID(got), "once is enough")
		})
	}
}
