package conversion_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"ringback/conversion"
)

// Small sets, so that draws collide often.
var (
	someLabels   = rapid.SampledFrom([]string{"sales", "Sales", "spam", "vip", " vip "})
	someOutcomes = rapid.SampledFrom([]conversion.Outcome{"", conversion.OutcomeAnswered, conversion.OutcomeMissed, conversion.OutcomeBusy})
	someMetrics  = rapid.SampledFrom(conversion.MetricsOf(conversion.KindCall))
	someModels   = rapid.SampledFrom([]conversion.AttributionModel{"", conversion.LastNonDirect, conversion.LastVisit, conversion.FirstVisit, conversion.FirstNonDirect})
)

// aMoment draws a time around the sample call.
func aMoment(t *rapid.T) time.Time {
	return started.Add(time.Duration(rapid.IntRange(-2, 6).Draw(t, "minute")) * time.Minute)
}

func someTraffic(t *rapid.T) *conversion.Traffic {
	if rapid.Bool().Draw(t, "no traffic") {
		return nil
	}
	return &conversion.Traffic{
		Source: rapid.SampledFrom([]string{"", "(direct)", "google"}).Draw(t, "source"),
		Medium: rapid.SampledFrom([]string{"", "(none)", "cpc", "CPC"}).Draw(t, "medium"),
	}
}

func seconds(t *rapid.T, name string) *int {
	if rapid.Bool().Draw(t, "no "+name) {
		return nil
	}
	return new(rapid.IntRange(-1, 60).Draw(t, name))
}

// someEvent draws an event of any type, whose id may be that of another one.
func someEvent(t *rapid.T) conversion.CallEvent {
	return conversion.CallEvent{
		ID: fmt.Sprint(rapid.IntRange(0, 8).Draw(t, "id")),
		Type: rapid.SampledFrom([]conversion.EventType{conversion.EventStarted, conversion.EventAnswered,
			conversion.EventTagged, conversion.EventLinked, conversion.EventEnded}).Draw(t, "type"),
		At:         aMoment(t),
		Caller:     rapid.SampledFrom([]string{"", caller, "+12025550124"}).Draw(t, "caller"),
		Anonymous:  rapid.Bool().Draw(t, "anonymous"),
		SessionID:  rapid.SampledFrom([]string{"", "session-1", "session-2"}).Draw(t, "session"),
		VisitorIDs: map[string]string{"rtbhouse": rapid.SampledFrom([]string{"", "r-1", "r-2"}).Draw(t, "visitor id")},
		Traffic:    someTraffic(t),
		Tags:       rapid.SliceOfN(someLabels, 0, 3).Draw(t, "tags"),
		TagOrigin:  rapid.SampledFrom([]conversion.TagOrigin{conversion.TagByHand, conversion.TagByNumber}).Draw(t, "origin"),
		Outcome:    someOutcomes.Draw(t, "outcome"), TalkSeconds: seconds(t, "talk"), WaitSeconds: seconds(t, "wait"),
	}
}

func someVisit(t *rapid.T) conversion.Visit {
	v := conversion.Visit{ID: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "visit"), At: aMoment(t)}
	if traffic := someTraffic(t); traffic != nil {
		v.Traffic = *traffic
	}
	return v
}

func someRules(t *rapid.T) conversion.Rules {
	rules := metrics(rapid.SliceOfNDistinct(someMetrics, 1, 5, rapid.ID[conversion.Metric]).Draw(t, "metrics")...)
	rules.Tags = conversion.TagFilter{
		Any:  rapid.SliceOfN(someLabels, 0, 2).Draw(t, "any"),
		None: rapid.SliceOfN(someLabels, 0, 1).Draw(t, "none"),
	}
	if rapid.Bool().Draw(t, "traffic filter") {
		rules.Traffic = new(leaf("medium", rapid.SampledFrom(conversion.Operators()).Draw(t, "operator"), "cpc"))
	}
	return rules
}

func someAsk(t *rapid.T, rules conversion.Rules) conversion.Criteria {
	criteria := asking(rules)
	criteria.Model = someModels.Draw(t, "model")
	criteria.Enabled = rapid.IntRange(0, 9).Draw(t, "switch") > 0
	if rapid.Bool().Draw(t, "needs fail") {
		criteria.Needs = []conversion.Check{{Code: conversion.CheckVisitorID, Reason: conversion.ReasonNoVisitorID}}
	}
	return criteria
}

func someEarlier(t *rapid.T) conversion.Earlier {
	var e conversion.Earlier
	if rapid.Bool().Draw(t, "called before") {
		e.LastAt = started.AddDate(0, 0, -rapid.IntRange(1, 60).Draw(t, "days"))
		if rapid.Bool().Draw(t, "a target call") {
			e.LastTargetAt = e.LastAt
		}
	}
	return e
}

// shuffled puts the items in another order, and repeats some.
func shuffled[T any](t *rapid.T, items []T, name string) []T {
	mixed := rapid.Permutation(items).Draw(t, name)
	for _, item := range items {
		if rapid.IntRange(0, 3).Draw(t, name+" again") == 0 {
			mixed = append(mixed, item)
		}
	}
	return mixed
}

// reordered shuffles the labels within each event too.
func reordered(t *rapid.T, events []conversion.CallEvent) []conversion.CallEvent {
	mixed := shuffled(t, events, "events")
	for i := range mixed {
		mixed[i].Tags = rapid.Permutation(mixed[i].Tags).Draw(t, "labels")
	}
	return mixed
}

func TestOrderNeverChangesADecision(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		events := rapid.SliceOfN(rapid.Custom(someEvent), 0, 8).Draw(t, "events")
		visits := rapid.SliceOfN(rapid.Custom(someVisit), 0, 4).Draw(t, "visits")
		criteria, earlier := someAsk(t, someRules(t)), someEarlier(t)

		call := conversion.FoldCall(events)
		facts := call.Facts(visits, earlier)
		facts.Incomplete = rapid.Bool().Draw(t, "incomplete")
		want := conversion.Judge(criteria, facts)

		again := conversion.FoldCall(reordered(t, events))
		require.Equal(t, call, again)
		mixed := again.Facts(shuffled(t, visits, "visits"), earlier)
		mixed.Incomplete = facts.Incomplete
		mixed.Tags = shuffled(t, mixed.Tags, "tags")
		mixed.LateTags = rapid.Permutation(mixed.LateTags).Draw(t, "late tags")
		require.Equal(t, want, conversion.Judge(criteria, mixed))
	})
}

func TestFoldedCallsAreSane(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		call := conversion.FoldCall(rapid.SliceOfN(rapid.Custom(someEvent), 1, 8).Draw(t, "events"))
		require.Equal(t, call.Ended(), call.Outcome != "")
		require.False(t, call.Ended() && call.EndedAt.Before(call.At()))
		require.False(t, call.Anonymous && call.Caller != "")
		if call.TalkSeconds != nil {
			require.True(t, call.Ended())
			require.GreaterOrEqual(t, *call.TalkSeconds, 0)
		}
		require.False(t, call.FirstEndedAt.After(call.EndedAt))
		counted, late := call.TagsAtEnd()
		require.Len(t, call.Tags, len(counted)+len(late))
		for _, tag := range late {
			require.True(t, tag.At.After(call.FirstEndedAt))
		}
	})
}

// someContinuation returns what follows in a call after a decision at its start:
// tags, an answer and an end. The caller, the visit and the start are known by then.
func someContinuation(t *rapid.T) []conversion.CallEvent {
	var events []conversion.CallEvent
	for i := range rapid.IntRange(0, 3).Draw(t, "events during the call") {
		events = append(events, conversion.CallEvent{
			ID: fmt.Sprintf("during-%d", i), At: aMoment(t),
			Type: rapid.SampledFrom([]conversion.EventType{conversion.EventTagged, conversion.EventAnswered}).Draw(t, "type"),
			Tags: rapid.SliceOfN(someLabels, 0, 2).Draw(t, "tags"),
		})
	}
	return append(events, conversion.CallEvent{
		ID: "end", Type: conversion.EventEnded, At: aMoment(t), Outcome: someOutcomes.Draw(t, "outcome"),
		TalkSeconds: seconds(t, "talk"), Tags: rapid.SliceOfN(someLabels, 0, 2).Draw(t, "tags"),
	})
}

func TestR5_EarlyAndLateDecisionsAgree(t *testing.T) {
	t.Parallel()
	decided := 0
	rapid.Check(t, func(t *rapid.T) {
		start := someEvent(t)
		start.Type, start.At = conversion.EventStarted, started
		visits := rapid.SliceOfN(rapid.Custom(someVisit), 0, 4).Draw(t, "visits")
		rules := someRules(t)
		if rapid.IntRange(0, 3).Draw(t, "early") > 0 {
			rules.Metrics, rules.Tags = rules.Metrics[:1], conversion.TagFilter{}
		}
		criteria, earlier := someAsk(t, rules), someEarlier(t)

		early := conversion.FoldCall([]conversion.CallEvent{start}).Facts(visits, earlier)
		now, _ := conversion.Decidable(criteria, early)
		if !now || early.Ended {
			return
		}
		decided++
		first := conversion.Judge(criteria, early)
		require.Equal(t, conversion.AtStart, first.Moment)

		events := append(someContinuation(t), start)
		late := conversion.Judge(criteria, conversion.FoldCall(events).Facts(visits, earlier))
		require.Equal(t, conversion.AtEnd, late.Moment)
		require.Equal(t, first.Verdict, late.Verdict)
		require.Equal(t, first.Reason, late.Reason)
		require.Equal(t, first.Visit, late.Visit)

		early.Incomplete = true
		closed := conversion.Judge(criteria, early)
		require.Equal(t, first.Reason, closed.Reason, "nor does a call that never ends change it")
	})
	require.Positive(t, decided, "the property has judged something")
}
