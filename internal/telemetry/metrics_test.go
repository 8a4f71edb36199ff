package telemetry_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"ringback/internal/telemetry"
)

func TestMetricsNameWhatHappened(t *testing.T) {
	t.Parallel()
	registry := telemetry.NewRegistry()
	m := telemetry.NewMetrics(registry)

	m.Accepted("call", "callrail", "new")
	m.Accepted("call", "callrail", "duplicate")
	m.Accepted("call", "mapped-acme", "new")
	m.Accepted("call", "mapped-other", "new")
	m.Decided("call", "skip", "metric_not_met")
	m.Attempted("webhook", "timeout", time.Second)
	m.Attempted("webhook", "delivered", time.Millisecond)
	m.Delivered("lead", "webhook", 71*time.Hour)
	m.OutboxSent(3)
	m.OfferDropped()
	m.SignalHeldBack()
	m.RequestHeldBack("reports")
	m.RelayWindow("sending", 8)
	m.Refused("host")
	m.PageView("new_session")
	m.PoolExhausted("site_1", "pool_1")
	m.ScriptRefused("origin")
	m.NumbersWithheld()
	m.Reconciled("callrail", 250, 3, 1)
	m.NotReconciled("callrail", "limited")

	page := scrape(t, registry)
	for _, line := range []string{
		`ringback_accepted_total{kind="call",outcome="new",source="callrail"} 1`,
		`ringback_accepted_total{kind="call",outcome="duplicate",source="callrail"} 1`,
		`ringback_accepted_total{kind="call",outcome="new",source="mapped"} 2`,
		`ringback_decided_total{kind="call",reason="metric_not_met",verdict="skip"} 1`,
		`ringback_attempts_total{class="timeout",type="webhook"} 1`,
		`ringback_attempt_duration_seconds_count{class="delivered",type="webhook"} 1`,
		`ringback_delivered_total{kind="lead",type="webhook"} 1`,
		`ringback_end_to_end_seconds_bucket{kind="lead",type="webhook",le="86400"} 0`,
		`ringback_end_to_end_seconds_bucket{kind="lead",type="webhook",le="259200"} 1`,
		`ringback_outbox_sent_total 3`,
		`ringback_outbox_offers_dropped_total 1`,
		`ringback_outbox_held_back_total 1`,
		`ringback_requests_held_back_total{of="reports"} 1`,
		`ringback_relay_window{of="sending"} 8`,
		`ringback_sends_refused_total{limit="host"} 1`,
		`ringback_page_views_total{outcome="new_session"} 1`,
		`ringback_number_pool_exhausted_total{pool="pool_1",site="site_1"} 1`,
		`ringback_script_refused_total{reason="origin"} 1`,
		`ringback_numbers_withheld_total 1`,
		`ringback_reconciled_calls_total{result="listed",source="callrail"} 250`,
		`ringback_reconciled_calls_total{result="found",source="callrail"} 3`,
		`ringback_reconciliation_failures_total{reason="limited",source="callrail"} 1`,
		`go_goroutines `,
	} {
		require.Contains(t, page, line)
	}
}

func TestMetricsAreWellNamed(t *testing.T) {
	t.Parallel()
	registry := prometheus.NewRegistry()
	m := telemetry.NewMetrics(registry)
	m.Accepted("call", "api", "new")
	m.Decided("call", "send", "all_checks_passed")
	m.Attempted("webhook", "delivered", 0)
	m.Delivered("call", "webhook", 0)
	m.PageView("continued")
	m.PoolExhausted("site_1", "pool_1")
	m.ScriptRefused("rate")

	problems, err := testutil.GatherAndLint(registry)
	require.NoError(t, err)
	require.Empty(t, problems)
}

func scrape(t *testing.T, registry *prometheus.Registry) string {
	t.Helper()
	answer := httptest.NewRecorder()
	telemetry.Handler(registry).ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	require.Equal(t, http.StatusOK, answer.Code)
	return answer.Body.String()
}
