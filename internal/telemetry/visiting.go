package telemetry

import "github.com/prometheus/client_golang/prometheus"

// visiting counts what the scripts on the sites' pages send, beyond their leads,
// which count as accepted events of the source "script".
type visiting struct {
	pageViews *prometheus.CounterVec
	ranDry    *prometheus.CounterVec
	refused   *prometheus.CounterVec
	withheld  prometheus.Counter
}

func newVisiting(registry prometheus.Registerer) visiting {
	v := visiting{
		pageViews: counters("page_views_total",
			"Page views answered, by what they were: new_session, continued, duplicate; bot and forgotten (consent withdrawn) are not stored.", "outcome"),
		ranDry: counters("pools_ran_dry_total",
			"Sessions for which a pool of numbers had none free.", "site", "pool"),
		refused: counters("script_refused_total",
			"Requests of scripts that were refused, by reason: key, origin, rate, body.", "reason"),
		withheld: prometheus.NewCounter(prometheus.CounterOpts{
			Namespace: namespace, Name: "numbers_withheld_total",
			Help: "Page views that were shown no number of ours, as their address made too many new sessions.",
		}),
	}
	registry.MustRegister(v.pageViews, v.ranDry, v.refused, v.withheld)
	return v
}

// PageView counts one answered page view. Outcome is new_session, continued,
// duplicate or bot.
func (v visiting) PageView(outcome string) { v.pageViews.WithLabelValues(outcome).Inc() }

// PoolExhausted counts one session for which a pool had no free number.
func (v visiting) PoolExhausted(siteID, poolID string) {
	v.ranDry.WithLabelValues(siteID, poolID).Inc()
}

// ScriptRefused counts one refused request of a script. Reason is key, origin,
// rate, body, or no_contact for a form that is no lead.
func (v visiting) ScriptRefused(reason string) { v.refused.WithLabelValues(reason).Inc() }

// NumbersWithheld counts one page view that was not given a number of a pool, as
// its address had too many new sessions, or too many of the pool's numbers.
func (v visiting) NumbersWithheld() { v.withheld.Inc() }
