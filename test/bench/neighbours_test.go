package bench_test

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"ringback/test/e2e/harness"
)

// The pace of the healthy leads, for how long they are sent alone and beside a neighbour, and
// how many page views one site may send per second.
const (
	healthyPerSecond = 10
	healthyFor       = 5 * time.Second
	viewsPerSite     = 200
)

// neighbours are what other tenants do. Each begins what it does and returns what ends it.
var neighbours = []struct {
	name  string
	begin func(b *testing.B, s stack) (end func())
}{
	{"120 integrations at one hanging host", decided(hangingHost)},
	{"120 integrations at one hanging host, undecided", hangingHost},
	{"1,500 hanging sends", decided(hangingSends)},
	{"1,500 hanging sends, undecided", hangingSends},
	{"1,500 answered sends, undecided", answeredSends},
	{"a bulk resend of 10,000", bulkResend},
	{"an import of 10,000 leads", imported},
	{"24 lists of one viewer at a time", slowLists},
	{"20 requests whose bodies trickle in", trickling},
	{"page views of a site at its limit", viewsAtTheLimit},
}

// BenchmarkNeighbours measures how long the leads of a site take from the request to the
// destination, alone and beside each neighbour, which is another tenant of the same process.
func BenchmarkNeighbours(b *testing.B) {
	for _, n := range neighbours {
		b.Run(n.name, func(b *testing.B) {
			s := newStack(b, "postgres", "RINGBACK_TRUSTED_PROXIES=127.0.0.1", fmt.Sprint("RINGBACK_REQUESTS_PER_SITE=", viewsPerSite))
			s.healthy(b, "warm")
			for round := range b.N {
				alone := s.healthy(b, fmt.Sprint("alone-", round))
				other := s
				other.dest = harness.NewDestination(b) // the breaker of a host holds back all that is sent to it
				end := n.begin(b, other)
				used, began := processorTime(b), time.Now()
				beside := s.healthy(b, fmt.Sprint("beside-", round))
				busy := (processorTime(b) - used).Seconds() / time.Since(began).Seconds()
				end()
				report(row{"leads beside " + n.name + ", p50", ms(percentile(beside, 50)), ms(percentile(alone, 50)) + " alone",
					fmt.Sprintf("%.2f", float64(percentile(beside, 50))/float64(percentile(alone, 50))), "ratio <= 1.2"})
				report(row{"leads beside " + n.name + ", slowest", ms(percentile(beside, 100)), ms(percentile(alone, 100)) + " alone",
					fmt.Sprintf("%.1f of %d cores busy", busy, runtime.NumCPU()), "<= 1 s"})
			}
		})
	}
}

// processorTime returns how long the machine's processors were busy since it was started.
func processorTime(b *testing.B) (busy time.Duration) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		b.Skip("there is no /proc/stat here: ", err)
	}
	first, _, _ := strings.Cut(string(text), "\n")
	for i, field := range strings.Fields(first)[1:] {
		ticks, err := strconv.Atoi(field)
		if err != nil {
			b.Fatal(err)
		}
		if idle := i == 3 || i == 4; !idle && i < 8 { // what guests use is counted twice
			busy += time.Duration(ticks) * 10 * time.Millisecond
		}
	}
	return busy
}

// healthy reports leads at a pace and returns how long each took from the request until it
// was at the destination.
func (s stack) healthy(b *testing.B, name string) []time.Duration {
	var mu sync.Mutex
	began := map[string]time.Time{}
	before := len(s.dest.Hits("ok"))
	atPace(healthyPerSecond, healthyFor, func(i int) {
		at := time.Now()
		id, _ := s.accept(b, s.leads, fmt.Sprintf("%s-%d", name, i))
		mu.Lock()
		defer mu.Unlock()
		began[id] = at
	})
	var took []time.Duration
	for _, hit := range s.dest.WaitHits(b, "ok", before+len(began), 2*time.Minute)[before:] {
		if at, ok := began[hit.ID]; ok {
			took = append(took, hit.At.Sub(at))
		}
	}
	return took
}
