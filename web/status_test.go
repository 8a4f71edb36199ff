package web_test

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/activities"
	"ringback/decision"
	destinationsbuiltin "ringback/destinations/builtin"
	"ringback/sources"
	sourcesbuiltin "ringback/sources/builtin"
	"ringback/workflows"
)

// status returns the status of a new, ringing call for the world's integration.
func (w *world) status() object {
	id := w.must("POST", "/sites/{site}/calls/call-ringing/events", `{"type":"started","session_id":"s1"}`)["conversion_id"].(string)
	return decode(w.t, w.do("GET", "/conversions/"+id, adminToken, ""))["integrations"].([]any)[0].(object)
}

func TestG4_TheEndOfTheCallIsSaidToBeWaitedForOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PATCH", "/sites/{site}/integrations/{integration}", `{"calls":{"metrics":["target"],"tags":{"any":["sales"]}}}`)
	require.Equal(t, "the end of the call: a metric it asks for is known only then, and the tag filter is judged by the tags at the end; the visitor id: the destination cannot use the event without it", w.status()["explanation"])
}

func TestG4_AnIntegrationThatDoesNotTakeCallsWaitsForNone(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PATCH", "/sites/{site}/integrations/{integration}", `{"calls":null}`)
	status := w.status()
	require.Equal(t, "skipped", status["state"])
	require.Equal(t, "it does not take calls, as it is set up now", status["explanation"])
	require.NotContains(t, status, "until")
}

// The plan of the call's workflow, from which Temporal's details are drawn, answers the
// same question as the API does.
func TestG4_ThePlanAndTheAPINameTheSameWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.must("PATCH", "/sites/{site}/integrations/{integration}", `{"calls":{"metrics":["all"]}}`)
	planner := activities.Conversions{
		Decider: decision.Decider{Destinations: destinationsbuiltin.Destinations(w.clock), SettleOf: sources.SettleOf(sourcesbuiltin.Sources())},
		Store:   w.store, Clock: w.clock, Logger: slog.New(slog.DiscardHandler),
	}
	deadline := start.Add(4 * time.Hour).Format(time.RFC3339)
	for name, test := range map[string]struct{ event, state, text, until string }{
		"no visitor id": {
			`{"type":"started","at":"2026-01-31T12:17:00Z","traffic":{"source":"example","medium":"cpc"}}`,
			"waiting", "the visitor id: the destination cannot use the event without it", deadline,
		},
		"nothing of the visitor": {
			`{"type":"started","at":"2026-01-31T12:17:00Z"}`,
			"waiting", "the visitor: no session, visitor id or traffic is known yet; the visitor id: the destination cannot use the event without it", deadline,
		},
		"all but the start": {
			`{"type":"ended","at":"2026-01-31T12:17:00Z","outcome":"missed"}`,
			"waiting", "the start of the call: the source reported the end first", start.Add(10 * time.Second).Format(time.RFC3339),
		},
	} {
		w.names["call"] = w.must("POST", "/sites/{site}/calls/"+strings.ReplaceAll(name, " ", "-")+"/events", test.event)["conversion_id"].(string)
		status := w.must("GET", "/conversions/{call}", "")["integrations"].([]any)[0].(object)
		require.Equal(t, []any{test.state, test.text, test.until}, []any{status["state"], status["explanation"], status["until"]}, name)

		plan, err := planner.Plan(t.Context(), workflows.PlanInput{ConversionID: w.names["call"]})
		require.NoError(t, err, name)
		require.Len(t, plan.Waiting, 1, name)
		planned, err := json.Marshal(plan.Waiting[0].Waits)
		require.NoError(t, err)
		shown, err := json.Marshal(status["waits"])
		require.NoError(t, err)
		require.JSONEq(t, string(planned), string(shown), name)
		require.Equal(t, test.until, plan.Waiting[0].Until.Format(time.RFC3339), name)
	}
}
