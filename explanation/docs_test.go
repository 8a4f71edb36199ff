package explanation_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/conversion/conversiontest"
	"ringback/explanation"
	"ringback/internal/delivery"
	"ringback/internal/locale"
)

// TestPagesQuoteWhatIsWritten compares the pages for owners with the sentences of
// this package. In these pages, a quote is a sentence that owners read somewhere.
func TestPagesQuoteWhatIsWritten(t *testing.T) {
	t.Parallel()
	written := quotable()
	pages, err := filepath.Glob("../docs/*.md")
	require.NoError(t, err)
	integrations, err := filepath.Glob("../docs/*/*.md")
	require.NoError(t, err)
	for _, page := range append(append(pages, integrations...), "../README.md") {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		for _, quote := range quotes(string(text)) {
			require.Containsf(t, written, quote, "%s quotes a sentence that Ringback does not write", page)
		}
	}
}

func TestPageOfRulesShowsChecksAsTheyAreWritten(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/rules.md")
	require.NoError(t, err)
	var golden strings.Builder
	for _, s := range stories() {
		write(&golden, explanation.In(locale.English), s, conversion.Judge(s.criteria, s.facts))
	}
	written := checkTexts(golden.String())
	shown := checkTexts(string(text))
	require.Len(t, shown, 12, "five checks, and two notes")
	for _, shown := range shown {
		require.Contains(t, written, shown, "docs/rules.md shows a check that Ringback does not write")
	}
}

// quotable returns the English sentences that the pages may quote.
func quotable() []string {
	w := explanation.In(locale.English)
	var written []string
	for _, s := range append(stories(), quotedStories()...) {
		d := conversion.Judge(s.criteria, s.facts)
		written = append(written, w.Decision(s.facts.Kind, d))
		for _, c := range d.Checks {
			written = append(written, w.Check(s.facts.Kind, c).Notes...)
		}
	}

	everything, tagged := metrics(conversion.MetricAll), metrics(conversion.MetricTarget)
	everything.Traffic = new(leaf("medium", conversion.OpEquals, "cpc"))
	tagged.Tags.Any = []string{"sales"}
	unknown := ringing()
	unknown.SessionKnown = false
	_, atEnd := conversion.Decidable(asking(tagged), unknown)
	_, onVisit := conversion.Decidable(asking(everything), ringing())

	from := time.Date(2026, 11, 22, 12, 1, 7, 0, time.UTC)
	return append(written, w.Waits(atEnd), w.Waits(onVisit),
		w.NumberMatch(explanation.CalledNumber{
			Match:  conversion.NumberMatch{PoolID: "pool_1", AssignmentID: "asn_1", Certainty: conversion.NumberHeld},
			Number: "+12025550143", Pool: "Web site", From: &from,
		}),
		w.VisitorMatch(conversion.KindCall, conversion.VisitorMatch{System: "bizible", LastActivityAt: from}, from.Add(12*time.Minute)))
}

// quotedStories are the decisions of the examples that a page walks through.
func quotedStories() []story {
	sales := metrics(conversion.MetricTarget)
	sales.Tags.Any = []string{"sales"}
	paid := sales
	paid.Traffic = new(leaf("channel", conversion.OpEquals, conversion.ChannelPaidSearch, conversion.ChannelPaidSocial, conversion.ChannelDisplay))
	return []story{
		{"README.md", asking(sales), tagged(answered(45), "support")},
		{"docs/first-integration.md", asking(paid), tagged(visited(answered(95), conversion.Traffic{Medium: "cpc"}), "sales")},
		{"docs/rules.md", asking(metrics(conversion.MetricFailed)), unanswered(conversion.OutcomeBusy)},
		{"docs/rules.md", asking(metrics(conversion.MetricUnique)), conversiontest.Withheld(answered(95))},
	}
}

// quotes returns the quotes of a page, each on one line.
func quotes(page string) []string {
	var found []string
	for _, block := range strings.Split(page, "\n\n") {
		if strings.HasPrefix(block, "> ") {
			found = append(found, strings.ReplaceAll(strings.TrimSpace(block[2:]), "\n> ", " "))
		}
	}
	return found
}

var (
	checkText   = regexp.MustCompile(`(wanted|seen|note): +`)
	columnBreak = regexp.MustCompile(`  +|\n`)
)

// checkTexts returns what checks wanted and saw, and their notes. Columns are
// separated by at least two spaces.
func checkTexts(text string) []string {
	columns := columnBreak.Split(checkText.ReplaceAllString(text, "$1: "), -1)
	return slices.DeleteFunc(columns, func(column string) bool {
		at := checkText.FindStringIndex(column)
		return at == nil || at[0] != 0
	})
}

// TestPageOfRulesListsEveryReason compares the reasons of decisions and deliveries
// that the page lists with those that there are.
func TestPageOfRulesListsEveryReason(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../docs/rules.md")
	require.NoError(t, err)
	_, page, found := strings.Cut(string(text), "`reason` is the short form for programs:")
	require.True(t, found)
	short, _, _ := strings.Cut(page, "\n\n")
	require.ElementsMatch(t, asTexts(conversion.Reasons()), namesIn(short))
	_, table, found := strings.Cut(page, "| `code` | values | when |")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n\n")
	var listed []string
	for row := range strings.Lines(table) {
		first, _, _ := strings.Cut(strings.TrimPrefix(row, "|"), "|")
		listed = append(listed, namesIn(first)...)
	}
	require.ElementsMatch(t, asTexts(delivery.ReasonCodes()), listed)
}

func asTexts[T ~string](values []T) []string {
	var texts []string
	for _, v := range values {
		texts = append(texts, string(v))
	}
	return texts
}

// namesIn returns what stands in backticks.
func namesIn(text string) []string {
	var names []string
	for _, match := range regexp.MustCompile("`([^`]+)`").FindAllStringSubmatch(text, -1) {
		names = append(names, match[1])
	}
	return names
}
