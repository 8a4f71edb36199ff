package explanation_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/explanation"
	"ringback/internal/locale"
	"ringback/touchpoints"
	"ringback/touchpoints/credit"
)

const browser = "08c1063cb0a64349ad0d2d862f5cc700"

// clock returns a time of the day of the sample journey.
func clock(hour, minute int) time.Time { return time.Date(2026, 5, 4, hour, minute, 0, 0, time.UTC) }

// journeyOfCalls is the story of the requirements: an ad click at 12:17, a call at
// 12:25 that is merged, one at 13:05 that is not, and a later form. Then come calls
// that have no touchpoint.
func journeyOfCalls() touchpoints.Person {
	call := func(id string, at time.Time, kind string) touchpoints.Task {
		return touchpoints.Task{ID: id, BizibleID: browser, At: at, Type: kind, Person: "ann"}
	}
	withoutID, unknown := call("t3", clock(14, 0), "Call"), call("t4", clock(14, 0), "Call")
	withoutID.BizibleID, unknown.BizibleID = "", "undefined"
	gone := call("t5", clock(14, 0), "Call")
	gone.Deleted = true
	return touchpoints.Person{ID: "ann", Tasks: []touchpoints.Task{
		call("t1", clock(12, 25), "Phone Call"), call("t2", clock(13, 5), "Left Message on the machine"), withoutID, unknown, gone,
		call("t6", clock(12, 10), ""), call("t7", clock(12, 30), "Call"),
	}, Sessions: []touchpoints.Session{
		{
			ID: "s1", BizibleID: browser, StartedAt: clock(12, 17), LastActivityAt: clock(12, 20),
			Traffic: conversion.Traffic{Source: "google", Medium: "cpc", Campaign: "spring"},
		}, {
			ID: "s2", BizibleID: browser, StartedAt: clock(18, 0), LastActivityAt: clock(18, 5), CarriedOver: true,
			Forms: []touchpoints.Form{{ID: "f1", At: clock(18, 5), Person: "ann"}, {ID: "f2", At: clock(18, 4), Person: "ben"}},
		}, {ID: "s3", BizibleID: browser, StartedAt: clock(20, 0), LastActivityAt: clock(20, 0)},
	}}
}

// TestTouchpointsAsOwnersReadThem holds the whole explanation of a journey. Read
// testdata/touchpoints.*.golden to see what owners see in each language.
func TestTouchpointsAsOwnersReadThem(t *testing.T) {
	t.Parallel()
	for _, l := range locale.Languages() {
		path := filepath.Join("testdata", "touchpoints."+string(l)+".golden")
		got := toldJourney(explanation.In(l))
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), got, "run with -update if the texts are meant to change")
	}
}

// toldJourney writes what became of each call, why each touchpoint is what it is,
// and how each model divides the credit of an opportunity.
func toldJourney(w explanation.Writer) string {
	var b strings.Builder
	p := journeyOfCalls()
	touches, calls := touchpoints.Default().Touches(p)
	for _, m := range calls {
		fmt.Fprintf(&b, "call %s: %s\n", m.TaskID, w.Merging(m))
	}
	o := touchpoints.Opportunity{CreatedAt: clock(17, 0), ClosedAt: clock(19, 0), Won: true}
	j := o.JourneyOf([]touchpoints.Participant{{Person: p, Touches: touches}})
	for _, step := range j.Steps {
		fmt.Fprintf(&b, "\n%s %s (%s)\n", step.Touchpoint.ID, step.Touchpoint.Type, step.Positions)
		for _, position := range step.Positions {
			fmt.Fprintf(&b, "  %s: %s\n", position, w.Position(position))
		}
		for _, sentence := range w.Touchpoint(step.Touchpoint) {
			fmt.Fprintf(&b, "  %s\n", sentence)
		}
	}
	for _, m := range credit.Models() {
		tellModel(&b, w, m.Divide(j))
	}
	for _, r := range touchpoints.EmptyReasons() {
		fmt.Fprintf(&b, "\n%s\n", w.EmptyJourney(r))
	}
	return b.String()
}

func tellModel(b *strings.Builder, w explanation.Writer, r credit.Result) {
	fmt.Fprintf(b, "\n%s\n", w.CreditModel(r.Model))
	for i, money := range r.Money(100_001) {
		fmt.Fprintf(b, "  %s: %s, %d\n", r.Shares[i].TouchpointID, w.Share(r.Shares[i]), money)
	}
	for _, sentence := range w.Division(r) {
		fmt.Fprintf(b, "  %s\n", sentence)
	}
}

func TestM6_OwnersReadWhyACallHasNoTouchpoint(t *testing.T) {
	t.Parallel()
	w := explanation.In(locale.English)
	_, calls := touchpoints.Default().Touches(journeyOfCalls())
	told := map[string]string{}
	for _, m := range calls {
		told[m.TaskID] = w.Merging(m)
	}
	require.Contains(t, told["t2"], "15 minutes too late")
	require.Contains(t, told["t3"], "without a BizibleId")
	require.Contains(t, told["t4"], "stands for nobody")
}

func TestCodesOfALaterVersionAreWrittenAsSuch(t *testing.T) {
	t.Parallel()
	w := explanation.In(locale.Russian)
	require.Equal(t, "moon_phase (код более поздней версии Ringback)", w.TouchpointReason(touchpoints.Reason{Code: "moon_phase"}))
	require.Equal(t, "call", w.TouchpointReason(touchpoints.Reason{Code: touchpoints.ReasonCall}))
	require.Equal(t, "tarot", w.CreditModel("tarot"))
	require.Equal(t, "Demo Scheduled", w.Position("Demo Scheduled"))
	require.Empty(t, w.EmptyJourney(""))

	const later = " (a code of a later version of Ringback)"
	w = explanation.In(locale.English)
	require.Equal(t, "tarot"+later, w.Merging(touchpoints.Merging{Outcome: "tarot"}))
	require.Equal(t, "near"+later, w.Condition(&conversion.Condition{Field: "city", Operator: "near"}))
	require.Equal(t, "chat"+later, w.VisitorMatch("chat", conversion.VisitorMatch{}, time.Time{}))
	seen := conversion.Seen{Code: conversion.SeenMetrics, Metrics: []conversion.MetricResult{{Code: "tarot"}}}
	require.Equal(t, "tarot"+later, w.Check(conversion.KindCall, conversion.Check{Code: conversion.CheckMetric, Seen: seen}).Seen)
}
