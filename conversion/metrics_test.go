package conversion_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/conversion/conversiontest"
)

// countedAfter adds a call that started later and was decided as unique sooner.
func countedAfter(f conversion.Facts, after time.Duration) conversion.Facts {
	f.Earlier.CountedAt = f.At.Add(after)
	f.Earlier.CountedTargetAt = f.Earlier.CountedAt
	return f
}

func TestR4_MetricsOfCalls(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	calledBefore := conversiontest.CalledBefore
	withheld, unknown := conversiontest.Withheld(answered(45)), conversiontest.Unknown(answered(45))
	noTalk := answered(0)
	noTalk.TalkUnknown = true

	for name, tc := range map[string]struct {
		metric conversion.Metric
		facts  conversion.Facts
		sent   bool
		code   conversion.MetricCode
	}{
		"all: answered":   {conversion.MetricAll, answered(5), true, conversion.MetricEvery},
		"all: unanswered": {conversion.MetricAll, unanswered(conversion.OutcomeMissed), true, conversion.MetricEvery},

		"unique: first":  {conversion.MetricUnique, answered(5), true, conversion.MetricFirst},
		"unique: repeat": {conversion.MetricUnique, calledBefore(answered(5), day, 0), false, conversion.MetricRepeated},
		"unique: exactly the days before is a repeat": {conversion.MetricUnique, calledBefore(answered(5), 30*day, 0), false, conversion.MetricRepeated},
		"unique: older is forgotten":                  {conversion.MetricUnique, calledBefore(answered(5), 30*day+time.Microsecond, 0), true, conversion.MetricAgain},
		"unique: withheld number":                     {conversion.MetricUnique, withheld, false, conversion.MetricAnonymous},
		"unique: no number":                           {conversion.MetricUnique, unknown, false, conversion.MetricNobody},

		"unique: a later one counts already":                {conversion.MetricUnique, countedAfter(answered(5), day), false, conversion.MetricCounted},
		"unique: a later one, exactly the days after":       {conversion.MetricUnique, countedAfter(answered(5), 30*day), false, conversion.MetricCounted},
		"unique: a later one of other days":                 {conversion.MetricUnique, countedAfter(answered(5), 30*day+time.Microsecond), true, conversion.MetricFirst},
		"unique-target: a later target call counts already": {conversion.MetricUniqueTarget, countedAfter(answered(45), day), false, conversion.MetricCountedTarget},

		"target: exactly the seconds":                   {conversion.MetricTarget, answered(30), true, conversion.MetricTalked},
		"target: one second short":                      {conversion.MetricTarget, answered(29), false, conversion.MetricTalked},
		"target: not answered":                          {conversion.MetricTarget, unanswered(conversion.OutcomeBusy), false, conversion.MetricNotAnswered},
		"target: not answered, source does not say why": {conversion.MetricTarget, unanswered(""), false, conversion.MetricNotAnswered},
		"target: talk time not reported":                {conversion.MetricTarget, noTalk, false, conversion.MetricTalked},

		"unique-target: first target, though they called before": {conversion.MetricUniqueTarget, calledBefore(answered(45), day, 0), true, conversion.MetricFirstTarget},
		"unique-target: second target":                           {conversion.MetricUniqueTarget, calledBefore(answered(45), day, 2*day), false, conversion.MetricRepeatedTarget},
		"unique-target: old target is forgotten":                 {conversion.MetricUniqueTarget, calledBefore(answered(45), day, 31*day), true, conversion.MetricFirstTarget},
		"unique-target: no target":                               {conversion.MetricUniqueTarget, answered(12), false, conversion.MetricTalked},
		"unique-target: withheld":                                {conversion.MetricUniqueTarget, withheld, false, conversion.MetricAnonymous},

		"failed: missed":   {conversion.MetricFailed, unanswered(conversion.OutcomeMissed), true, conversion.MetricIsFailed},
		"failed: busy":     {conversion.MetricFailed, unanswered(conversion.OutcomeBusy), true, conversion.MetricIsFailed},
		"failed: failed":   {conversion.MetricFailed, unanswered(conversion.OutcomeFailed), true, conversion.MetricIsFailed},
		"failed: answered": {conversion.MetricFailed, answered(5), false, conversion.MetricIsNotFailed},

		"a metric that does not exist is never met": {"loyal", answered(45), false, conversion.MetricNoSuch},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := conversion.Judge(asking(metrics(tc.metric)), tc.facts)
			require.Equal(t, tc.sent, d.Verdict == conversion.Send)
			require.Equal(t, tc.code, check(d, conversion.CheckMetric).Seen.Metrics[0].Code)
			if !tc.sent {
				require.Equal(t, conversion.ReasonMetric, d.Reason)
			}
		})
	}
}

func TestR4_UniqueForEver(t *testing.T) {
	t.Parallel()
	criteria := asking(metrics(conversion.MetricUnique))
	criteria.Site.UniquenessDays = 0
	f := answered(5)
	require.Equal(t, conversion.Send, conversion.Judge(criteria, f).Verdict)
	f.Earlier.LastAt = started.AddDate(-20, 0, 0)
	require.Equal(t, conversion.Skip, conversion.Judge(criteria, f).Verdict)
	f.Earlier.LastAt = started.Add(time.Second)
	require.Equal(t, conversion.Send, conversion.Judge(criteria, f).Verdict, "a later call is not an earlier one")
}

func TestR4_MetricsOfLeads(t *testing.T) {
	t.Parallel()
	again := conversiontest.ArrivedAgain
	for name, tc := range map[string]struct {
		metric conversion.Metric
		facts  conversion.Facts
		sent   bool
		code   conversion.MetricCode
	}{
		"all":             {conversion.MetricAll, arrived(""), true, conversion.MetricEvery},
		"unique: first":   {conversion.MetricUnique, arrived("a@example.com"), true, conversion.MetricFirst},
		"unique: e-mail":  {conversion.MetricUnique, again(conversion.Lead{Email: "a@example.com"}), false, conversion.MetricRepeated},
		"unique: phone":   {conversion.MetricUnique, again(conversion.Lead{Phone: caller}), false, conversion.MetricRepeated},
		"unique: neither": {conversion.MetricUnique, arrived(""), false, conversion.MetricNobody},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := conversion.Judge(asking(metrics(tc.metric)), tc.facts)
			require.Equal(t, tc.sent, d.Verdict == conversion.Send)
			require.Equal(t, tc.code, check(d, conversion.CheckMetric).Seen.Metrics[0].Code)
			require.Equal(t, conversion.AtEnd, d.Moment)
		})
	}
}

func TestR4_MetricsAreAlternatives(t *testing.T) {
	t.Parallel()
	criteria := asking(metrics(conversion.MetricFailed, conversion.MetricTarget))
	require.Equal(t, conversion.Send, conversion.Judge(criteria, answered(45)).Verdict)
	require.Equal(t, conversion.Send, conversion.Judge(criteria, unanswered(conversion.OutcomeMissed)).Verdict)
	d := conversion.Judge(criteria, answered(12))
	require.Equal(t, conversion.Skip, d.Verdict)
	c := check(d, conversion.CheckMetric)
	require.Equal(t, []conversion.Metric{conversion.MetricFailed, conversion.MetricTarget}, c.Wanted.Metrics)
	require.Len(t, c.Seen.Metrics, 2)
	call := &conversion.CallSeen{Answered: true, Outcome: conversion.OutcomeAnswered, TalkSeconds: new(12)}
	for i, want := range []conversion.MetricResult{
		{Metric: conversion.MetricFailed, Code: conversion.MetricIsNotFailed, Call: call},
		{Metric: conversion.MetricTarget, Code: conversion.MetricTalked, Call: call, TargetCallSeconds: new(30)},
	} {
		got, err := json.Marshal(c.Seen.Metrics[i])
		require.NoError(t, err)
		wanted, err := json.Marshal(want)
		require.NoError(t, err)
		require.JSONEq(t, string(wanted), string(got))
	}
}

func TestFlags(t *testing.T) {
	t.Parallel()
	withheld, unknown := conversiontest.Withheld(ringing()), conversiontest.Unknown(ringing())
	unknownAtEnd := conversiontest.Unknown(answered(45))
	repeat := answered(45)
	repeat.Earlier = conversion.Earlier{LastAt: started.Add(-time.Hour), LastTargetAt: started.Add(-time.Hour)}
	for name, tc := range map[string]struct {
		facts                        conversion.Facts
		unique, target, uniqueTarget *bool
	}{
		"first target call":        {answered(45), new(true), new(true), new(true)},
		"repeated target call":     {repeat, new(false), new(true), new(false)},
		"missed call":              {unanswered(conversion.OutcomeMissed), new(true), new(false), new(false)},
		"ringing":                  {ringing(), new(true), nil, nil},
		"ringing, withheld so far": {withheld, nil, nil, nil},
		"ringing, not known yet":   {unknown, nil, nil, nil},
		"number never came":        {unknownAtEnd, new(false), new(true), new(false)},
		"closed without an end":    {closed(), new(true), nil, nil},
		"a lead has no talk time":  {arrived("a@example.com"), new(true), nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			unique, target, uniqueTarget := conversion.Flags(tc.facts, site)
			require.Equal(t, tc.unique, unique)
			require.Equal(t, tc.target, target)
			require.Equal(t, tc.uniqueTarget, uniqueTarget)
		})
	}
}
