package conversion_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
)

func TestR4_MetricsOfCalls(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	calledBefore := func(f conversion.Facts, last, target time.Duration) conversion.Facts {
		if last > 0 {
			f.Earlier.LastAt = started.Add(-last)
		}
		if target > 0 {
			f.Earlier.LastTargetAt = started.Add(-target)
		}
		return f
	}
	withheld := answered(45)
	withheld.Person, withheld.PersonBy, withheld.Anonymous = "", "", true
	unknown := answered(45)
	unknown.Person, unknown.PersonBy = "", ""
	noTalk := answered(0)
	noTalk.TalkUnknown = true

	for name, tc := range map[string]struct {
		metric conversion.Metric
		facts  conversion.Facts
		sent   bool
		seen   string
	}{
		"all: answered":   {conversion.MetricAll, answered(5), true, "every call is wanted"},
		"all: unanswered": {conversion.MetricAll, unanswered(conversion.OutcomeMissed), true, "every call is wanted"},

		"unique: first": {conversion.MetricUnique, answered(5), true, "no earlier call from this number, so unique"},
		"unique: repeat": {conversion.MetricUnique, calledBefore(answered(5), day, 0), false,
			"an earlier call from this number on 3 May 2026, 10:00 UTC, so not unique"},
		"unique: exactly the days before is a repeat": {conversion.MetricUnique, calledBefore(answered(5), 30*day, 0), false,
			"an earlier call from this number on 4 April 2026, 10:00 UTC, so not unique"},
		"unique: older is forgotten": {conversion.MetricUnique, calledBefore(answered(5), 30*day+time.Microsecond, 0), true,
			"the last call from this number was on 4 April 2026, 09:59 UTC, over 30 days before, so unique"},
		"unique: withheld number": {conversion.MetricUnique, withheld, false, "the caller withheld the number: anonymous callers are never unique"},
		"unique: no number":       {conversion.MetricUnique, unknown, false, "the caller's number is not known, so the call cannot be unique"},

		"target: exactly the seconds": {conversion.MetricTarget, answered(30), true, "answered, talked 30 s; a target call talks at least 30 s"},
		"target: one second short":    {conversion.MetricTarget, answered(29), false, "answered, talked 29 s; a target call talks at least 30 s"},
		"target: not answered": {conversion.MetricTarget, unanswered(conversion.OutcomeBusy), false,
			"not answered (busy); a target call is answered and talks at least 30 s"},
		"target: not answered, source does not say why": {conversion.MetricTarget, unanswered(""), false,
			"not answered; a target call is answered and talks at least 30 s"},
		"target: talk time not reported": {conversion.MetricTarget, noTalk, false,
			"answered, but the source did not report the talk time, which counts as 0 s; a target call talks at least 30 s"},

		"unique-target: first target, though they called before": {conversion.MetricUniqueTarget, calledBefore(answered(45), day, 0), true,
			"answered, talked 45 s; a target call talks at least 30 s; no earlier target call from this number"},
		"unique-target: second target": {conversion.MetricUniqueTarget, calledBefore(answered(45), day, 2*day), false,
			"answered, talked 45 s, but an earlier target call from this number on 2 May 2026, 10:00 UTC, so not its first"},
		"unique-target: old target is forgotten": {conversion.MetricUniqueTarget, calledBefore(answered(45), day, 31*day), true,
			"answered, talked 45 s; a target call talks at least 30 s; no earlier target call from this number"},
		"unique-target: no target": {conversion.MetricUniqueTarget, answered(12), false, "answered, talked 12 s; a target call talks at least 30 s"},
		"unique-target: withheld":  {conversion.MetricUniqueTarget, withheld, false, "the caller withheld the number: anonymous callers are never unique"},

		"failed: missed":   {conversion.MetricFailed, unanswered(conversion.OutcomeMissed), true, "not answered (missed), so failed"},
		"failed: busy":     {conversion.MetricFailed, unanswered(conversion.OutcomeBusy), true, "not answered (busy), so failed"},
		"failed: failed":   {conversion.MetricFailed, unanswered(conversion.OutcomeFailed), true, "not answered (failed), so failed"},
		"failed: answered": {conversion.MetricFailed, answered(5), false, "answered, talked 5 s, so not failed"},

		"a metric that does not exist is never met": {"loyal", answered(45), false, "this metric does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := conversion.Judge(asking(metrics(tc.metric)), tc.facts)
			require.Equal(t, tc.sent, d.Verdict == conversion.Send, d.Explanation)
			require.Equal(t, tc.seen, check(d, conversion.CheckMetric).Seen)
			if !tc.sent {
				require.Equal(t, conversion.ReasonMetric, d.Reason)
			}
		})
	}
}

func TestR4_UniqueForEver(t *testing.T) {
	t.Parallel()
	ask := asking(metrics(conversion.MetricUnique))
	ask.Site.UniquenessDays = 0
	f := answered(5)
	require.Equal(t, conversion.Send, conversion.Judge(ask, f).Verdict)
	f.Earlier.LastAt = started.AddDate(-20, 0, 0)
	require.Equal(t, conversion.Skip, conversion.Judge(ask, f).Verdict)
	f.Earlier.LastAt = started.Add(time.Second)
	require.Equal(t, conversion.Send, conversion.Judge(ask, f).Verdict, "a later call is not an earlier one")
}

func TestR4_MetricsOfLeads(t *testing.T) {
	t.Parallel()
	again := func(l conversion.Lead) conversion.Facts {
		l.At = started
		return l.Facts(nil, conversion.Earlier{LastAt: started.Add(-time.Hour)})
	}
	for name, tc := range map[string]struct {
		metric conversion.Metric
		facts  conversion.Facts
		sent   bool
		seen   string
	}{
		"all":             {conversion.MetricAll, arrived(""), true, "every lead is wanted"},
		"unique: first":   {conversion.MetricUnique, arrived("a@example.com"), true, "no earlier lead with this e-mail address, so unique"},
		"unique: e-mail":  {conversion.MetricUnique, again(conversion.Lead{Email: "a@example.com"}), false, "an earlier lead with this e-mail address on 4 May 2026, 09:00 UTC, so not unique"},
		"unique: phone":   {conversion.MetricUnique, again(conversion.Lead{Phone: caller}), false, "an earlier lead with this phone number on 4 May 2026, 09:00 UTC, so not unique"},
		"unique: neither": {conversion.MetricUnique, arrived(""), false, "the lead has no phone number and no e-mail address, so it cannot be unique"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := conversion.Judge(asking(metrics(tc.metric)), tc.facts)
			require.Equal(t, tc.sent, d.Verdict == conversion.Send)
			require.Equal(t, tc.seen, check(d, conversion.CheckMetric).Seen)
			require.Equal(t, conversion.AtEnd, d.Moment)
		})
	}
}

func TestR4_MetricsAreAlternatives(t *testing.T) {
	t.Parallel()
	ask := asking(metrics(conversion.MetricFailed, conversion.MetricTarget))
	require.Equal(t, conversion.Send, conversion.Judge(ask, answered(45)).Verdict)
	require.Equal(t, conversion.Send, conversion.Judge(ask, unanswered(conversion.OutcomeMissed)).Verdict)
	d := conversion.Judge(ask, answered(12))
	require.Equal(t, conversion.Skip, d.Verdict)
	require.Equal(t, "failed or target", check(d, conversion.CheckMetric).Wanted)
	require.Equal(t, "failed: answered, talked 12 s, so not failed; target: answered, talked 12 s; a target call talks at least 30 s",
		check(d, conversion.CheckMetric).Seen)
}

func TestFlags(t *testing.T) {
	t.Parallel()
	withheld := ringing()
	withheld.Person, withheld.PersonBy, withheld.Anonymous = "", "", true
	unknown := ringing()
	unknown.Person, unknown.PersonBy = "", ""
	unknownAtEnd := answered(45)
	unknownAtEnd.Person, unknownAtEnd.PersonBy = "", ""
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
