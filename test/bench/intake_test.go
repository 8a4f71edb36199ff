package bench_test

import (
	"fmt"
	"sync"
	"testing"
	"time"
)

// BenchmarkIntake measures the leads that are accepted per second on PostgreSQL by 32 posters,
// and the answer's p99 at 1,000 a second, with the load and the database on the same machine.
func BenchmarkIntake(b *testing.B) {
	for _, engine := range []struct{ name, closed, even string }{
		{"Temporal away", ">= 4,000/s", "1,000/s, p99 <= 50 ms"},
		{"everything running", ">= 1,500/s", "1,000/s, p99 <= 100 ms"},
	} {
		b.Run(engine.name, func(b *testing.B) {
			s := newStack(b, "postgres")
			if engine.name == "Temporal away" {
				s.Temporal.Kill()
			}
			for n := range b.N {
				rate, took := s.answers(b, fmt.Sprint("even-", n), func(post func(i int)) { atPace(1000, 10*time.Second, post) })
				report(row{"intake at 1,000/s, " + engine.name, fmt.Sprintf("%.0f/s, p50 %s, p99 %s", rate, ms(percentile(took, 50)), ms(percentile(took, 99))), "", "", engine.even})
				rate, took = s.answers(b, fmt.Sprint("closed-", n), func(post func(i int)) { inParallel(10_000, 32, post) })
				report(row{"intake of 32 posters, " + engine.name, fmt.Sprintf("%.0f/s, p50 %s, p99 %s", rate, ms(percentile(took, 50)), ms(percentile(took, 99))), "", "", engine.closed})
			}
		})
	}
}

// answers posts leads as the given function asks. It returns how many were accepted per
// second, and how long each answer took.
func (s stack) answers(b *testing.B, name string, postAll func(post func(i int))) (perSecond float64, took []time.Duration) {
	b.Helper()
	var mu sync.Mutex
	began := time.Now()
	postAll(func(i int) {
		from := time.Now()
		s.accept(b, s.leads, fmt.Sprintf("%s-%d", name, i))
		d := time.Since(from)
		mu.Lock()
		defer mu.Unlock()
		took = append(took, d)
	})
	return float64(len(took)) / time.Since(began).Seconds(), took
}
