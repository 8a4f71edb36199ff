package conversion_test

import (
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
)

func TestFoldCallKeepsAllThatWasReported(t *testing.T) {
	t.Parallel()
	call := conversion.FoldCall([]conversion.CallEvent{
		{ID: "4", Type: conversion.EventEnded, At: ended, Outcome: conversion.OutcomeAnswered, TalkSeconds: new(95), WaitSeconds: new(20)},
		{ID: "3", Type: conversion.EventLinked, At: started.Add(time.Second), VisitorIDs: map[string]string{"rtbhouse": "late", "bizible": "b-1", "empty": ""},
			Traffic: &conversion.Traffic{Source: "yandex"}},
		{ID: "1", Type: conversion.EventStarted, At: started, Caller: caller, TrackingNumber: "+12025550199", SessionID: "session-1",
			VisitorIDs: map[string]string{"rtbhouse": "r-1"}, Traffic: &conversion.Traffic{Source: " google ", Medium: "(none)"},
			Tags: []string{"Sales"}, TagOrigin: conversion.TagByNumber},
		{ID: "2", Type: conversion.EventAnswered, At: started.Add(20 * time.Second), Extension: "12", CallerName: "sample", Caller: "+12025550124"},
	})
	require.Equal(t, conversion.Call{
		FirstEventAt: started, StartedAt: started, AnsweredAt: started.Add(20 * time.Second), FirstEndedAt: ended, EndedAt: ended,
		Caller: caller, CallerName: "sample", TrackingNumber: "+12025550199", Extension: "12", SessionID: "session-1",
		VisitorIDs: map[string]string{"rtbhouse": "r-1", "bizible": "b-1"},
		Traffic:    &conversion.Traffic{Source: "google"},
		Tags:       []conversion.Tag{{Label: "Sales", Origin: conversion.TagByNumber, At: started}},
		Outcome:    conversion.OutcomeAnswered, TalkSeconds: new(95), WaitSeconds: new(20),
	}, call)
}

func TestFoldCallInfersHowItEnded(t *testing.T) {
	t.Parallel()
	begin := conversion.CallEvent{ID: "1", Type: conversion.EventStarted, At: started}
	taken := conversion.CallEvent{ID: "2", Type: conversion.EventAnswered, At: started.Add(30 * time.Second)}
	end := func(e conversion.CallEvent) conversion.CallEvent {
		e.ID, e.Type, e.At = "9", conversion.EventEnded, ended
		return e
	}
	for name, tc := range map[string]struct {
		events  []conversion.CallEvent
		outcome conversion.Outcome
		talk    *int
	}{
		"not ended: nothing is known":            {[]conversion.CallEvent{begin, taken}, "", nil},
		"given outcome and talk stand":           {[]conversion.CallEvent{begin, taken, end(conversion.CallEvent{Outcome: conversion.OutcomeBusy, TalkSeconds: new(7)})}, conversion.OutcomeBusy, new(7)},
		"ended without an answer: missed":        {[]conversion.CallEvent{begin, end(conversion.CallEvent{})}, conversion.OutcomeMissed, new(0)},
		"answered event: answered, talk between": {[]conversion.CallEvent{begin, taken, end(conversion.CallEvent{})}, conversion.OutcomeAnswered, new(90)},
		"talk: answered":                         {[]conversion.CallEvent{begin, end(conversion.CallEvent{TalkSeconds: new(1)})}, conversion.OutcomeAnswered, new(1)},
		"talk of 0 is no answer":                 {[]conversion.CallEvent{begin, end(conversion.CallEvent{TalkSeconds: new(0)})}, conversion.OutcomeMissed, new(0)},
		"negative talk is 0":                     {[]conversion.CallEvent{begin, end(conversion.CallEvent{Outcome: conversion.OutcomeAnswered, TalkSeconds: new(-5)})}, conversion.OutcomeAnswered, new(0)},
		"answered, the length is not known":      {[]conversion.CallEvent{begin, end(conversion.CallEvent{Outcome: conversion.OutcomeAnswered})}, conversion.OutcomeAnswered, nil},
		"talk on other events does not count":    {[]conversion.CallEvent{{Type: conversion.EventTagged, At: started, TalkSeconds: new(60)}, end(conversion.CallEvent{})}, conversion.OutcomeMissed, new(0)},
		"answered after the end: never negative": {[]conversion.CallEvent{begin, end(conversion.CallEvent{}), {ID: "5", Type: conversion.EventAnswered, At: ended.Add(time.Hour)}}, conversion.OutcomeAnswered, new(0)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			call := conversion.FoldCall(tc.events)
			require.Equal(t, tc.outcome, call.Outcome)
			require.Equal(t, tc.talk, call.TalkSeconds)
		})
	}
}

func TestFoldCallTakesTheLatestOfSeveralEnds(t *testing.T) {
	t.Parallel()
	call := conversion.FoldCall([]conversion.CallEvent{
		{ID: "c", Type: conversion.EventEnded, At: ended},
		{ID: "b", Type: conversion.EventEnded, At: ended, Outcome: conversion.OutcomeAnswered, TalkSeconds: new(40)},
		{ID: "a", Type: conversion.EventEnded, At: ended.Add(-time.Minute), Outcome: conversion.OutcomeBusy, TalkSeconds: new(3)},
	})
	require.Equal(t, ended, call.EndedAt)
	require.Equal(t, ended.Add(-time.Minute), call.FirstEndedAt)
	require.Equal(t, conversion.OutcomeAnswered, call.Outcome, "the latest end that has it")
	require.Equal(t, new(40), call.TalkSeconds)
}

func TestFoldCallCountsEqualIDsOnce(t *testing.T) {
	t.Parallel()
	first := conversion.CallEvent{ID: "1", Type: conversion.EventTagged, At: started, Tags: []string{"sales"}}
	other := conversion.CallEvent{ID: "1", Type: conversion.EventTagged, At: started, Tags: []string{"support"}}
	require.Equal(t, conversion.FoldCall([]conversion.CallEvent{first}), conversion.FoldCall([]conversion.CallEvent{first, first}))
	require.Equal(t, conversion.FoldCall([]conversion.CallEvent{first, other}), conversion.FoldCall([]conversion.CallEvent{other, first}))
	require.Len(t, conversion.FoldCall([]conversion.CallEvent{first, other}).Tags, 1)
}

func TestFoldCallWithDisagreeingClocksIsConsistent(t *testing.T) {
	t.Parallel()
	call := conversion.FoldCall([]conversion.CallEvent{
		{ID: "1", Type: conversion.EventStarted, At: started, Tags: []string{"sales"}},
		{ID: "2", Type: conversion.EventEnded, At: started.Add(-time.Minute)},
	})
	require.Equal(t, started, call.EndedAt, "a call does not end before it starts")
	counted, late := call.TagsAtEnd()
	require.Len(t, counted, 1, "what the start brought along was on the call at its end")
	require.Empty(t, late)
}

func TestCallTimesBeforeItsStartIsKnown(t *testing.T) {
	t.Parallel()
	tag := conversion.CallEvent{ID: "1", Type: conversion.EventTagged, At: started.Add(time.Minute)}
	begin := conversion.CallEvent{ID: "2", Type: conversion.EventStarted, At: started.Add(2 * time.Minute)}
	require.Equal(t, tag.At, conversion.FoldCall([]conversion.CallEvent{tag}).At(), "the earliest thing reported")
	require.Equal(t, begin.At, conversion.FoldCall([]conversion.CallEvent{tag, begin}).At(), "the start, once known")
	require.True(t, conversion.FoldCall(nil).At().IsZero())
}

func TestCallFactsOfTheCaller(t *testing.T) {
	t.Parallel()
	withheld := conversion.CallEvent{ID: "1", Type: conversion.EventStarted, At: started, Anonymous: true}
	known := conversion.CallEvent{ID: "2", Type: conversion.EventEnded, At: ended, Caller: caller}

	f := conversion.FoldCall([]conversion.CallEvent{withheld}).Facts(nil, conversion.Earlier{})
	require.True(t, f.Anonymous)
	require.Empty(t, f.Person)
	require.Empty(t, f.PersonBy)

	f = conversion.FoldCall([]conversion.CallEvent{withheld, known}).Facts(nil, conversion.Earlier{})
	require.False(t, f.Anonymous, "another event knows the number")
	require.Equal(t, caller, f.Person)
	require.Equal(t, conversion.PersonByPhone, f.PersonBy)
}

func TestCallFactsWhetherTheSessionIsKnown(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		event  conversion.CallEvent
		visits []conversion.Visit
		want   bool
	}{
		"nothing":                   {conversion.CallEvent{Traffic: &conversion.Traffic{}, VisitorIDs: map[string]string{"rtbhouse": ""}}, nil, false},
		"session":                   {conversion.CallEvent{SessionID: "session-1"}, nil, true},
		"visitor id":                {conversion.CallEvent{VisitorIDs: map[string]string{"rtbhouse": "r-1"}}, nil, true},
		"traffic":                   {conversion.CallEvent{Traffic: &conversion.Traffic{Source: "google"}}, nil, true},
		"direct traffic":            {conversion.CallEvent{Traffic: &conversion.Traffic{Source: "(direct)"}}, nil, true},
		"a channel alone":           {conversion.CallEvent{Traffic: &conversion.Traffic{Channel: "email"}}, nil, false},
		"click id":                  {conversion.CallEvent{Traffic: &conversion.Traffic{ClickIDs: map[string]string{"gclid": "g"}}}, nil, true},
		"nobody's id":               {conversion.CallEvent{VisitorIDs: map[string]string{"rtbhouse": "unknown"}}, nil, false},
		"only the person's history": {conversion.CallEvent{Caller: caller}, []conversion.Visit{{ID: "visit-1"}}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.event.Type, tc.event.At = conversion.EventStarted, started
			f := conversion.FoldCall([]conversion.CallEvent{tc.event}).Facts(tc.visits, conversion.Earlier{})
			require.Equal(t, tc.want, f.SessionKnown)
		})
	}
}

func TestR7_TrafficIsFilledInFieldByField(t *testing.T) {
	t.Parallel()
	report := func(id string, at time.Time, traffic conversion.Traffic) conversion.CallEvent {
		return conversion.CallEvent{ID: id, Type: conversion.EventLinked, At: at, Traffic: &traffic}
	}
	events := []conversion.CallEvent{
		report("1", started, conversion.Traffic{Source: "(direct)", LandingPage: "https://example.com/a",
			ClickIDs: map[string]string{"gclid": "g-1", "yclid": " "}}),
		report("2", started.Add(time.Second), conversion.Traffic{}),
		report("3", started.Add(2*time.Second), conversion.Traffic{Source: "google", Campaign: "spring", LandingPage: "https://example.com/b",
			ClickIDs: map[string]string{"gclid": "g-2", "yclid": "y-1"}}),
		report("4", started.Add(3*time.Second), conversion.Traffic{Medium: "cpc", Campaign: "autumn"}),
	}
	want := &conversion.Traffic{
		Source: "google", Medium: "cpc", Campaign: "spring", LandingPage: "https://example.com/a",
		ClickIDs: map[string]string{"gclid": "g-1", "yclid": "y-1"},
	}
	require.Equal(t, want, conversion.FoldCall(events).Traffic)
	slices.Reverse(events)
	require.Equal(t, want, conversion.FoldCall(events).Traffic, "in any order")
	require.Equal(t, map[string]string{"gclid": "g-2", "yclid": "y-1"}, events[1].Traffic.ClickIDs, "the events stay as they are")
}

func TestInlineTrafficCountsAsAVisit(t *testing.T) {
	t.Parallel()
	history := []conversion.Visit{{ID: "visit-1", At: started.Add(-time.Hour), Traffic: conversion.Traffic{Source: "yandex"}}}
	inline := &conversion.Traffic{Source: "google"}
	want := append(history[:1:1], conversion.Visit{SessionID: "session-1", At: started, Traffic: *inline, Evidence: conversion.EvidenceOwn})

	call := conversion.FoldCall([]conversion.CallEvent{
		{ID: "1", Type: conversion.EventStarted, At: started, SessionID: "session-1"},
		{ID: "2", Type: conversion.EventLinked, At: ended.Add(time.Minute), Traffic: inline},
	})
	require.Equal(t, want, call.Facts(history, conversion.Earlier{}).Visits, "at the time of the call, also when it was reported later")

	lead := conversion.Lead{At: started, SessionID: "session-1", Traffic: inline}
	require.Equal(t, want, lead.Facts(history, conversion.Earlier{}).Visits)
	require.Len(t, history, 1, "the history itself stays as it was")
}

func TestLeadFacts(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		lead       conversion.Lead
		person, by string
	}{
		"phone first":   {conversion.Lead{Phone: caller, Email: "a@example.com"}, caller, conversion.PersonByPhone},
		"else e-mail":   {conversion.Lead{Email: "  Some.One@Example.COM "}, "some.one@example.com", conversion.PersonByEmail},
		"neither known": {conversion.Lead{}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tc.lead.At = started
			f := tc.lead.Facts(nil, conversion.Earlier{})
			require.Equal(t, tc.person, f.Person)
			require.Equal(t, tc.by, f.PersonBy)
			require.True(t, f.Ended, "a lead is over when it arrives")
			require.False(t, f.Anonymous)
			require.False(t, f.SessionKnown)
		})
	}
	f := conversion.Lead{At: started, Tags: []string{"web", " ", "Web"}, VisitorIDs: map[string]string{"rtbhouse": ""}}.Facts(nil, conversion.Earlier{})
	require.Equal(t, []conversion.Tag{{Label: "Web", Origin: conversion.TagByAPI, At: started}}, f.Tags)
	require.False(t, f.SessionKnown, "an empty visitor id ties the lead to nobody")
}
