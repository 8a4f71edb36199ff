package explanation_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/conversion/conversiontest"
	"ringback/explanation"
	"ringback/internal/locale"
)

// checked returns the text of one check of a decision, in English.
func checked(d conversion.Decision, kind conversion.Kind, code conversion.CheckCode) explanation.CheckText {
	for _, c := range d.Checks {
		if c.Code == code {
			return explanation.In(locale.English).Check(kind, c)
		}
	}
	return explanation.CheckText{}
}

// english returns the sentence about a decision on a call, in English.
func english(d conversion.Decision) string {
	return explanation.In(locale.English).Decision(conversion.KindCall, d)
}

func TestMetricsOfCalls(t *testing.T) {
	t.Parallel()
	day := 24 * time.Hour
	calledBefore := conversiontest.CalledBefore
	withheld, unknown := conversiontest.Withheld(answered(45)), conversiontest.Unknown(answered(45))
	noTalk := answered(0)
	noTalk.TalkUnknown = true

	for name, tc := range map[string]struct {
		metric conversion.Metric
		facts  conversion.Facts
		seen   string
	}{
		"all: answered":   {conversion.MetricAll, answered(5), "every call is wanted"},
		"all: unanswered": {conversion.MetricAll, unanswered(conversion.OutcomeMissed), "every call is wanted"},

		"unique: first": {conversion.MetricUnique, answered(5), "no earlier call from this number, so unique"},
		"unique: repeat": {conversion.MetricUnique, calledBefore(answered(5), day, 0),
			"an earlier call from this number on 3 May 2026, 10:00 UTC, so not unique"},
		"unique: exactly the days before is a repeat": {conversion.MetricUnique, calledBefore(answered(5), 30*day, 0),
			"an earlier call from this number on 4 April 2026, 10:00 UTC, so not unique"},
		"unique: older is forgotten": {conversion.MetricUnique, calledBefore(answered(5), 30*day+time.Microsecond, 0),
			"the last call from this number was on 4 April 2026, 09:59 UTC, over 30 days before, so unique"},
		"unique: withheld number": {conversion.MetricUnique, withheld, "the caller withheld the number: anonymous callers are never unique"},
		"unique: no number":       {conversion.MetricUnique, unknown, "the caller's number is not known, so the call cannot be unique"},

		"target: exactly the seconds": {conversion.MetricTarget, answered(30), "answered, talked 30 s; a target call talks at least 30 s"},
		"target: one second short":    {conversion.MetricTarget, answered(29), "answered, talked 29 s; a target call talks at least 30 s"},
		"target: not answered": {conversion.MetricTarget, unanswered(conversion.OutcomeBusy),
			"not answered (busy); a target call is answered and talks at least 30 s"},
		"target: not answered, source does not say why": {conversion.MetricTarget, unanswered(""),
			"not answered; a target call is answered and talks at least 30 s"},
		"target: talk time not reported": {conversion.MetricTarget, noTalk,
			"answered, but the source did not report the talk time, which counts as 0 s; a target call talks at least 30 s"},

		"unique-target: first target, though they called before": {conversion.MetricUniqueTarget, calledBefore(answered(45), day, 0),
			"answered, talked 45 s; a target call talks at least 30 s; no earlier target call from this number"},
		"unique-target: second target": {conversion.MetricUniqueTarget, calledBefore(answered(45), day, 2*day),
			"answered, talked 45 s, but an earlier target call from this number on 2 May 2026, 10:00 UTC, so not its first"},
		"unique-target: old target is forgotten": {conversion.MetricUniqueTarget, calledBefore(answered(45), day, 31*day),
			"answered, talked 45 s; a target call talks at least 30 s; no earlier target call from this number"},
		"unique-target: no target": {conversion.MetricUniqueTarget, answered(12), "answered, talked 12 s; a target call talks at least 30 s"},
		"unique-target: withheld":  {conversion.MetricUniqueTarget, withheld, "the caller withheld the number: anonymous callers are never unique"},

		"failed: missed":   {conversion.MetricFailed, unanswered(conversion.OutcomeMissed), "not answered (missed), so failed"},
		"failed: busy":     {conversion.MetricFailed, unanswered(conversion.OutcomeBusy), "not answered (busy), so failed"},
		"failed: failed":   {conversion.MetricFailed, unanswered(conversion.OutcomeFailed), "not answered (failed), so failed"},
		"failed: answered": {conversion.MetricFailed, answered(5), "answered, talked 5 s, so not failed"},

		"a metric that does not exist is never met": {"loyal", answered(45), "this metric does not exist"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.seen, checked(conversion.Judge(asking(metrics(tc.metric)), tc.facts), tc.facts.Kind, conversion.CheckMetric).Seen)
		})
	}
}

func TestMetricsOfLeads(t *testing.T) {
	t.Parallel()
	again := conversiontest.ArrivedAgain
	for name, tc := range map[string]struct {
		metric conversion.Metric
		facts  conversion.Facts
		seen   string
	}{
		"all":             {conversion.MetricAll, arrived(""), "every lead is wanted"},
		"unique: first":   {conversion.MetricUnique, arrived("a@example.com"), "no earlier lead with this e-mail address, so unique"},
		"unique: e-mail":  {conversion.MetricUnique, again(conversion.Lead{Email: "a@example.com"}), "an earlier lead with this e-mail address on 4 May 2026, 09:00 UTC, so not unique"},
		"unique: phone":   {conversion.MetricUnique, again(conversion.Lead{Phone: caller}), "an earlier lead with this phone number on 4 May 2026, 09:00 UTC, so not unique"},
		"unique: neither": {conversion.MetricUnique, arrived(""), "the lead has no phone number and no e-mail address, so it cannot be unique"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, tc.seen, checked(conversion.Judge(asking(metrics(tc.metric)), tc.facts), tc.facts.Kind, conversion.CheckMetric).Seen)
		})
	}
}

func TestSeveralMetricsAreNamed(t *testing.T) {
	t.Parallel()
	text := checked(conversion.Judge(asking(metrics(conversion.MetricFailed, conversion.MetricTarget)), answered(12)),
		conversion.KindCall, conversion.CheckMetric)
	require.Equal(t, "failed or target", text.Wanted)
	require.Equal(t, "failed: answered, talked 12 s, so not failed; target: answered, talked 12 s; a target call talks at least 30 s", text.Seen)
}

func TestLateTagsSayHowLate(t *testing.T) {
	t.Parallel()
	for want, late := range map[string]time.Duration{
		"less than a second": time.Millisecond, "1 second": time.Second, "59 seconds": 59 * time.Second,
		"1 minute": time.Minute, "3 hours": 3*time.Hour + time.Minute, "2 days": 49 * time.Hour,
	} {
		note := conversion.Tag{Label: "Sales", At: ended.Add(late)}.LateNote(ended)
		require.Equal(t, "'Sales' came "+want+" later and does not count", explanation.In(locale.English).Note(note))
	}
	note := conversion.Tag{Label: "Sales", At: ended}.LateNote(ended)
	require.Equal(t, "'Sales' was reported after the decision and does not count", explanation.In(locale.English).Note(note))
}

func onTraffic(c conversion.Condition, f conversion.Facts) conversion.Decision {
	criteria := asking(metrics(conversion.MetricAll))
	criteria.Rules.Traffic = &c
	return conversion.Judge(criteria, f)
}

func TestUnmetConditionsAreNamed(t *testing.T) {
	t.Parallel()
	ad := conversion.Traffic{Source: "Google", Medium: "CPC", ClickIDs: map[string]string{"gclid": "g-1"}}
	d := onTraffic(group(conversion.MatchAll,
		leaf("medium", conversion.OpEquals, "cpc"),
		group(conversion.MatchAny, leaf("source", conversion.OpEquals, "bing"), leaf("click_id", conversion.OpIsEmpty)),
	), visited(answered(45), ad))
	text := checked(d, conversion.KindCall, conversion.CheckTraffic)
	require.Equal(t, "(medium equals any of: cpc) and ((source equals any of: bing) or (click id is empty))", text.Wanted)
	require.Equal(t, "medium: CPC; source: Google; click id: gclid", text.Seen)
	require.Equal(t, "Skipped: traffic filter is not met: source equals any of: bing; seen: Google, and click id is empty; seen: gclid; "+
		"the visit of 4 May 2026, 09:00 UTC, picked as the last non-direct.", english(d))

	d = onTraffic(leaf("medium", conversion.OpEquals, "cpc"), answered(45))
	require.Equal(t, "Skipped: traffic filter is not met: medium equals any of: cpc; seen: nothing; no visit is known, so every field is empty.", english(d))
}

func TestLongExplanationsAreCutShort(t *testing.T) {
	t.Parallel()
	var parts []conversion.Condition
	for range 8 {
		parts = append(parts, leaf("city", conversion.OpEquals, "Oslo"))
	}
	require.Contains(t, english(onTraffic(group(conversion.MatchAny, parts...), answered(45))), ", and 3 more;")
}
