package bench_test

import (
	"fmt"
	"testing"
	"time"

	"ringback/test/e2e/harness"
)

// layout is where the service and Temporal keep their state. PostgreSQL is a cluster of its
// own for each, so that the costs of one are known.
type layout struct {
	name             string
	service, engine  bool // on PostgreSQL, not on SQLite
	database, server *harness.Postgres
}

var layouts = []layout{
	{name: "all on SQLite"},
	{name: "Temporal on SQLite", service: true},
	{name: "all on PostgreSQL", service: true, engine: true},
}

// start starts a service with this layout.
func (l *layout) start(b *testing.B) stack {
	b.Helper()
	o := harness.StackOptions{Env: []string{quiet}}
	if l.service {
		l.database = harness.StartPostgres(b)
		o.Database = l.database.Database("ringback")
	}
	if l.engine {
		l.server = harness.StartPostgres(b)
		o.TemporalStore = l.server.Database("temporal")
	}
	return stackWith(b, o)
}

// costs is the processor time that the parts have used.
type costs struct{ service, engine time.Duration }

// costs returns what the parts have used so far, each with its PostgreSQL.
func (l *layout) costs(b *testing.B, s stack) costs {
	b.Helper()
	c := costs{service: harness.CPU(b, s.Service.PID()), engine: harness.CPU(b, s.Temporal.PID())}
	if l.database != nil {
		c.service += harness.CPU(b, l.database.PID())
	}
	if l.server != nil {
		c.engine += harness.CPU(b, l.server.PID())
	}
	return c
}

// each returns the costs of one of n since an earlier time, in milliseconds.
func (c costs) each(before costs, n int) (service, engine float64) {
	per := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) / float64(n) }
	return per(c.service - before.service), per(c.engine - before.engine)
}

// leadRun is what one round of BenchmarkLeads measures, by name.
type leadRun map[string]float64

// BenchmarkLeads measures the leads to one destination, delivered per second, and what each
// costs, against workflows that do nothing and workflows with one activity on the same server.
// Goals: at least 0.8 of the first, and 0.7 of the second; 6 ms of the service and its
// database for a lead; and no more than 1.3 times the engine's costs of an empty workflow.
func BenchmarkLeads(b *testing.B) {
	for _, l := range layouts {
		b.Run(l.name, func(b *testing.B) {
			s := l.start(b)
			e := newEngine(b, s.TemporalAddress())
			e.throughput(b, bare, 50, 16) // warm up
			s.deliver(b, "warm", 50)
			all := map[string][]float64{}
			for range b.N {
				for round := range 3 {
					for name, value := range l.round(b, s, e, round) {
						all[name] = append(all[name], value)
					}
				}
			}
			l.print(b, all)
		})
	}
}

// deliver accepts n leads, 16 at a time, and returns how many were delivered per second.
func (s stack) deliver(b *testing.B, name string, n int) float64 {
	b.Helper()
	before := len(s.dest.Hits("ok"))
	began := time.Now()
	inParallel(n, 16, func(i int) { s.accept(b, s.leads, fmt.Sprintf("%s-%d", name, i)) })
	s.dest.WaitHits(b, "ok", before+n, 2*time.Minute)
	return float64(n) / time.Since(began).Seconds()
}

// round measures once.
func (l *layout) round(b *testing.B, s stack, e *engine, round int) leadRun {
	b.Helper()
	const n = 300
	r := leadRun{}
	before := l.costs(b, s)
	r["leads"] = s.deliver(b, fmt.Sprint("round-", round), n)
	r["service"], r["engine"] = l.costs(b, s).each(before, n)
	r["bare"] = e.throughput(b, bare, n, 16)
	before = l.costs(b, s)
	r["empty"] = e.throughput(b, empty, n, 16)
	_, r["engine of empty"] = l.costs(b, s).each(before, n)
	r["of bare"], r["of empty"], r["engine ratio"] = r["leads"]/r["bare"], r["leads"]/r["empty"], r["engine"]/r["engine of empty"]
	return r
}

// print reports the medians.
func (l *layout) print(b *testing.B, all map[string][]float64) {
	b.Helper()
	m := func(name string) float64 { return median(all[name]) }
	b.ReportMetric(m("of empty"), "of-empty")
	rate := fmt.Sprintf("%.0f/s", m("leads"))
	report(row{"leads delivered per second, " + l.name, rate, fmt.Sprintf("%.0f/s with one activity", m("bare")), fmt.Sprintf("%.2f", m("of bare")), "ratio >= 0.7"})
	report(row{"the same", rate, fmt.Sprintf("%.0f/s empty", m("empty")), fmt.Sprintf("%.2f", m("of empty")), "ratio >= 0.8"})
	report(row{"processor time of a lead, service and its database", fmt.Sprintf("%.1f ms", m("service")), "", "", "<= 6 ms"})
	report(row{"processor time of a lead, Temporal and its database", fmt.Sprintf("%.1f ms", m("engine")), fmt.Sprintf("%.1f ms empty", m("engine of empty")), fmt.Sprintf("%.2f", m("engine ratio")), "ratio <= 1.3"})
}

// BenchmarkSteadyLatency measures the time from accepted to delivered at an even pace, against
// the time that a workflow with one activity takes.
func BenchmarkSteadyLatency(b *testing.B) {
	for _, pace := range []struct {
		layout    layout
		perSecond int
		p50, p99  string
	}{{layouts[1], 20, "<= 12 ms", "<= 40 ms"}, {layouts[2], 20, "<= 12 ms", "<= 40 ms"}, {layouts[2], 50, "<= 20 ms", "<= 80 ms"}} {
		b.Run(fmt.Sprintf("%s, %d a second", pace.layout.name, pace.perSecond), func(b *testing.B) {
			s := pace.layout.start(b)
			e := newEngine(b, s.TemporalAddress())
			s.latencies(b, s.leads, "warm", pace.perSecond, 5*time.Second)
			for range b.N {
				took := s.latencies(b, s.leads, "steady", pace.perSecond, 20*time.Second)
				alone := e.steady(b, pace.perSecond, 20*time.Second)
				for percent, goal := range map[float64]string{50: pace.p50, 99: pace.p99} {
					r, e := percentile(took, percent), percentile(alone, percent)
					report(row{fmt.Sprintf("%d leads/s, %s, accepted to delivered, p%.0f", pace.perSecond, pace.layout.name, percent), ms(r), ms(e), fmt.Sprintf("%.2f", float64(r)/float64(e)), goal})
				}
			}
		})
	}
}
