package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// retaining are the metrics of what sites keep no longer.
type retaining struct {
	expired *prometheus.CounterVec
	lag     *prometheus.GaugeVec
}

func newRetaining(registry prometheus.Registerer) retaining {
	r := retaining{
		expired: counters("retention_rows_total",
			"Rows that were erased, or whose bodies were, because their site keeps them no longer.", "what"),
		lag: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Namespace: namespace, Name: "retention_lag_seconds",
			Help: "How long the oldest row that is left has been due for erasing; 0 if none is.",
		}, []string{"what"}),
	}
	registry.MustRegister(r.expired, r.lag)
	return r
}

// Expired counts rows that were erased because of their age. What is the name of the
// setting.
func (r retaining) Expired(what string, rows int) { r.expired.WithLabelValues(what).Add(float64(rows)) }

// ExpiryLag sets how long the oldest row that is left has been due.
func (r retaining) ExpiryLag(what string, lag time.Duration) {
	r.lag.WithLabelValues(what).Set(lag.Seconds())
}
