package telemetry

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Pool is how the connections to the database for one purpose are used.
type Pool struct {
	Purpose string
	Most    int           // that are open at once; zero means no limit
	Open    int           // that are open now
	InUse   int           // of those that are open
	Waits   int64         // how often one was waited for since the start
	Waited  time.Duration // for how long in all
}

// PoolsCollector reports the connections to the database, and its clock, to Prometheus.
type PoolsCollector struct {
	read                                    func() []Pool
	offset                                  func() time.Duration
	clock, most, open, inUse, waits, waited *prometheus.Desc
}

// NewPoolsCollector returns a collector. The caller registers it. The offset is how far the
// clock of the database is ahead of that of the machine.
func NewPoolsCollector(read func() []Pool, offset func() time.Duration) *PoolsCollector {
	return &PoolsCollector{
		read:   read,
		offset: offset,
		clock:  desc("clock_offset_seconds", "How far the clock of the database is ahead of that of this process's machine."),
		most:   desc("database_connections_limit", "Connections to the database that this process opens at most, by purpose.", "purpose"),
		open:   desc("database_connections_open", "Connections to the database that are open.", "purpose"),
		inUse:  desc("database_connections_in_use", "Connections to the database that are in use.", "purpose"),
		waits:  desc("database_waits_total", "How often a connection was waited for because all were in use.", "purpose"),
		waited: desc("database_wait_seconds_total", "For how long connections were waited for.", "purpose"),
	}
}

// Describe sends the descriptions of the metrics.
func (c *PoolsCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.clock, c.most, c.open, c.inUse, c.waits, c.waited} {
		out <- d
	}
}

// Collect sends how the connections are used now.
func (c *PoolsCollector) Collect(out chan<- prometheus.Metric) {
	out <- value(c.clock, c.offset().Seconds())
	for _, p := range c.read() {
		out <- value(c.most, float64(p.Most), p.Purpose)
		out <- value(c.open, float64(p.Open), p.Purpose)
		out <- value(c.inUse, float64(p.InUse), p.Purpose)
		out <- prometheus.MustNewConstMetric(c.waits, prometheus.CounterValue, float64(p.Waits), p.Purpose)
		out <- prometheus.MustNewConstMetric(c.waited, prometheus.CounterValue, p.Waited.Seconds(), p.Purpose)
	}
}
