package conversion_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestExplanationsAsOwnersReadThem holds the words of a few decisions as a
// whole. Read testdata/explanations.golden to see what owners see.
func TestExplanationsAsOwnersReadThem(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	for _, s := range stories() {
		write(&b, s.title, conversion.Judge(s.ask, s.facts))
	}
	path := filepath.Join("testdata", "explanations.golden")
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, string(want), b.String(), "run with -update when the words are meant to change")
}

func write(b *strings.Builder, title string, d conversion.Decision) {
	fmt.Fprintf(b, "# %s\n%s\n(%s, %s, judged at: %s)\n", title, d.Explanation, d.Verdict, d.Reason, d.Moment)
	for _, c := range d.Checks {
		mark := "failed"
		if c.Passed {
			mark = "passed"
		}
		fmt.Fprintf(b, "  %-10s %s\n             wanted: %s\n             seen:   %s\n", c.Name, mark, c.Wanted, c.Seen)
		if c.Note != "" {
			fmt.Fprintf(b, "             note:   %s\n", c.Note)
		}
	}
	b.WriteString("\n")
}

type story struct {
	title string
	ask   conversion.Ask
	facts conversion.Facts
}

func stories() []story {
	paid := metrics(conversion.MetricTarget)
	paid.Tags = conversion.TagFilter{Any: []string{"sales"}, None: []string{"spam"}}
	paid.Traffic = new(group(conversion.MatchAll,
		leaf("medium", conversion.OpEquals, "cpc", "paid"), leaf("campaign", conversion.OpNotContains, "brand")))
	needing := asking(paid)
	needing.Needs = []conversion.Check{{
		Name: "visitor_id", Wanted: "the visitor's RTB House id", Seen: "one from the visit", Passed: true,
	}}
	off := asking(metrics(conversion.MetricAll))
	off.Enabled = false

	cpc := conversion.Traffic{Source: "google", Medium: "cpc", Campaign: "spring"}
	organic := conversion.Traffic{Source: "google", Medium: "organic"}
	late := tagged(visited(answered(95), cpc), "support")
	late.LateTags = []conversion.Tag{{Label: "sales", Origin: conversion.TagByHand, At: ended.Add(4 * time.Minute)}}
	repeat := arrived("someone@example.com")
	repeat.Earlier.LastAt = started.AddDate(0, 0, -1)
	withheld := answered(95)
	withheld.Person, withheld.PersonBy, withheld.Anonymous = "", "", true

	return []story{
		{"A paid sales call that is long enough", needing, tagged(visited(answered(95), cpc), "sales", "vip")},
		{"A paid sales call that is too short", needing, tagged(visited(answered(12), cpc), "sales")},
		{"The tag came after the end", needing, late},
		{"The visit is not a paid one", needing, tagged(visited(answered(95), organic), "sales")},
		{"Every call, at its start", asking(metrics(conversion.MetricAll)), visited(ringing(), organic)},
		{"Unique calls, the number withheld", asking(metrics(conversion.MetricUnique)), visited(withheld, organic)},
		{"Unique or failed, a repeated caller gets no answer", asking(metrics(conversion.MetricUnique, conversion.MetricFailed)), repeated(unanswered(conversion.OutcomeBusy))},
		{"Unique leads, the second form", asking(metrics(conversion.MetricUnique)), repeat},
		{"Every lead, without a visit", asking(metrics(conversion.MetricAll)), arrived("")},
		{"A call that never ended", needing, visited(closed(), cpc)},
		{"A call that was cancelled", needing, visited(cancelled(), cpc)},
		{"Every call, cancelled", asking(metrics(conversion.MetricAll)), visited(cancelled(), organic)},
		{"Switched off", off, visited(answered(95), cpc)},
		{"Calls are not sent", conversion.Ask{Enabled: true, Site: site}, answered(95)},
	}
}

func repeated(f conversion.Facts) conversion.Facts {
	f.Earlier.LastAt = started.AddDate(0, 0, -1)
	return f
}
