package judged_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/decision"
	"ringback/destinations/builtin"
	"ringback/models"
	"ringback/models/integrations"
	"ringback/models/judged"
	"ringback/models/modeltest"
	"ringback/models/websites"
)

// callsVariable names the environment variable with the number of calls in BenchmarkPreview.
const callsVariable = "RINGBACK_BENCH_CALLS"

// pageSize is how many calls one request of a preview judges at most.
const pageSize = 1000

// BenchmarkPreview judges all calls of a site by other settings than they were decided by,
// and by the present ones, in pages. It does what the API does, without HTTP and JSON.
func BenchmarkPreview(b *testing.B) {
	calls, err := strconv.Atoi(os.Getenv(callsVariable))
	if err != nil {
		b.Skip("set " + callsVariable + " to the number of calls")
	}
	modeltest.BenchEach(b, func(b *testing.B, dsn string) {
		clock := clockwork.NewFakeClockAt(modeltest.Start)
		s := modeltest.Open(b, dsn, clock)
		decider := decision.Decider{Destinations: builtin.Destinations(clock), SettleOf: func(string) time.Duration { return 0 }}
		site := decidedCalls(b, s, decider, dsn, calls)
		present := tried("rtbhouse", conversion.MetricAll)
		other := tried("rtbhouse", conversion.MetricUnique, conversion.MetricTarget)
		other.Settings.Calls.Tags.None = []string{"spam"}
		other.Settings.Calls.Traffic = &conversion.Condition{Field: "medium", Operator: conversion.OpEquals, Values: []string{"cpc"}}
		asked := judged.Decided{AccountID: site.AccountID, SiteID: site.ID, From: modeltest.Start.AddDate(0, 0, -90), To: modeltest.Start.Add(time.Hour)}
		before := processorTime(b)
		for b.Loop() {
			n, after := 0, judged.Place{}
			for {
				page, err := s.DecidedAfter(b.Context(), asked, after, pageSize)
				require.NoError(b, err)
				if len(page) == 0 {
					break
				}
				for _, c := range page {
					require.NotEmpty(b, decider.Preview(site, c.Facts, other).Checks)
					require.NotEmpty(b, decider.Preview(site, c.Facts, present).Checks)
				}
				n, after = n+len(page), judged.Place{At: page[len(page)-1].At, ID: page[len(page)-1].ID}
			}
			require.Equal(b, calls, n)
		}
		b.ReportMetric(float64(calls*b.N)/b.Elapsed().Seconds(), "calls/s")
		b.ReportMetric(float64((processorTime(b)-before).Microseconds())/float64(calls*b.N), "cpu-µs/call")
	})
}

// processorTime returns what this process has used of the processors. Other work on the
// machine changes it less than the time that has passed.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &used))
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

func tried(kind string, metrics ...conversion.Metric) integrations.Integration {
	return integrations.Integration{
		Type: kind, Enabled: true, Credentials: map[string]string{"pkey": "sample-pkey-0123456789", "tagging_hash": "abcdefghij0123456789"},
		Settings: integrations.Settings{Calls: &conversion.Rules{Metrics: metrics}},
	}
}

// decidedCalls stores a call with two visits before it, decides on it, and copies it.
func decidedCalls(b *testing.B, s *models.Store, decider decision.Decider, dsn string, calls int) websites.Site {
	b.Helper()
	site := modeltest.Site(b, s)
	traffic := &conversion.Traffic{Source: "google", Medium: "cpc", Campaign: "sample", LandingPage: "https://www.example.com/landing"}
	var last string
	for _, external := range []string{"before", "call"} {
		var id string
		for _, e := range []conversion.CallEvent{
			{ID: "1", Type: conversion.EventStarted, At: modeltest.Start, Caller: modeltest.Caller, Traffic: traffic, VisitorIDs: map[string]string{"rtbhouse": "sample-visitor"}},
			{ID: "2", Type: conversion.EventEnded, At: modeltest.Start.Add(time.Minute), Outcome: conversion.OutcomeAnswered, TalkSeconds: new(45), Tags: []string{"sales"}},
		} {
			accepted, err := s.AcceptCallEvent(b.Context(), modeltest.CallEvent(site, external, e))
			require.NoError(b, err)
			id = accepted.ConversionID
		}
		c, err := decision.Load(b.Context(), s, id)
		require.NoError(b, err)
		_, err = s.SaveDecisions(b.Context(), decider.Decide(c, conversion.AtEnd).Rows(modeltest.Start))
		require.NoError(b, err)
		last = id
	}
	db := modeltest.SQL(b, dsn)
	tx, err := db.BeginTx(b.Context(), nil)
	require.NoError(b, err)
	copyRow(b, tx, "conversions", "id", last, calls-2, func(i int) map[string]any {
		return map[string]any{"id": copied(i), "external_id": copied(i), "workflow_id": copied(i), "at": modeltest.Start.Add(-time.Duration(i) * time.Minute / 2)}
	})
	copyRow(b, tx, "judged_facts", "conversion_id", last, calls-2, func(i int) map[string]any { return map[string]any{"conversion_id": copied(i)} })
	require.NoError(b, tx.Commit())
	_, err = db.ExecContext(b.Context(), "ANALYZE")
	require.NoError(b, err)
	return site
}

func copied(i int) string { return fmt.Sprintf("cnv_%08d", i) }

// copyRow copies the row of a table with this key so many times, each with some columns
// changed.
func copyRow(b *testing.B, tx *sql.Tx, table, key, is string, times int, changed func(i int) map[string]any) {
	b.Helper()
	var columns []string
	rows, err := tx.QueryContext(b.Context(), "SELECT * FROM "+table+" LIMIT 0")
	require.NoError(b, err)
	columns, err = rows.Columns()
	require.NoError(b, err)
	require.NoError(b, rows.Close())
	require.NoError(b, rows.Err())
	names := slices.Sorted(func(yield func(string) bool) {
		for name := range changed(0) {
			if !yield(name) {
				return
			}
		}
	})
	parts := slices.Clone(columns)
	for i, column := range parts {
		if at := slices.Index(names, column); at >= 0 {
			parts[i] = fmt.Sprintf("$%d", at+1)
		}
	}
	insert, err := tx.PrepareContext(b.Context(), fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM %s WHERE %s = $%d",
		table, strings.Join(columns, ", "), strings.Join(parts, ", "), table, key, len(names)+1))
	require.NoError(b, err)
	for i := range times {
		values := changed(i)
		arguments := make([]any, 0, len(names)+1)
		for _, name := range names {
			arguments = append(arguments, values[name])
		}
		_, err := insert.ExecContext(context.Background(), append(arguments, is)...)
		require.NoError(b, err)
	}
}
