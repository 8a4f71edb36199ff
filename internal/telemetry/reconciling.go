package telemetry

import "github.com/prometheus/client_golang/prometheus"

// reconciling counts what providers' lists of calls have brought.
type reconciling struct {
	calls    *prometheus.CounterVec
	failures *prometheus.CounterVec
}

func newReconciling(registry prometheus.Registerer) reconciling {
	r := reconciling{
		calls: counters("reconciled_calls_total",
			"Calls in the lists of providers' APIs, by result: listed, found (no message had brought it) or completed (the list had more).", "source", "result"),
		failures: counters("reconciliation_failures_total",
			"Requests for a list of calls that were not answered with one, by reason.", "source", "reason"),
	}
	registry.MustRegister(r.calls, r.failures)
	return r
}

// Reconciled counts the calls of one page of a list.
func (r reconciling) Reconciled(source string, listed, found, completed int) {
	for result, n := range map[string]int{"listed": listed, "found": found, "completed": completed} {
		r.calls.WithLabelValues(family(source), result).Add(float64(n))
	}
}

// NotReconciled counts one request for a list that was not answered with one. The reason
// is a code of package sourcestatus.
func (r reconciling) NotReconciled(source, reason string) {
	r.failures.WithLabelValues(family(source), reason).Inc()
}
