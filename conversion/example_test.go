package conversion_test

import (
	"fmt"
	"time"

	"ringback/conversion"
)

// A call that was answered, judged by an integration that wants target calls from
// paid search.
func ExampleJudge() {
	start := time.Date(2026, 5, 4, 10, 0, 0, 0, time.UTC)
	call := conversion.FoldCall([]conversion.CallEvent{
		{ID: "1", Type: conversion.EventStarted, At: start, Caller: "+12025550123", SessionID: "ses_1"},
		{ID: "2", Type: conversion.EventAnswered, At: start.Add(5 * time.Second)},
		{ID: "3", Type: conversion.EventEnded, At: start.Add(100 * time.Second)},
	})
	visits := []conversion.Visit{{
		SessionID: "ses_1", At: start.Add(-time.Hour), Traffic: conversion.Traffic{Source: "google", Medium: "cpc"},
	}}
	decision := conversion.Judge(conversion.Criteria{
		Enabled: true,
		Rules: &conversion.Rules{
			Metrics: []conversion.Metric{conversion.MetricTarget},
			Traffic: &conversion.Condition{Field: "channel", Operator: conversion.OpEquals, Values: []string{"paid_search"}},
		},
		Model: conversion.LastNonDirect,
		Site:  conversion.SiteRules{TargetCallSeconds: 30, UniquenessDays: 30, LookbackDays: 90},
	}, call.Facts(visits, conversion.Earlier{}))
	fmt.Println(decision.Verdict, decision.Reason)
	for _, check := range decision.Checks {
		fmt.Println(check.Code, check.Passed)
	}
	// Output:
	// send all_checks_passed
	// switch true
	// kind true
	// metric true
	// tags true
	// traffic true
}

// While a call goes on, target calls are not known yet, and nothing is known of the
// visitor.
func ExampleDecidable() {
	call := conversion.FoldCall([]conversion.CallEvent{{ID: "1", Type: conversion.EventStarted, Caller: "+12025550123"}})
	ready, waits := conversion.Decidable(conversion.Criteria{
		Enabled: true,
		Rules:   &conversion.Rules{Metrics: []conversion.Metric{conversion.MetricTarget}},
	}, call.Facts(nil, conversion.Earlier{}))
	fmt.Println(ready)
	for _, wait := range waits {
		fmt.Printf("waits for %s: %s\n", wait.For, wait.Why)
	}
	// Output:
	// false
	// waits for end: metric_at_end
	// waits for visitor: visitor_not_known
}
