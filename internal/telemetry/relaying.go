package telemetry

import "github.com/prometheus/client_golang/prometheus"

// relaying counts what the relay does, and what waits because others send.
type relaying struct {
	outboxSent, dropped, held prometheus.Counter
	requests                  *prometheus.CounterVec
	windows                   *prometheus.GaugeVec
}

func newRelaying(registry prometheus.Registerer) relaying {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help})
	}
	r := relaying{
		outboxSent: counter("outbox_sent_total", "Signals that the relay handed to Temporal."),
		dropped:    counter("outbox_offers_dropped_total", "Signals that were left to the sweepers of the outbox, because too many of their site were waiting or another process had claimed them."),
		held:       counter("outbox_held_back_total", "Signals that waited because too much that was sent before was not decided yet."),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Namespace: namespace, Name: "requests_held_back_total",
			Help: "Reports of a site (reports), requests that read of an account (lists) and pieces of imported files (files) that waited because other sites reported.",
		}, []string{"of"}),
		windows: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: namespace, Name: "relay_window",
			Help: "How many signals this process may send at once (sending), and may have sent that are not decided yet (deciding).",
		}, []string{"of"}),
	}
	registry.MustRegister(r.outboxSent, r.dropped, r.held, r.requests, r.windows)
	return r
}

// OutboxSent counts signals that were handed to Temporal.
func (r relaying) OutboxSent(n int) { r.outboxSent.Add(float64(n)) }

// OfferDropped counts a signal that was left to the sweepers of the outbox, because too many of
// its site were waiting, or its row was due or claimed before it could be sent.
func (r relaying) OfferDropped() { r.dropped.Inc() }

// SignalHeldBack counts a signal that waited because too much that was sent before was not
// decided yet.
func (r relaying) SignalHeldBack() { r.held.Inc() }

// RequestHeldBack counts what waited because other sites reported. Of is reports for one of many
// requests of a site, lists for one of many of an account, and files for a piece of a file.
func (r relaying) RequestHeldBack(of string) { r.requests.WithLabelValues(of).Inc() }

// RelayWindow sets how many signals may be sent at once, if of is sending, or may be sent and
// not decided yet, if it is deciding.
func (r relaying) RelayWindow(of string, size int) { r.windows.WithLabelValues(of).Set(float64(size)) }
