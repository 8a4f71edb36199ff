package telemetry

import (
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// latencyBuckets are the bounds, in seconds, of the time from acceptance to
// delivery: around the usual 40 ms, and up to the 72 hours after which a delivery
// is given up.
var latencyBuckets = []float64{
	0.01, 0.02, 0.04, 0.08, 0.2, 0.5, 1, 2, 5, 10, 30,
	60, 300, 900, 3600, 4 * 3600, 12 * 3600, 24 * 3600, 72 * 3600,
}

// attemptBuckets are the bounds, in seconds, of one attempt's duration.
var attemptBuckets = []float64{0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30}

// Metrics counts what happens to visits, conversions and deliveries. It is safe
// for concurrent use.
type Metrics struct {
	visiting
	reconciling
	retaining
	noticing
	relaying

	accepted  *prometheus.CounterVec
	received  *prometheus.CounterVec
	decided   *prometheus.CounterVec
	attempts  *prometheus.CounterVec
	attempt   *prometheus.HistogramVec
	delivered *prometheus.CounterVec
	endToEnd  *prometheus.HistogramVec
	finished  *prometheus.CounterVec
	refused   *prometheus.CounterVec
}

// NewMetrics returns metrics whose collectors are registered. It panics if they
// are registered already: two services in one process need two registries.
func NewMetrics(registry prometheus.Registerer) *Metrics {
	m := &Metrics{
		visiting:    newVisiting(registry),
		reconciling: newReconciling(registry),
		retaining:   newRetaining(registry),
		noticing:    newNoticing(registry),
		relaying:    newRelaying(registry),
		accepted: counters("accepted_total",
			"Stored events and leads, by outcome: new, duplicate or late.", "kind", "source", "outcome"),
		received: counters("source_messages_total",
			"Verified messages of providers, by outcome: read, left_out, unread or refused.", "source", "outcome"),
		decided: counters("decided_total",
			"Decisions made, by verdict and reason.", "kind", "verdict", "reason"),
		attempts: counters("attempts_total",
			"Delivery attempts, by class of outcome.", "type", "class"),
		attempt: histograms("attempt_duration_seconds",
			"Duration of one delivery attempt.", attemptBuckets, "type", "class"),
		delivered: counters("delivered_total",
			"Deliveries that the destination accepted.", "kind", "type"),
		endToEnd: histograms("end_to_end_seconds",
			"Time from the conversion's acceptance to its delivery.", latencyBuckets, "kind", "type"),
		finished: counters("deliveries_finished_total",
			"Deliveries that reached their end state: delivered or failed.", "type", "state"),
	}
	m.refused = counters("sends_refused_total",
		"Deliveries, readings and computations that had to wait because a limit of a worker was reached, by limit: integration, site, host, readings, readings_host or computations.", "limit")
	registry.MustRegister(m.accepted, m.received, m.decided, m.attempts, m.attempt, m.delivered, m.endToEnd, m.finished, m.refused)
	return m
}

// Accepted counts one stored event or lead. The outcome is new, duplicate or late.
func (m *Metrics) Accepted(kind, source, outcome string) {
	m.accepted.WithLabelValues(kind, family(source), outcome).Inc()
}

// Received counts one verified message of a provider. The outcome is read, left_out,
// unread or refused.
func (m *Metrics) Received(source, outcome string) {
	m.received.WithLabelValues(family(source), outcome).Inc()
}

// family returns the name that a source is counted by: an owner may name any number of
// sources of one family, such as mapped-acme, and each value of a label costs memory.
func family(source string) string {
	name, _, _ := strings.Cut(source, "-")
	return name
}

// Decided counts one decision.
func (m *Metrics) Decided(kind, verdict, reason string) {
	m.decided.WithLabelValues(kind, verdict, reason).Inc()
}

// Attempted counts one delivery attempt and its duration. The integration is in the
// log only: thousands of them would be too many label values.
func (m *Metrics) Attempted(destinationType, class string, took time.Duration) {
	m.attempts.WithLabelValues(destinationType, class).Inc()
	m.attempt.WithLabelValues(destinationType, class).Observe(took.Seconds())
}

// Delivered counts one delivery that the destination accepted, and the time since
// the conversion was accepted.
func (m *Metrics) Delivered(kind, destinationType string, endToEnd time.Duration) {
	m.delivered.WithLabelValues(kind, destinationType).Inc()
	m.endToEnd.WithLabelValues(kind, destinationType).Observe(endToEnd.Seconds())
}

// Finished counts one delivery that reached its end state, delivered or failed:
// by an attempt, or because its time ran out, its integration was deleted or an
// operator cancelled it.
func (m *Metrics) Finished(destinationType, state string) {
	m.finished.WithLabelValues(destinationType, state).Inc()
}

// Refused counts a delivery, or other work of a worker, that had to wait because of a
// delivery.Limit.
func (m *Metrics) Refused(limit string) { m.refused.WithLabelValues(limit).Inc() }

// namespace is the prefix of every metric.
const namespace = "ringback"

func counters(name, help string, labels ...string) *prometheus.CounterVec {
	return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
}

func histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	return prometheus.NewHistogramVec(
		prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets}, labels)
}
