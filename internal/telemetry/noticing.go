package telemetry

import "github.com/prometheus/client_golang/prometheus"

// noticing are the metrics of messages to people.
type noticing struct{ notices *prometheus.CounterVec }

func newNoticing(registry prometheus.Registerer) noticing {
	n := noticing{notices: counters("notices_total",
		"Attempts to send messages to people, by result: sent, postponed or given_up.", "channel", "result")}
	registry.MustRegister(n.notices)
	return n
}

// Noticed counts an attempt to send a message to a person. The result is sent, postponed
// or given_up.
func (n noticing) Noticed(channel, result string) { n.notices.WithLabelValues(channel, result).Inc() }
