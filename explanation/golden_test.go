package explanation_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/conversion/conversiontest"
	"ringback/explanation"
	"ringback/internal/locale"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestExplanationsAsOwnersReadThem holds whole explanations of a few decisions.
// Read testdata/*.golden to see what owners see in each language.
func TestExplanationsAsOwnersReadThem(t *testing.T) {
	t.Parallel()
	for _, l := range locale.Languages() {
		var b strings.Builder
		for _, s := range stories() {
			write(&b, explanation.In(l), s, throughStore(t, conversion.Judge(s.criteria, s.facts)))
		}
		path := filepath.Join("testdata", string(l)+".golden")
		if *update {
			require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, string(want), b.String(), "run with -update if the texts are meant to change")
	}
}

// throughStore returns a decision as it is read after it was stored.
func throughStore(t *testing.T, d conversion.Decision) conversion.Decision {
	t.Helper()
	data, err := json.Marshal(d)
	require.NoError(t, err)
	var read conversion.Decision
	require.NoError(t, json.Unmarshal(data, &read))
	return read
}

func write(b *strings.Builder, w explanation.Writer, s story, d conversion.Decision) {
	fmt.Fprintf(b, "# %s\n%s\n(%s, %s, judged at: %s)\n", s.title, w.Decision(s.facts.Kind, d), d.Verdict, d.Reason, d.Moment)
	for _, c := range d.Checks {
		mark := "failed"
		if c.Passed {
			mark = "passed"
		}
		text := w.Check(s.facts.Kind, c)
		fmt.Fprintf(b, "  %-10s %s\n             wanted: %s\n             seen:   %s\n", c.Code, mark, text.Wanted, text.Seen)
		for _, note := range text.Notes {
			fmt.Fprintf(b, "             note:   %s\n", note)
		}
	}
	b.WriteString("\n")
}

type story struct {
	title    string
	criteria conversion.Criteria
	facts    conversion.Facts
}

func stories() []story {
	paid := metrics(conversion.MetricTarget)
	paid.Tags = conversion.TagFilter{Any: []string{"sales"}, None: []string{"spam"}}
	paid.Traffic = new(group(conversion.MatchAll,
		leaf("medium", conversion.OpEquals, "cpc", "paid"), leaf("campaign", conversion.OpNotContains, "brand")))
	needing := asking(paid)
	needing.Needs = []conversion.Check{{
		Code: conversion.CheckVisitorID, Passed: true, Seen: conversion.Seen{Code: conversion.SeenVisitorID},
		Wanted: conversion.Wanted{VisitorID: &conversion.WantedVisitorID{
			System: "rtbhouse", Name: "RTB House", Cookies: []string{"__r_aid_v__", "__rtbh.aid"},
		}},
	}}
	off := asking(metrics(conversion.MetricAll))
	off.Enabled = false

	cpc := conversion.Traffic{Source: "google", Medium: "cpc", Campaign: "spring"}
	organic := conversion.Traffic{Source: "google", Medium: "organic"}
	late := tagged(visited(answered(95), cpc), "support")
	late.LateTags = []conversion.Tag{{Label: "sales", Origin: conversion.TagByHand, At: ended.Add(4 * time.Minute)}}
	repeat := conversiontest.CalledBefore(arrived("someone@example.com"), 24*time.Hour, 0)

	return []story{
		{"A paid sales call that is long enough", needing, tagged(visited(answered(95), cpc), "sales", "vip")},
		{"A paid sales call that is too short", needing, tagged(visited(answered(12), cpc), "sales")},
		{"The tag came after the end", needing, late},
		{"The visit is not a paid one", needing, tagged(visited(answered(95), organic), "sales")},
		{"Every call, at its start", asking(metrics(conversion.MetricAll)), visited(ringing(), organic)},
		{"Unique calls, the number withheld", asking(metrics(conversion.MetricUnique)), visited(conversiontest.Withheld(answered(95)), organic)},
		{"Unique or failed, a repeated caller gets no answer", asking(metrics(conversion.MetricUnique, conversion.MetricFailed)), conversiontest.CalledBefore(unanswered(conversion.OutcomeBusy), 24*time.Hour, 0)},
		{"Unique leads, the second form", asking(metrics(conversion.MetricUnique)), repeat},
		{"Every lead, without a visit", asking(metrics(conversion.MetricAll)), arrived("")},
		{"A call that never ended", needing, visited(closed(), cpc)},
		{"A call that was cancelled", needing, visited(cancelled(), cpc)},
		{"Every call, cancelled", asking(metrics(conversion.MetricAll)), visited(cancelled(), organic)},
		{"Switched off", off, visited(answered(95), cpc)},
		{"Calls are not sent", conversion.Criteria{Enabled: true, Site: conversiontest.Site()}, answered(95)},
	}
}
