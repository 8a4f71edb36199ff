package telemetry

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
)

// The bounds of reading the backlog: how long a scrape waits for the database, and
// how long the result is reused, so that several scrapers cost one read.
const (
	backlogTimeout = 2 * time.Second
	backlogFresh   = 5 * time.Second
)

// Backlog is the work that waits at one moment.
type Backlog struct {
	OutboxWaiting int64            // signals not yet handed to Temporal
	OutboxOldest  time.Time        // when the oldest of them was stored; zero if none waits
	Conversions   map[string]int64 // not done yet, by state
	OpenBreakers  []OpenBreaker    // integrations whose destination is not being called

	JourneysWaiting int64     // changes that are not in the touchpoints yet
	JourneysOldest  time.Time // when the oldest of them was stored; zero if none waits
	JourneysFailing int64     // changes that could not be computed, and are tried again

	SilentSources map[string]int // sources that are silent for longer than usual, by name
	SourceClocks  map[string]int // by how many seconds the clock of a source is fast, negative if it is slow, by name
}

// OpenBreaker is an integration whose destination is not being called.
type OpenBreaker struct{ IntegrationID, Name, SiteID string }

// BacklogReader reads the backlog from the database.
type BacklogReader func(context.Context) (Backlog, error)

// BacklogCollector reports the backlog to Prometheus when it is scraped. If the
// database does not answer, it reports only ringback_backlog_up 0, never old values.
type BacklogCollector struct {
	read  BacklogReader
	clock clockwork.Clock
	log   *slog.Logger

	up, waiting, age, conversions, breaker, info, journeys, journeysAge, journeysFailing, silent, clocks *prometheus.Desc

	mu     sync.Mutex
	last   Backlog
	lastUp bool
	readAt time.Time
}

// NewBacklogCollector returns a collector. The caller registers it.
func NewBacklogCollector(read BacklogReader, clock clockwork.Clock, log *slog.Logger) *BacklogCollector {
	return &BacklogCollector{
		read: read, clock: clock, log: log,
		up:              desc("backlog_up", "Whether the backlog could be read from the database: 1 or 0."),
		waiting:         desc("outbox_waiting", "Signals stored and not yet handed to Temporal, at most 10000."),
		age:             desc("outbox_oldest_age_seconds", "Age of the oldest waiting signal; 0 when none waits."),
		conversions:     desc("conversions", "Conversions that are not done, by state.", "state"),
		journeys:        desc("journeys_waiting", "Changes that are not in the touchpoints yet."),
		journeysAge:     desc("journeys_oldest_age_seconds", "Age of the oldest of these changes; 0 when none waits."),
		journeysFailing: desc("journeys_failing", "Changes that could not be computed, and are tried again."),
		silent:          desc("sources_silent", "Sources of calls from which no message has come for longer than usual.", "source"),
		clocks:          desc("source_clock_offset_seconds", "By how much the clock of a source is fast, negative if it is slow: that which is furthest off.", "source"),
		breaker:         desc("breaker_open", "1 for each integration whose destination is not being called.", "integration"),
		info:            desc("integration_info", "1 for each of these integrations, with its name and the id of its site.", "integration", "name", "site"),
	}
}

// Describe sends the descriptions of the gauges.
func (c *BacklogCollector) Describe(out chan<- *prometheus.Desc) {
	for _, d := range []*prometheus.Desc{c.up, c.waiting, c.age, c.conversions, c.breaker, c.info, c.journeys, c.journeysAge, c.journeysFailing, c.silent, c.clocks} {
		out <- d
	}
}

// Collect sends the backlog, which it reads or reuses.
func (c *BacklogCollector) Collect(out chan<- prometheus.Metric) {
	backlog, up := c.current()
	if !up {
		out <- value(c.up, 0)
		return
	}
	out <- value(c.up, 1)
	out <- value(c.waiting, float64(backlog.OutboxWaiting))
	out <- value(c.age, c.ageSeconds(backlog.OutboxOldest))
	out <- value(c.journeys, float64(backlog.JourneysWaiting))
	out <- value(c.journeysAge, c.ageSeconds(backlog.JourneysOldest))
	out <- value(c.journeysFailing, float64(backlog.JourneysFailing))
	for state, n := range backlog.Conversions {
		out <- value(c.conversions, float64(n), state)
	}
	c.collectSources(out, backlog)
	for _, open := range backlog.OpenBreakers {
		out <- value(c.breaker, 1, open.IntegrationID)
		out <- value(c.info, 1, open.IntegrationID, open.Name, open.SiteID)
	}
}

// collectSources sends what is wrong with sources. Mapped ones count as one.
func (c *BacklogCollector) collectSources(out chan<- prometheus.Metric, backlog Backlog) {
	silent, clocks := map[string]int{}, map[string]int{}
	for source, n := range backlog.SilentSources {
		silent[family(source)] += n
	}
	for source, offset := range backlog.SourceClocks {
		if most, known := clocks[family(source)]; !known || max(offset, -offset) > max(most, -most) {
			clocks[family(source)] = offset
		}
	}
	for source, n := range silent {
		out <- value(c.silent, float64(n), source)
	}
	for source, offset := range clocks {
		out <- value(c.clocks, float64(offset), source)
	}
}

func (c *BacklogCollector) current() (Backlog, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.readAt.IsZero() && c.clock.Since(c.readAt) < backlogFresh {
		return c.last, c.lastUp
	}
	ctx, cancel := context.WithTimeout(context.Background(), backlogTimeout)
	defer cancel()
	backlog, err := c.read(ctx)
	if err != nil {
		c.log.Warn("the backlog could not be read for a scrape", "error", err)
	}
	c.last, c.lastUp, c.readAt = backlog, err == nil, c.clock.Now()
	return c.last, c.lastUp
}

func (c *BacklogCollector) ageSeconds(oldest time.Time) float64 {
	if oldest.IsZero() {
		return 0
	}
	return max(0, c.clock.Since(oldest).Seconds())
}

func desc(name, help string, labels ...string) *prometheus.Desc {
	return prometheus.NewDesc(prometheus.BuildFQName(namespace, "", name), help, labels, nil)
}

func value(desc *prometheus.Desc, v float64, labels ...string) prometheus.Metric {
	return prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, v, labels...)
}
