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
func linked(minute int, id string) conversion.Event {
	return conversion.Event{
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
			var events, backwards []conversion.Event
			for i, id := range tc.ids {
				e := linked(i, id)
				events, backwards = append(events, e), append([]conversion.Event{e}, backwards...)
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
