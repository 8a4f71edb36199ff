package bench_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"ringback/test/e2e/harness"
)

// lead is a lead that every integration of the benchmarks sends.
func lead(id string) harness.JSON {
	return harness.JSON{"external_id": id, "phone": "+12025550123", "visitor_ids": harness.JSON{"rtbhouse": "sample-visitor"}}
}

// stack is a running service with one site that sends its leads to one destination.
type stack struct {
	*harness.Stack
	api   *harness.API
	dest  *harness.Destination
	leads string // path
}

func newStack(b *testing.B, kind string, env ...string) stack {
	b.Helper()
	dsn, _ := harness.NewDatabase(b, kind)
	return stackOn(b, dsn, env...)
}

// stackOn starts the service on a database.
func stackOn(b *testing.B, dsn string, env ...string) stack {
	b.Helper()
	s := stack{Stack: harness.NewStack(b, harness.StackOptions{Database: dsn, Env: append(env, "RINGBACK_LOG_LEVEL=warn")}), dest: harness.NewDestination(b)}
	s.api = s.API()
	s.leads = s.site("/ok")
	return s
}

// site creates a site that sends its leads to one of the destination's modes, and returns its path for leads.
func (s stack) site(mode string) string {
	site := s.api.Site(nil)
	s.api.Webhook(site, s.dest.URL+mode, harness.JSON{"delivery": harness.JSON{"timeout_seconds": 30, "max_concurrent": 100}})
	return "/api/v1/sites/" + site + "/leads"
}

// accept posts a lead and returns its conversion's id and the time of the answer.
func (s stack) accept(b *testing.B, path, id string) (string, time.Time) {
	status, out, err := s.api.Try(http.MethodPost, path, lead(id))
	if err != nil || status != http.StatusAccepted {
		b.Errorf("accepting a lead: %d %v %v", status, out, err)
		return "", time.Now()
	}
	return out["conversion_id"].(string), time.Now()
}

// BenchmarkLeadThroughput measures the leads to one destination, delivered per second,
// against a bare workflow with one activity. Goal: at least 0.7 of it.
func BenchmarkLeadThroughput(b *testing.B) {
	for _, kind := range harness.Databases {
		b.Run(kind, func(b *testing.B) {
			s := newStack(b, kind)
			e := newEngine(b, s.TemporalAddress())
			e.throughput(b, 50, 16) // warm up
			var bare, ringback, ratios []float64
			for range b.N {
				for round := range 3 {
					const n = 300
					before := len(s.dest.Hits("ok"))
					began := time.Now()
					inParallel(n, 16, func(i int) { s.accept(b, s.leads, fmt.Sprintf("t-%d-%d", round, i)) })
					s.dest.WaitHits(b, "ok", before+n, 2*time.Minute)
					ringback = append(ringback, n/time.Since(began).Seconds())
					bare = append(bare, e.throughput(b, n, 16))
					ratios = append(ratios, ringback[len(ringback)-1]/bare[len(bare)-1])
				}
			}
			b.ReportMetric(median(ratios), "of-bare")
			report(row{"leads delivered per second, " + kind, fmt.Sprintf("%.0f/s", median(ringback)),
				fmt.Sprintf("%.0f/s", median(bare)), fmt.Sprintf("%.2f", median(ratios)), "ratio >= 0.7"})
		})
	}
}

// BenchmarkSteadyLatency measures the time from accepted to delivered, at 20 leads a second.
func BenchmarkSteadyLatency(b *testing.B) {
	s := newStack(b, "postgres")
	e := newEngine(b, s.TemporalAddress())
	s.latencies(b, s.leads, "warm", 20, 5*time.Second)
	for range b.N {
		took := s.latencies(b, s.leads, "steady", 20, 20*time.Second)
		bare := e.steady(b, 20, 20*time.Second)
		for _, p := range []struct {
			percent float64
			goal    string
		}{{50, "<= 40 ms"}, {99, "<= 200 ms"}} {
			r, e := percentile(took, p.percent), percentile(bare, p.percent)
			report(row{fmt.Sprintf("20 leads/s, accepted to delivered, p%.0f", p.percent), ms(r), ms(e), fmt.Sprintf("%.2f", float64(r)/float64(e)), p.goal})
		}
	}
}

// latencies posts leads at a pace and returns, for each, the time from the answer
// to its arrival at the destination.
func (s stack) latencies(b *testing.B, path, name string, perSecond int, during time.Duration) []time.Duration {
	var mu sync.Mutex
	accepted := map[string]time.Time{}
	before := len(s.dest.Hits("ok"))
	atPace(perSecond, during, func(i int) {
		id, at := s.accept(b, path, fmt.Sprintf("%s-%d", name, i))
		mu.Lock()
		defer mu.Unlock()
		accepted[id] = at
	})
	var took []time.Duration
	for _, hit := range s.dest.WaitHits(b, "ok", before+len(accepted), time.Minute) {
		if at, ok := accepted[hit.ID]; ok {
			took = append(took, max(0, hit.At.Sub(at)))
		}
	}
	return took
}

// BenchmarkNeighbour measures a healthy integration's p50 while 150 sends to another one hang.
func BenchmarkNeighbour(b *testing.B) {
	s := newStack(b, "postgres")
	slow := s.site("/hang")
	s.latencies(b, s.leads, "warm", 10, 5*time.Second)
	for range b.N {
		alone := percentile(s.latencies(b, s.leads, "alone", 10, 15*time.Second), 50)
		inParallel(150, 8, func(i int) { s.accept(b, slow, fmt.Sprint("hang-", i)) })
		beside := percentile(s.latencies(b, s.leads, "beside", 10, 15*time.Second), 50)
		report(row{"a healthy integration's p50 while 150 sends hang at another", ms(beside), ms(alone) + " without", fmt.Sprintf("%.2f", float64(beside)/float64(alone)), "ratio <= 2"})
	}
}

// BenchmarkIntake measures the accepted events per second on PostgreSQL, and the answer's p99 at
// 1,000/s, with the load and the database on the same machine.
func BenchmarkIntake(b *testing.B) {
	for _, engine := range []string{"Temporal away", "everything running"} {
		b.Run(engine, func(b *testing.B) {
			s := newStack(b, "postgres")
			if engine == "Temporal away" {
				s.Temporal.Kill()
			}
			for range b.N {
				var mu sync.Mutex
				var took []time.Duration
				began := time.Now()
				atPace(1000, 10*time.Second, func(i int) {
					from := time.Now()
					s.accept(b, s.leads, fmt.Sprint("intake-", i))
					d := time.Since(from)
					mu.Lock()
					defer mu.Unlock()
					took = append(took, d)
				})
				rate := float64(len(took)) / time.Since(began).Seconds()
				report(row{"intake at 1,000/s, " + engine, fmt.Sprintf("%.0f/s, p50 %s, p99 %s", rate, ms(percentile(took, 50)), ms(percentile(took, 99))), "", "", "1,000/s, p99 <= 50 ms"})
			}
		})
	}
}
