package bench_test

import (
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"ringback/test/e2e/harness"
)

// people counts those who have sent a lead.
var people atomic.Int64

// lead is a lead that every integration of the benchmarks sends. It is of a person who has sent
// no other: what one person did is read together.
func lead(id string) harness.JSON {
	n := people.Add(1)
	return harness.JSON{
		"external_id": id,
		"phone":       fmt.Sprintf("+1%d55501%02d", 200+n/100%800, n%100),
		"visitor_ids": harness.JSON{"rtbhouse": fmt.Sprintf("sample-visitor-%d", n)},
	}
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

// quiet keeps the log of a service short.
const quiet = "RINGBACK_LOG_LEVEL=warn"

// stackOn starts the service on a database.
func stackOn(b *testing.B, dsn string, env ...string) stack {
	b.Helper()
	return stackWith(b, harness.StackOptions{Database: dsn, Env: append(env, quiet)})
}

func stackWith(b *testing.B, o harness.StackOptions) stack {
	b.Helper()
	s := stack{Stack: harness.NewStack(b, o), dest: harness.NewDestination(b)}
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
	return s.post(b, path, lead(id))
}

// post posts the body of a lead and returns its conversion's id and the time of the answer.
func (s stack) post(b *testing.B, path string, body harness.JSON) (string, time.Time) {
	status, out, err := s.api.Try(http.MethodPost, path, body)
	if err != nil || status != http.StatusAccepted {
		b.Errorf("accepting a lead: %d %v %v", status, out, err)
		return "", time.Now()
	}
	return out["conversion_id"].(string), time.Now()
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
		report(row{"a healthy integration's p50 while 150 sends hang at another", ms(beside), ms(alone) + " without", fmt.Sprintf("%.2f", float64(beside)/float64(alone)), "ratio <= 1.1"})
	}
}
