package web_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestM8_EveryFigureIsLinkedToTheRowsBehindIt follows the links of all reports. Counts are
// as many as the rows, and a rate is known if there are rows that it is a rate of.
func TestM8_EveryFigureIsLinkedToTheRowsBehindIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reportSomeCalls(w)
	for _, report := range []string{"overview", "sending", "hours", "tracking", "sources"} {
		answer := w.must("GET", "/sites/{site}/reports/"+report+"?period=7d", "")
		rows := items(answer["rows"])
		if total, there := answer["total"]; there {
			rows = append(rows, total)
		}
		if sending, there := answer["sending"].(object); there {
			rows = append(append(rows, sending["total"]), items(sending["skipped"])...)
		}
		followed := 0
		for _, row := range rows {
			for id, value := range row.(object)["figures"].(object) {
				figure := value.(object)
				require.NotEmpty(t, figure["rows"], "%s of %s", id, report)
				if report == "hours" && (figure["value"] == nil || figure["value"] == 0.0) {
					continue // there are 168 rows
				}
				listed := len(items(w.must("GET", strings.TrimPrefix(figure["rows"].(string), "/api/v1")+"&limit=200", "")["items"]))
				about := fmt.Sprintf("%s of %s %v", id, report, row.(object)["key"])
				if number, known := figure["value"].(float64); !known {
					require.Zero(t, listed, about)
				} else if counted := !strings.Contains(id, "rate") && !strings.Contains(id, "wait_") && !strings.Contains(id, "average") && !strings.Contains(id, "median") && !strings.Contains(id, "delivery_") && !strings.Contains(id, "_per_"); counted {
					require.Equal(t, int(math.Round(number)), listed, about)
				} else {
					require.Positive(t, listed, about)
				}
				followed++
			}
		}
		require.Positive(t, followed, report)
	}
}

// TestM8_TheOverviewNamesWhatNeedsAHand has a pool without a free number, a failed delivery,
// calls without visits and an unread message.
func TestM8_TheOverviewNamesWhatNeedsAHand(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.visit("visitor_0000000000000002", "https://www.example.com/?utm_source=second") // the only number is taken
	reportSomeCalls(w)
	overview := w.must("GET", "/sites/{site}/reports/overview?period=7d&language=ru", "")
	codes := map[string]object{}
	for _, item := range items(overview["needs_a_hand"]) {
		need := item.(object)
		codes[need["code"].(string)] = need
		require.NotEmpty(t, need["explanation"])
		require.NotContains(t, need["explanation"], "{{")
	}
	require.Contains(t, codes, "calls_without_visit")
	require.Equal(t, w.names["pool"], codes["full_pool"]["pool_id"])
	w.must("GET", strings.TrimPrefix(codes["full_pool"]["rows"].(string), "/api/v1"), "")
	w.must("GET", strings.TrimPrefix(codes["calls_without_visit"]["rows"].(string), "/api/v1"), "")
	require.Equal(t, "CallRail", codes["unread_messages"]["name"])
	require.Contains(t, codes["unread_messages"]["explanation"], "1")
	require.Len(t, items(w.must("GET", strings.TrimPrefix(codes["unread_messages"]["rows"].(string), "/api/v1"), "")["items"]), 1)
	require.Contains(t, w.browse("/sites/{site}/overview", w.tokens["viewer"]).Body.String(), w.fill(`href="/sites/{site}/sources/callrail#unread"`))
	sending := overview["sending"].(object)
	require.Positive(t, figureOf(sending["total"], "judged")["value"])
	require.Len(t, sending["meanings"], 12)
}

// TestM6_TheTrackingIsCountedByWhatBecameOfCalls compares the numbers with the lists that
// they link to.
func TestM6_TheTrackingIsCountedByWhatBecameOfCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	at := w.clock.Now().Add(-time.Hour).UTC().Format(time.RFC3339)
	for i, ids := range []string{"", "", `,"visitor_ids":{"bizible":"08c1063cb0a64349ad0d2d862f5cc700"}`} {
		w.must("POST", fmt.Sprintf("/sites/{site}/calls/tracked-%d/events", i), fmt.Sprintf(`{"type":"started","at":%q,"caller":"+1202555019%d"%s}`, at, i, ids))
	}
	w.count()
	w.computeJourneys()
	report := w.must("GET", "/sites/{site}/reports/tracking?period=today", "")
	require.NotEmpty(t, report["last_visit"])
	counts := map[string]float64{}
	for _, item := range items(report["calls"]) {
		v := item.(object)
		require.NotEmpty(t, v["name"])
		counts[v["outcome"].(string)] = v["value"].(float64)
		listed := items(w.must("GET", strings.TrimPrefix(v["rows"].(string), "/api/v1"), "")["items"])
		require.Len(t, listed, int(v["value"].(float64)), v["outcome"])
		for _, call := range listed {
			require.Equal(t, v["outcome"], call.(object)["outcome"])
		}
	}
	require.GreaterOrEqual(t, counts["no_bizible_id"], 2.0)
	require.InDelta(t, 1, counts["no_session"], 0)
	before := w.must("GET", "/sites/{site}/reports/tracking?period=yesterday", "")
	require.InDelta(t, 0, items(before["calls"])[3].(object)["value"], 0)
}
