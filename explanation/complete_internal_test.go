package explanation

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/alerts"
	"ringback/conversion"
	"ringback/internal/delivery"
	"ringback/internal/locale"
	"ringback/internal/sourcestatus"
	"ringback/internal/unread"
	"ringback/reports"
	"ringback/sitecheck"
	"ringback/touchpoints"
	"ringback/touchpoints/channels"
	"ringback/touchpoints/credit"
	"ringback/visits"
)

func TestEveryLanguageHasEveryMessageAndPluralForm(t *testing.T) {
	t.Parallel()
	require.Empty(t, catalog.Problems())
}

// TestEveryCodeHasAMessage explains every code, with everything that its message
// depends on. It fails for a code without a message, and for a message that no
// code uses.
func TestEveryCodeHasAMessage(t *testing.T) {
	t.Parallel()
	w := Writer{language: locale.English, catalog: catalog.Recording()}
	for _, kind := range []conversion.Kind{conversion.KindCall, conversion.KindLead} {
		explainChecks(w, kind)
		explainVisitorMatches(w, kind)
		for _, m := range conversion.Moments() {
			w.Decision(kind, conversion.Decision{Moment: m, Checks: someChecks()})
		}
	}
	for _, code := range conversion.NoteCodes() {
		w.Note(conversion.Note{Code: code, Text: "stored", Model: conversion.LastVisit})
	}
	for _, d := range []conversion.Decision{{}, {Moment: conversion.AtEnd}, {Checks: someChecks()}} {
		require.NotContains(t, w.Decision(conversion.KindCall, d), " :")
		require.NotContains(t, w.Decision(conversion.KindCall, d), " .")
	}
	explainConditions(w)
	explainNumbers(w)
	explainWaits(w)
	explainStatus(w)
	explainReasons(w)
	explainTouchpoints(w)
	explainCredit(w)
	for _, kind := range alerts.Kinds() {
		c := alerts.Condition{Subject: alerts.Subject{Kind: kind}, Name: "Example", Site: "Shop"}
		_, _, _, _ = w.AlertBegan(c), w.AlertEnded(c, time.Time{}), w.AlertsSubject(1), w.AlertsPage("")
	}
	for _, f := range slices.Concat(reports.CallFigures, reports.SendFigures) {
		_, _, _ = w.FigureName(f), w.FigureMeaning(f), w.FigureDate(f.Date)
	}
	for _, code := range []string{"failing_destination", "failed_deliveries", "full_pool", "unread_messages", "calls_without_visit"} {
		w.NeedsAHand(code, "Example", 3)
	}
	for _, f := range reports.CreditFigures {
		_, _, _ = w.CreditFigureName(f), w.CreditFigureMeaning(f), w.FigureDate(f.Date)
	}
	for _, code := range unread.Codes() {
		w.Unread(unread.Defect{Code: code})
	}
	for _, code := range sourcestatus.Codes() {
		w.ListProblem(sourcestatus.Problem{Code: code})
	}
	for _, code := range sourcestatus.SilenceCodes() {
		w.Silence(sourcestatus.Silence{Code: code})
	}
	for _, code := range sourcestatus.ClockCodes() {
		w.Clock(sourcestatus.Clock{Code: code})
	}
	for _, kind := range conversion.ReporterKinds() {
		w.Reporter(conversion.Reporter{Kind: kind, ID: "tok_1", Name: "website"})
	}
	for _, code := range visits.StartCodes() {
		w.SessionStart(visits.StartReason{Code: code, First: true})
	}
	explainFindings(w)
	explainProgress(w)
	w.joinSome(make([]string, 6), "unmet")
	unused, missing := w.catalog.Unused()
	missing = slices.DeleteFunc(missing, func(id string) bool { return strings.HasPrefix(id, "finding.") && strings.HasSuffix(id, ".detail") })
	unused = slices.DeleteFunc(unused, func(id string) bool { return strings.HasPrefix(id, "expected.") || strings.HasPrefix(id, "request.") }) // see internal/rules
	require.Empty(t, missing, "codes without a message")
	require.Empty(t, unused, "messages that no code uses")
}

// someChecks are passed checks whose texts are part of a sentence.
func someChecks() []conversion.Check {
	return []conversion.Check{
		{Code: conversion.CheckMetric, Passed: true, Seen: conversion.Seen{
			Code: conversion.SeenMetrics, Metrics: []conversion.MetricResult{{Metric: conversion.MetricTarget, Met: true, Code: conversion.MetricTalked}},
		}},
		{Code: conversion.CheckTags, Passed: true, Wanted: conversion.Wanted{Tags: &conversion.TagFilter{
			Any: []string{"a"}, All: []string{"b"}, None: []string{"c"},
		}}, Seen: conversion.Seen{Code: conversion.SeenTagsAtEnd}},
		{Code: conversion.CheckTraffic, Passed: true, Wanted: conversion.Wanted{Traffic: &conversion.Condition{
			Field: "medium", Operator: conversion.OpEquals,
		}}, Seen: conversion.Seen{Code: conversion.SeenTraffic}},
	}
}

func explainChecks(w Writer, kind conversion.Kind) {
	for _, c := range someChecks() {
		w.Check(kind, c)
	}
	for _, code := range conversion.CheckCodes() {
		for _, seen := range conversion.SeenCodes() {
			for _, labels := range [][]string{nil, {"a"}} {
				c := conversion.Check{Code: code, Seen: conversion.Seen{
					Code: seen, Tags: labels, Text: "stored", Metrics: everyResult(),
					Fields:   []conversion.FieldSeen{{Field: "medium", NoSuch: true}, {Field: "source"}, {Field: "term", Values: []string{"x"}}},
					Unmet:    []conversion.Condition{{Field: "source", Operator: conversion.OpEquals}},
					Problems: []conversion.FieldProblem{{Path: "options.url"}},
				}}
				if labels != nil {
					c.Wanted.VisitorID = &conversion.WantedVisitorID{Name: "a", Cookies: labels}
				}
				w.Check(kind, c)
				w.Decision(kind, conversion.Decision{Checks: []conversion.Check{c}})
			}
		}
	}
}

// everyResult holds a result for each metric, code and course of a call.
func everyResult() []conversion.MetricResult {
	seconds := 1
	var all []conversion.MetricResult
	for _, metric := range conversion.MetricsOf(conversion.KindCall) {
		all = append(all, conversion.MetricResult{Metric: metric, Code: conversion.MetricEvery})
	}
	for _, code := range conversion.MetricCodes() {
		for _, by := range []string{conversion.PersonByEmail, conversion.PersonByPhone} {
			all = append(all, conversion.MetricResult{Metric: conversion.MetricAll, Code: code, PersonBy: by})
		}
	}
	calls := []conversion.CallSeen{{Answered: true}, {Answered: true, TalkSeconds: &seconds}, {}}
	for _, outcome := range conversion.Outcomes() {
		calls = append(calls, conversion.CallSeen{Outcome: outcome})
	}
	for _, call := range calls {
		all = append(all, conversion.MetricResult{Metric: conversion.MetricAll, Code: conversion.MetricIsFailed, Call: &call})
	}
	return all
}

func explainConditions(w Writer) {
	var fields []conversion.Condition
	for _, field := range conversion.TrafficFields {
		fields = append(fields, conversion.Condition{Field: field.Name, Operator: conversion.OpEquals})
	}
	for _, op := range conversion.Operators() {
		fields = append(fields, conversion.Condition{Field: "medium", Operator: op})
	}
	for _, match := range []conversion.Match{conversion.MatchAll, conversion.MatchAny} {
		w.Condition(&conversion.Condition{Match: match, Conditions: fields})
	}
	for _, model := range conversion.AttributionModels() {
		w.Note(conversion.Note{Code: conversion.NoteVisit, Model: model})
	}
	for _, evidence := range conversion.AllEvidence() {
		w.Evidence(evidence)
		w.Note(conversion.Note{Code: conversion.NotePersonsID, Evidence: evidence})
	}
}

func explainNumbers(w Writer) {
	at := time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	for _, pool := range []string{"", "Web site"} {
		for _, assignment := range []string{"", "asg_1"} {
			for _, certainty := range []conversion.NumberCertainty{conversion.NumberHeld, conversion.NumberReleased, conversion.NumberTaken} {
				c := CalledNumber{Number: "+12025550141", Name: pool, Pool: pool, Match: conversion.NumberMatch{
					PoolID: "pool_1", AssignmentID: assignment, Certainty: certainty, Ambiguous: true, Candidates: 2,
				}}
				w.NumberMatch(c)
				c.From, c.Until = &at, &at
				w.NumberMatch(c)
			}
		}
	}
	w.NumberMatch(CalledNumber{})
	w.NumberMatch(CalledNumber{Traffic: &conversion.Traffic{Source: "poster"}})
}

func explainVisitorMatches(w Writer, kind conversion.Kind) {
	at := time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	for _, idle := range []time.Duration{0, time.Second, time.Minute} {
		w.VisitorMatch(kind, conversion.VisitorMatch{System: "rtbhouse", LastActivityAt: at.Add(-idle), Ambiguous: true}, at)
	}
}

func explainWaits(w Writer) {
	var waits []conversion.Wait
	for _, what := range conversion.WaitsFor() {
		waits = append(waits, conversion.Wait{For: what, Why: conversion.WaitMetric}, conversion.Wait{For: what, Why: conversion.WaitTags})
	}
	for _, why := range conversion.WaitReasons() {
		waits = append(waits, conversion.Wait{For: conversion.WaitForEnd, Why: why})
	}
	for _, wait := range waits {
		w.Waits([]conversion.Wait{wait})
	}
	w.Waits(waits[:3])
}

func explainStatus(w Writer) {
	for _, code := range ProblemCodes() {
		w.Problem(code)
	}
	for _, kind := range []conversion.Kind{conversion.KindCall, conversion.KindLead} {
		w.NotTaken(kind)
	}
	w.Delivered()
	w.Failed("")
}

func explainReasons(w Writer) {
	last := delivery.AnsweredWith(503)
	for _, code := range delivery.ReasonCodes() {
		w.Reason(delivery.Reason{Code: code})
		w.Reason(delivery.Reason{Code: code, Last: &last, Count: 2})
	}
	for _, code := range []string{"", "E1"} {
		for _, message := range []string{"", "a message"} {
			w.Reason(delivery.AnsweredWithError(400, code, message))
		}
	}
}

// explainProgress writes what the details of a workflow hold. The tests of package
// workflows compare its stages and causes.
func explainProgress(w Writer) {
	at := time.Date(2026, 5, 4, 9, 0, 0, 0, time.UTC)
	for _, stage := range []string{"planning", "dispatching", "done"} {
		w.Stage(stage, nil)
	}
	for _, stage := range []string{"waiting_for_end", "waiting_for_start", "settling"} {
		w.Stage(stage, nil)
		w.Stage(stage, &at)
	}
	for _, remark := range []string{"cancelled", "judged_at_end", "wait_until", "attempts", "attempts_until"} {
		w.Progress(remark, &at)
	}
	for _, cause := range []string{"time_ran_out", "cancelled", "broken"} {
		w.GiveUpCause(cause)
	}
	for _, reason := range conversion.Reasons() {
		w.SkipReason(reason)
	}
}

func explainFindings(w Writer) {
	pool := sitecheck.Offer{Kind: sitecheck.OfferPool, To: &conversion.Condition{Field: "medium", Operator: conversion.OpIsEmpty}}
	number := sitecheck.Offer{Kind: sitecheck.OfferNumber}
	for _, code := range sitecheck.Codes() {
		w.Finding(sitecheck.Finding{Code: code})
		w.Finding(sitecheck.Finding{Code: code, Values: sitecheck.Values{
			Address: "https://example.com", Form: "contact", Count: 2, Texts: 2, Links: 1, By: []sitecheck.Offer{pool, number}, Needs: sitecheck.Needs(),
		}})
	}
	w.OfferedTo(pool)
	w.OfferedTo(number)
}

func explainTouchpoints(w Writer) {
	for _, o := range touchpoints.Outcomes() {
		w.CallOutcome(o)
		for _, basis := range []touchpoints.Basis{touchpoints.FromLastActivity, touchpoints.FromStart} {
			w.Merging(touchpoints.Merging{Outcome: o, Basis: basis, ApartSeconds: 1})
			if o == touchpoints.Merged {
				w.Merging(touchpoints.Merging{Outcome: o, Basis: basis, Later: true})
			}
		}
	}
	var cells []channels.Hit
	for _, column := range channels.Columns() {
		cells = append(cells, channels.Hit{Column: column})
	}
	for _, code := range touchpoints.ReasonCodes() {
		merging := touchpoints.Merging{Outcome: touchpoints.NoSession}
		w.TouchpointReason(touchpoints.Reason{Code: code, Merging: &merging})
		w.TouchpointReason(touchpoints.Reason{Code: code, Merging: &merging, Value: "x", Cells: cells})
	}
	for _, p := range touchpoints.BuiltInPositions() {
		w.Position(p)
	}
	for _, r := range touchpoints.EmptyReasons() {
		w.EmptyJourney(r)
	}
}

func explainCredit(w Writer) {
	for _, name := range append(credit.ModelNames(), credit.CustomName) {
		w.CreditModel(name)
	}
	w.Share(credit.Share{})
	w.Share(credit.Share{Parts: []credit.Part{{Among: 1}, {Position: touchpoints.Closed, Among: 2}}})
	w.Division(credit.Result{NoMiddle: true, Fallback: true, Preliminary: true, Missing: []touchpoints.Position{touchpoints.Closed}})
}
