package conversion_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
)

// filtering asks for all calls that pass this tag filter.
func filtering(filter conversion.TagFilter) conversion.Criteria {
	return asking(conversion.Rules{Metrics: []conversion.Metric{conversion.MetricAll}, Tags: filter})
}

func TestR6_TagFilter(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		filter conversion.TagFilter
		tags   []string
		sent   bool
	}{
		"no filter":                      {conversion.TagFilter{}, nil, true},
		"any: one is enough":             {conversion.TagFilter{Any: []string{"sales", "vip"}}, []string{"vip"}, true},
		"any: none there":                {conversion.TagFilter{Any: []string{"sales"}}, []string{"support"}, false},
		"any: no tags at all":            {conversion.TagFilter{Any: []string{"sales"}}, nil, false},
		"all: every one":                 {conversion.TagFilter{All: []string{"sales", "vip"}}, []string{"vip", "sales", "x"}, true},
		"all: one is missing":            {conversion.TagFilter{All: []string{"sales", "vip"}}, []string{"vip"}, false},
		"none: not there":                {conversion.TagFilter{None: []string{"spam"}}, []string{"sales"}, true},
		"none: no tags at all":           {conversion.TagFilter{None: []string{"spam"}}, nil, true},
		"none: there":                    {conversion.TagFilter{None: []string{"spam"}}, []string{"Spam"}, false},
		"parts must all hold":            {conversion.TagFilter{Any: []string{"sales"}, None: []string{"spam"}}, []string{"sales", "spam"}, false},
		"without case":                   {conversion.TagFilter{Any: []string{"продажи"}}, []string{"ПРОДАЖИ"}, true},
		"without case, beyond one rune":  {conversion.TagFilter{Any: []string{"STRASSE"}}, []string{"straße"}, true},
		"however letters are composed":   {conversion.TagFilter{Any: []string{"caf\u00e9"}}, []string{"cafe\u0301"}, true},
		"a part of a label is not a tag": {conversion.TagFilter{Any: []string{"sale"}}, []string{"sales"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, facts := range []conversion.Facts{answered(45), arrived("a@example.com")} {
				d := conversion.Judge(filtering(tc.filter), tagged(facts, tc.tags...))
				require.Equal(t, tc.sent, d.Verdict == conversion.Send)
				if !tc.sent {
					require.Equal(t, conversion.ReasonTags, d.Reason)
				}
			}
		})
	}
}

func TestR6_TagAddedAfterEndNeverSends(t *testing.T) {
	t.Parallel()
	events := []conversion.CallEvent{
		{ID: "1", Type: conversion.EventStarted, At: started, Caller: caller, SessionID: "session-1"},
		{ID: "2", Type: conversion.EventEnded, At: ended, TalkSeconds: new(45), Tags: []string{"support"}},
		{ID: "3", Type: conversion.EventTagged, At: ended.Add(4 * time.Minute), Tags: []string{"sales", "other"}, TagOrigin: conversion.TagByHand},
	}
	facts := conversion.FoldCall(events).Facts(nil, conversion.Earlier{})
	d := conversion.Judge(filtering(conversion.TagFilter{Any: []string{"sales"}}), facts)
	require.Equal(t, conversion.Skip, d.Verdict)
	require.Equal(t, conversion.ReasonTags, d.Reason)
	require.Equal(t, []conversion.Note{{Code: conversion.NoteLateTag, Label: "sales", Seconds: 240}}, check(d, conversion.CheckTags).Notes,
		"tags that the filter does not name are not mentioned")
	require.Len(t, facts.LateTags, 2)

	d = conversion.Judge(filtering(conversion.TagFilter{None: []string{"sales"}}), facts)
	require.Equal(t, conversion.Send, d.Verdict, "nor does a late tag keep a call from being sent")
}

func TestR6_WhichTagsCount(t *testing.T) {
	t.Parallel()
	at := func(offset time.Duration, kind conversion.EventType, origin conversion.TagOrigin) []conversion.CallEvent {
		events := []conversion.CallEvent{
			{ID: "1", Type: conversion.EventStarted, At: started},
			{ID: "3", Type: conversion.EventEnded, At: ended},
		}
		return append(events, conversion.CallEvent{ID: "2", Type: kind, At: ended.Add(offset), Tags: []string{"sales"}, TagOrigin: origin})
	}
	for name, tc := range map[string]struct {
		events []conversion.CallEvent
		counts bool
	}{
		"by number, at the start":      {at(-2*time.Minute, conversion.EventStarted, conversion.TagByNumber), true},
		"by extension, when taken":     {at(-time.Minute, conversion.EventAnswered, conversion.TagByExtension), true},
		"by hand, during the call":     {at(-time.Second, conversion.EventTagged, conversion.TagByHand), true},
		"by API, at the same moment":   {at(0, conversion.EventTagged, conversion.TagByAPI), true},
		"by API, with the end":         {at(0, conversion.EventEnded, conversion.TagByAPI), true},
		"by hand, in the end's second": {at(400*time.Millisecond, conversion.EventTagged, conversion.TagByHand), true},
		"by hand, the second after":    {at(time.Second, conversion.EventTagged, conversion.TagByHand), false},
		"by hand, after an exact end": {
			append(at(2*time.Millisecond, conversion.EventTagged, conversion.TagByHand)[:1:1],
				conversion.CallEvent{ID: "3", Type: conversion.EventEnded, At: ended.Add(time.Millisecond)},
				conversion.CallEvent{ID: "2", Type: conversion.EventTagged, At: ended.Add(2 * time.Millisecond), Tags: []string{"sales"}}), false,
		},
		"by the visit, after": {at(time.Minute, conversion.EventLinked, conversion.TagByAPI), false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := conversion.FoldCall(tc.events).Facts(nil, conversion.Earlier{})
			require.Equal(t, tc.counts, len(f.Tags) == 1)
			require.Equal(t, !tc.counts, len(f.LateTags) == 1)
		})
	}
}

func TestR6_ALaterEndLetsNoLateTagCount(t *testing.T) {
	t.Parallel()
	events := []conversion.CallEvent{
		{ID: "1", Type: conversion.EventStarted, At: started, Caller: caller, SessionID: "session-1"},
		{ID: "2", Type: conversion.EventEnded, At: ended, Outcome: conversion.OutcomeMissed, Tags: []string{"support"}},
		{ID: "3", Type: conversion.EventTagged, At: ended.Add(time.Minute), Tags: []string{"sales"}},
		{ID: "4", Type: conversion.EventEnded, At: ended.Add(2 * time.Minute), Outcome: conversion.OutcomeAnswered, TalkSeconds: new(45), Tags: []string{"vip"}},
	}
	call := conversion.FoldCall(events)
	facts := call.Facts(nil, conversion.Earlier{})
	require.Equal(t, []conversion.Tag{{Label: "support", Origin: conversion.TagByAPI, At: ended}}, facts.Tags)
	require.Len(t, facts.LateTags, 2, "the later end's own tags came after the first end too")
	require.Equal(t, ended.Add(2*time.Minute), call.EndedAt)
	require.Equal(t, 45*time.Second, facts.Talk, "how it went is corrected all the same")

	d := conversion.Judge(filtering(conversion.TagFilter{Any: []string{"sales"}}), facts)
	require.Equal(t, conversion.ReasonTags, d.Reason)
	require.Equal(t, []conversion.Note{{Code: conversion.NoteLateTag, Label: "sales", Seconds: 60}}, check(d, conversion.CheckTags).Notes)

	unique := facts
	unique.Earlier.LastTargetAt = started.AddDate(0, 0, -1)
	require.Equal(t, conversion.ReasonMetric, conversion.Judge(asking(metrics(conversion.MetricUniqueTarget)), unique).Reason,
		"uniqueness counts from the start, whichever end is the last")
	require.Equal(t, conversion.Send, conversion.Judge(asking(metrics(conversion.MetricUniqueTarget)), facts).Verdict)
}

func TestR6_SameLabelTwiceCountsAtItsFirstTime(t *testing.T) {
	t.Parallel()
	call := conversion.FoldCall([]conversion.CallEvent{
		{ID: "1", Type: conversion.EventTagged, At: ended.Add(time.Minute), Tags: []string{"Sales"}, TagOrigin: conversion.TagByHand},
		{ID: "2", Type: conversion.EventTagged, At: started, Tags: []string{" sales "}, TagOrigin: conversion.TagByNumber},
		{ID: "3", Type: conversion.EventEnded, At: ended},
	})
	counted, late := call.TagsAtEnd()
	require.Equal(t, []conversion.Tag{{Label: "sales", Origin: conversion.TagByNumber, At: started}}, counted)
	require.Empty(t, late)
}

func TestR6_LateTagsSayHowLate(t *testing.T) {
	t.Parallel()
	for late, seconds := range map[time.Duration]int64{time.Millisecond: 0, time.Minute: 60, 49 * time.Hour: 49 * 3600} {
		f := answered(45)
		f.LateTags = []conversion.Tag{{Label: "Sales", At: ended.Add(late)}}
		d := conversion.Judge(filtering(conversion.TagFilter{Any: []string{"sales"}}), f)
		want := []conversion.Note{{Code: conversion.NoteLateTag, Label: "Sales", Seconds: seconds}}
		require.Equal(t, want, check(d, conversion.CheckTags).Notes)
	}
	require.Equal(t, conversion.Note{Code: conversion.NoteLateReport, Label: "Sales"}, conversion.Tag{Label: "Sales", At: ended}.LateNote(ended))
}
