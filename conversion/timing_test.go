package conversion_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
)

func TestR5_WhatNeedsTheEnd(t *testing.T) {
	t.Parallel()
	withTags := metrics(conversion.MetricAll)
	withTags.Tags.None = []string{"spam"}
	for name, tc := range map[string]struct {
		kind  conversion.Kind
		rules *conversion.Rules
		want  bool
	}{
		"all":             {conversion.KindCall, new(metrics(conversion.MetricAll)), false},
		"unique":          {conversion.KindCall, new(metrics(conversion.MetricUnique)), false},
		"target":          {conversion.KindCall, new(metrics(conversion.MetricTarget)), true},
		"unique-target":   {conversion.KindCall, new(metrics(conversion.MetricUniqueTarget)), true},
		"failed":          {conversion.KindCall, new(metrics(conversion.MetricFailed)), true},
		"all and failed":  {conversion.KindCall, new(metrics(conversion.MetricAll, conversion.MetricFailed)), true},
		"R6: tag filter":  {conversion.KindCall, &withTags, true},
		"lead with tags":  {conversion.KindLead, &withTags, false},
		"no rules at all": {conversion.KindCall, nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.want, conversion.NeedsEnd(tc.kind, tc.rules))
		})
	}
}

func TestR5_DecidableAsEarlyAsItCanBeKnown(t *testing.T) {
	t.Parallel()
	unlinked := ringing()
	unlinked.SessionKnown = false
	noNumber := ringing()
	noNumber.Person, noNumber.PersonBy = "", ""
	withheld := noNumber
	withheld.Anonymous = true
	withTags := metrics(conversion.MetricAll)
	withTags.Tags.Any = []string{"sales"}
	off := asking(metrics(conversion.MetricAll))
	off.Enabled = false
	all := asking(metrics(conversion.MetricAll))
	unique := asking(metrics(conversion.MetricUnique))
	either := asking(metrics(conversion.MetricUnique, conversion.MetricAll))

	for name, tc := range map[string]struct {
		criteria conversion.Criteria
		facts    conversion.Facts
		waits    conversion.WaitReason // empty if it can be judged now
	}{
		"all, session known":                  {all, ringing(), ""},
		"unique, number known":                {unique, ringing(), ""},
		"unique, number withheld so far":      {unique, withheld, conversion.WaitUniqueness},
		"unique or all, number not known yet": {either, noNumber, ""},
		"unique, number not known yet":        {unique, noNumber, conversion.WaitUniqueness},
		"no session yet":                      {all, unlinked, conversion.WaitVisitorUnknown},
		"target":                              {asking(metrics(conversion.MetricTarget)), ringing(), conversion.WaitMetric},
		"all or target":                       {asking(metrics(conversion.MetricAll, conversion.MetricTarget)), ringing(), conversion.WaitMetric},
		"tag filter":                          {asking(withTags), ringing(), conversion.WaitTags},
		"switched off":                        {off, ringing(), conversion.WaitSwitchedOff},
		"calls are not sent":                  {conversion.Criteria{Enabled: true}, ringing(), conversion.WaitKindOff},
		"at the end everything":               {asking(withTags), answered(45), ""},
		"at the end without a session":        {all, unlinkedAtEnd(), ""},
		"at the end, switched off":            {off, answered(45), ""},
		"closed without an end":               {asking(withTags), closed(), ""},
		"a lead at once":                      {asking(withTags), arrived(""), ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now, waits := conversion.Decidable(tc.criteria, tc.facts)
			require.Equal(t, tc.waits == "", now)
			var why conversion.WaitReason
			if !now {
				require.Len(t, waits, 1)
				why = waits[0].Why
			}
			require.Equal(t, tc.waits, why)
		})
	}
}

func unlinkedAtEnd() conversion.Facts {
	f := answered(45)
	f.SessionKnown = false
	return f
}

func TestR5_AskedTooEarlyNeverSends(t *testing.T) {
	t.Parallel()
	withTags := metrics(conversion.MetricAll)
	withTags.Tags.None = []string{"spam"}
	for _, rules := range []conversion.Rules{metrics(conversion.MetricTarget), metrics(conversion.MetricFailed), withTags} {
		d := conversion.Judge(asking(rules), ringing())
		require.Equal(t, conversion.Skip, d.Verdict)
		require.Equal(t, conversion.AtStart, d.Moment)
		require.True(t, slices.ContainsFunc(d.Checks, func(c conversion.Check) bool {
			return c.Seen.Code == conversion.SeenNotEnded || len(c.Seen.Metrics) > 0 && c.Seen.Metrics[0].Code == conversion.MetricNotEnded
		}))
	}
}

func TestIncompleteCallsSkipWhatNeedsTheEnd(t *testing.T) {
	t.Parallel()
	withTags := metrics(conversion.MetricAll)
	withTags.Tags.None = []string{"spam"}
	for name, tc := range map[string]struct {
		rules  conversion.Rules
		reason conversion.Reason
	}{
		"target":                         {metrics(conversion.MetricTarget), conversion.ReasonIncomplete},
		"failed":                         {metrics(conversion.MetricFailed), conversion.ReasonIncomplete},
		"tag filter":                     {withTags, conversion.ReasonIncomplete},
		"all does not need it":           {metrics(conversion.MetricAll), conversion.ReasonSent},
		"unique does not need it":        {metrics(conversion.MetricUnique), conversion.ReasonSent},
		"all or target: all is met":      {metrics(conversion.MetricTarget, conversion.MetricAll), conversion.ReasonSent},
		"unique-target or failed: alike": {metrics(conversion.MetricUniqueTarget, conversion.MetricFailed), conversion.ReasonIncomplete},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := conversion.Judge(asking(tc.rules), closed())
			require.Equal(t, tc.reason, d.Reason)
			require.Equal(t, conversion.AtIncomplete, d.Moment)
		})
	}
}
