package web_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/models/modeltest"
)

// count counts all that reports have to count.
func (w *world) count() {
	w.t.Helper()
	for more := true; more; {
		var err error
		more, err = w.store.Work(w.t.Context())
		require.NoError(w.t, err)
	}
}

// reportSomeCalls reports calls and leads of several days and sources.
func reportSomeCalls(w *world) {
	for i := range 12 {
		at := w.clock.Now().Add(-time.Duration(i*11) * time.Hour).UTC().Format(time.RFC3339)
		source := []string{"google", "=cmd", "newsletter"}[i%3]
		path := fmt.Sprintf("/sites/{site}/calls/report-%d/events", i)
		w.must("POST", path, fmt.Sprintf(`{"type":"started","at":%q,"caller":"+120255501%02d","traffic":{"source":%q,"medium":"cpc"}}`, at, i, source))
		if i%2 == 0 {
			w.must("POST", path, fmt.Sprintf(`{"type":"ended","at":%q,"outcome":%q}`, at, []string{"missed", "answered"}[i/2%2]))
		}
	}
	w.count()
}

// figureOf returns a figure of a row of a report.
func figureOf(row any, id string) object { return row.(object)["figures"].(object)[id].(object) }

// TestM8_EachFigureIsTheSumOfTheFactsAndOfItsRows compares the reports with plain SQL over
// the facts, and with the lists that the figures link to.
func TestM8_EachFigureIsTheSumOfTheFactsAndOfItsRows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reportSomeCalls(w)
	for _, by := range []string{"channel", "source"} {
		report := w.must("GET", "/sites/{site}/reports/sources?period=7d&by="+by, "")
		require.NotEmpty(t, items(report["rows"]))
		for _, row := range append(items(report["rows"]), report["total"]) {
			for _, id := range []string{"calls", "missed", "answered", "running", "leads"} {
				figure := figureOf(row, id)
				where, values := "1 = 1", []any{}
				for name, value := range row.(object)["key"].(object) {
					where, values = where+" AND "+name+" = ?", append(values, value)
				}
				sum := modeltest.Sum(t, w.dsn, "SELECT COALESCE(SUM("+id+"), 0) FROM report_facts WHERE day >= (SELECT MAX(day) - 6 FROM report_facts) AND "+where, values...)
				require.InDelta(t, sum, figure["value"], 0, "%s of %v", id, row.(object)["key"])
				listed := w.must("GET", strings.TrimPrefix(figure["rows"].(string), "/api/v1")+"&limit=200", "")
				require.Len(t, items(listed["items"]), int(sum), "%s of %v", id, row.(object)["key"])
			}
		}
	}
}

func TestM8_EveryFigureSaysWhatItMeansAndWhichDateItGoesBy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reportSomeCalls(w)
	for _, report := range []string{"overview", "sources", "sending", "hours", "tracking"} {
		answer := w.must("GET", "/sites/{site}/reports/"+report+"?compare=previous&language=ru", "")
		require.NotEmpty(t, answer["as_of"], report)
		require.NotEmpty(t, answer["compared"], report)
		said := map[string]bool{}
		for _, meaning := range items(answer["meanings"]) {
			m := meaning.(object)
			said[m["id"].(string)] = true
			require.NotEmpty(t, m["meaning"])
			require.Contains(t, m["by_date"], "По ")
		}
		for _, row := range items(answer["rows"]) {
			for id := range row.(object)["figures"].(object) {
				require.Contains(t, said, id, report)
			}
		}
	}
}

func TestM8_PoolsAreShownWithTheirUseAndTheirCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := w.clock.Now().UTC().Format(time.RFC3339)
	pool := w.must("POST", "/sites/{site}/pools", `{"name":"Report pool"}`)
	id := pool["id"].(string)
	w.must("POST", "/sites/{site}/pools/"+id+"/numbers", `{"numbers":["+12025550197"]}`)
	w.must("POST", "/sites/{site}/calls/report-pool/events", fmt.Sprintf(`{"type":"started","at":%q,"caller":"+12025550123","tracking_number":"+12025550197"}`, at))
	w.count()
	for _, row := range items(w.must("GET", "/sites/{site}/reports/pools?period=today", "")["pools"]) {
		if p := row.(object); p["pool_id"] == id {
			require.InDelta(t, 1, p["free"], 0)
			require.InDelta(t, 1, figureOf(p["calls"], "calls")["value"], 0)
			require.Len(t, items(w.must("GET", strings.TrimPrefix(p["nobody_held_rows"].(string), "/api/v1"), "")["items"]), 1)
			return
		}
	}
	t.Fatal("the pool is not in the report")
}

func TestReportsAsCSVAreNoFormulas(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reportSomeCalls(w)
	answer := w.do("GET", "/sites/{site}/reports/sources.csv?by=source&period=7d", adminToken, "")
	require.Equal(t, http.StatusOK, answer.Code)
	lines, err := csv.NewReader(answer.Body).ReadAll()
	require.NoError(t, err)
	require.Equal(t, []string{"channel", "source", "medium", "calls"}, lines[0][:4])
	var sources []string
	for _, line := range lines[1:] {
		sources = append(sources, line[1])
	}
	require.Contains(t, sources, "'=cmd")
}

// TestEveryReportIsAFile compares the files with the reports.
func TestEveryReportIsAFile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reportSomeCalls(w)
	for report, rows := range map[string]string{"overview": "days", "sources": "rows", "sending": "rows", "hours": "rows", "tracking": "rows", "pools": "pools", "revenue": "rows"} {
		lines, err := csv.NewReader(w.do("GET", "/sites/{site}/reports/"+report+".csv?period=7d", w.tokens["viewer"], "").Body).ReadAll()
		require.NoError(t, err, report)
		shown := w.must("GET", "/sites/{site}/reports/"+report+"?period=7d", "")
		require.Len(t, lines, len(items(shown[rows]))+1, report)
		require.GreaterOrEqual(t, len(lines[0]), 10, report)
		require.NotEqual(t, report == "revenue", len(lines) > 1, report)
		for _, m := range items(shown["meanings"]) {
			if len(items(m.(object)["models"])) == 0 && report != "revenue" {
				require.Contains(t, lines[0], m.(object)["id"], report)
			}
		}
		if report == "hours" {
			require.Equal(t, []string{"1", "0"}, lines[1][:2])
		}
	}
	begun := w.do("GET", "/sites/{site}/reports/sources.csv?period=yesteryear", w.tokens["viewer"], "")
	require.Equal(t, http.StatusUnprocessableEntity, begun.Code)
}

func TestReportsOfBadPeriods(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, query := range []string{
		"period=yesteryear", "from=2026-11-30&to=2026-11-01", "from=2026-02-30&to=2026-03-01", "period=7d&from=2026-11-01&to=2026-11-02",
		"compare=own", "compare=last", "period=100000d",
	} {
		require.Equal(t, http.StatusUnprocessableEntity, w.do("GET", "/sites/{site}/reports/overview?"+query, adminToken, "").Code, query)
	}
	for _, query := range []string{"counted_in=everything", "day_from=x", "counted_in=missed&day_from=2026-11-02&day_to=2026-11-01", "hour=24&weekday=1&day_from=2026-11-01&day_to=2026-11-02", "hour=9"} {
		require.Equal(t, http.StatusUnprocessableEntity, w.do("GET", "/sites/{site}/conversions?"+query, adminToken, "").Code, query)
	}
	require.Equal(t, http.StatusUnprocessableEntity, w.do("PATCH", "/sites/{site}/reports/rules", adminToken, `{"abandoned_seconds":0}`).Code)
}

func TestM8_AComparisonSaysUpToWhichDayItReads(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	today := w.clock.Now().UTC().Format(time.DateOnly)
	for from, to := range map[string]string{"2026-01-01": today, "2030-01-01": "2030-01-01"} {
		report := w.must("GET", "/sites/{site}/reports/revenue?from=2025-01-01&to=2025-12-31&compare=own&compare_to=2030-12-31&compare_from="+from, "")
		require.Equal(t, object{"from": from, "to": to}, report["compared"])
	}
}

func TestM8_AChangeOfRulesIsShownUntilItIsBuilt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reportSomeCalls(w)
	status := w.must("PATCH", "/sites/{site}/reports/rules", `{"abandoned_seconds":20}`)
	require.InDelta(t, 15, status["serving"].(object)["abandoned_seconds"], 0)
	require.InDelta(t, 20, status["building"].(object)["abandoned_seconds"], 0)
	w.count()
	status = w.must("GET", "/sites/{site}/reports/status", "")
	require.InDelta(t, 20, status["serving"].(object)["abandoned_seconds"], 0)
	require.NotContains(t, status, "building")
}

// TestM8_ValuesToChooseFromAreThoseThatWereCounted holds that the most frequent value comes
// first, and that values of before the first month are left out.
func TestM8_ValuesToChooseFromAreThoseThatWereCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reportSomeCalls(w)
	for i, at := range []time.Time{w.clock.Now(), w.clock.Now().AddDate(0, -1, 0), w.clock.Now().AddDate(-1, 0, 0)} {
		w.must("POST", fmt.Sprintf("/sites/{site}/calls/seen-%d/events", i), fmt.Sprintf(`{"type":"ended","at":%q,"outcome":"answered","tags":["seen-%d"],
			"traffic":{"source":"google","medium":"cpc","campaign":"campaign %d","landing_page":"https://www.example.com/landing?id=1"}}`, at.UTC().Format(time.RFC3339), i, i))
	}
	w.count()
	got := w.must("GET", "/sites/{site}/reports/values", "")
	require.Equal(t, "2025-11-01", got["from"])
	values := got["values"].(object)
	require.Equal(t, "google", items(values["source"])[0], "two more calls came from there")
	require.ElementsMatch(t, []any{"google", "=cmd", "newsletter"}, items(values["source"]))
	require.ElementsMatch(t, []any{"campaign 0", "campaign 1"}, items(values["campaign"]))
	require.Subset(t, items(values["tag"]), []any{"seen-0", "seen-1"})
	require.NotContains(t, items(values["tag"]), "seen-2")
	require.Equal(t, []any{"www.example.com/landing"}, items(values["landing_page"]))
}

// TestM8_TheHealthOfIntegrationsIsCountedByIntegrationAndDay compares what became of deliveries with what is
// stored, and finds the same on the page of integrations.
func TestM8_TheHealthOfIntegrationsIsCountedByIntegrationAndDay(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.count()
	got := w.must("GET", "/sites/{site}/reports/health", "")
	require.Len(t, items(got["items"]), 1)
	outcome := items(got["items"])[0].(object)
	require.Equal(t, w.fill("{integration}"), outcome["integration_id"])
	failed := modeltest.Sum(t, w.dsn, "SELECT COUNT(*) FROM deliveries WHERE state = 'failed' AND integration_id = ?", w.fill("{integration}"))
	require.Positive(t, failed)
	require.InDelta(t, failed, outcome["failed"], 0)
	require.Len(t, items(outcome["days"]), 14)
	last := items(outcome["days"])[13].(object)
	require.Equal(t, got["to"], last["day"])
	require.Equal(t, outcome["failed"], last["failed"])
	require.InDelta(t, 0, outcome["success_rate"], 0)
	require.Len(t, items(items(w.must("GET", "/sites/{site}/reports/health?days=3", "")["items"])[0].(object)["days"]), 3)

	page := w.browse("/sites/{site}/integrations", w.tokens["viewer"]).Body.String()
	require.Contains(t, page, fmt.Sprintf("delivered: 0, failed: %d", int(failed)))
	require.Contains(t, page, "Success rate: 0%")
	require.Contains(t, page, `class="series2"`)
}
