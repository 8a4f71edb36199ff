package telemetry

import "github.com/prometheus/client_golang/prometheus"

// visiting counts what the page scripts send, except their leads, which count as
// accepted events of the source "script".
type visiting struct {
	pageViews *prometheus.CounterVec
	exhausted *prometheus.CounterVec
	refused   *prometheus.CounterVec
	withheld  prometheus.Counter
}

func newVisiting(registry prometheus.Registerer) visiting {
	v := visiting{
		pageViews: counters("page_views_total",
			"Page views by outcome: new_session, continued or duplicate; bot and forgotten (consent withdrawn) are not stored.", "outcome"),
		exhausted: counters("number_pool_exhausted_total",
			"Sessions for which a pool had no free number.", "site", "pool"),
		refused: counters("script_refused_total",
			"Refused requests of page scripts, by reason: key, origin, rate, body or no_contact.", "reason"),
		withheld: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: namespace, Name: "numbers_withheld_total",
			Help: "Page views that got no number of a pool, because their address made too many sessions or has too many of its numbers.",
		}),
	}
	registry.MustRegister(v.pageViews, v.exhausted, v.refused, v.withheld)
	return v
}

// PageView counts one answered page view. The outcome is new_session, continued,
// duplicate, bot or forgotten.
func (v visiting) PageView(outcome string) { v.pageViews.WithLabelValues(outcome).Inc() }

// PoolExhausted counts one session for which a pool had no free number.
func (v visiting) PoolExhausted(siteID, poolID string) {
	v.exhausted.WithLabelValues(siteID, poolID).Inc()
}

// ScriptRefused counts one refused request of a script. The reason is key, origin,
// rate, body, or no_contact for a form that is no lead.
func (v visiting) ScriptRefused(reason string) { v.refused.WithLabelValues(reason).Inc() }

// NumbersWithheld counts one page view that got no number of a pool, because its
// address had too many new sessions or too many of the pool's numbers.
func (v visiting) NumbersWithheld() { v.withheld.Inc() }
