package bench_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"ringback/test/e2e/harness"
)

// shopOrigin is the origin of the pages. The benchmarks send what their script would.
const shopOrigin = "http://shop.example"

// shopSite is a running service on PostgreSQL, with Temporal away, and a site
// whose pages carry the script.
type shopSite struct {
	*harness.Stack
	script *harness.Script
	tag    string
	path   string
}

func newShopSite(b *testing.B, numbers int) shopSite {
	b.Helper()
	dsn, _ := harness.NewDatabase(b, "postgres")
	s := shopOf(harness.NewStack(b, harness.StackOptions{Database: dsn, Env: append(unlimited, quiet)}), numbers)
	s.Temporal.Kill()
	return s
}

// unlimited are settings without limits of visitors: all of a benchmark have one address and
// one site.
var unlimited = []string{"RINGBACK_REQUESTS_PER_ADDRESS=0", "RINGBACK_REQUESTS_PER_SITE=0", "RINGBACK_NEW_SESSIONS_PER_ADDRESS=0"}

// shopOf makes a site whose pages carry the script.
func shopOf(stack *harness.Stack, numbers int) shopSite {
	s := shopSite{Stack: stack}
	api := s.API()
	s.path = "/api/v1/sites/" + api.Site(harness.JSON{"domains": []string{"shop.example"}})
	s.tag = api.Must("GET", s.path+"/script", nil)["script_url"].(string)
	s.script = s.NewScript(s.tag, shopOrigin)
	if numbers > 0 {
		pool := api.Must("POST", s.path+"/pools", harness.JSON{"name": "Sample pool", "replaces": []string{"+12025550100"}})
		api.Must("POST", s.path+"/pools/"+pool["id"].(string)+"/numbers", harness.JSON{"numbers": sampleNumbers(numbers)})
	}
	return s
}

// areas are area codes in which 555-0100 to 555-0199 are reserved for samples.
var areas = []int{201, 203, 205, 206, 207}

func sampleNumbers(count int) []string {
	var numbers []string
	for i := range count {
		numbers = append(numbers, fmt.Sprintf("+1%d55501%02d", areas[i/100], i%100))
	}
	return numbers
}

// view posts one page view of a visitor and returns the number that it gets,
// or empty.
func (s shopSite) view(b *testing.B, visitor, hit string) string {
	status, answer, err := s.script.Try("views", harness.JSON{
		"id": "sample-hit-" + hit, "visitor": "sample-visitor-" + visitor, "ago": 0, "kind": "navigate",
		"url": shopOrigin + "/?utm_source=google&utm_medium=cpc&gclid=" + visitor, "storage": "cookie", "version": "00000000",
	})
	if err != nil || status != http.StatusOK {
		b.Errorf("a page view: %d %v %v", status, answer, err)
		return ""
	}
	numbers, _ := answer["numbers"].(harness.JSON)
	shown, _ := numbers["12025550100"].([]any)
	if len(shown) == 0 {
		return ""
	}
	return shown[0].(string)
}

// BenchmarkPageViews measures the page views accepted per second on PostgreSQL, with
// 16 at a time, and the time until the answer at 300 per second.
func BenchmarkPageViews(b *testing.B) {
	const visitors, most, perSecond, during = 500, 4000, 300, 10 * time.Second
	returning := func(i int) string { return fmt.Sprintf("%08d", i%visitors) }
	first := func(i int) string { return fmt.Sprintf("%08d", i) }
	for _, c := range []struct {
		name    string
		numbers int
		visitor func(i int) string // of the i-th view
	}{
		{"continued sessions", 0, returning},
		{"continued sessions, a number each", visitors, returning},
		{"new sessions", 0, first},
		{"new sessions, the pool run dry", 100, first},
	} {
		b.Run(c.name, func(b *testing.B) {
			s := newShopSite(b, c.numbers)
			sent := 0
			views := func(n int) func(i int) {
				from := sent
				sent += n
				return func(i int) { s.view(b, c.visitor(from+i), fmt.Sprintf("%08d", from+i)) }
			}
			inParallel(visitors, 16, views(visitors)) // every returning visitor has a session from now on
			for range b.N {
				began := time.Now()
				inParallel(most, 16, views(most))
				rate := most / time.Since(began).Seconds()
				took := measure(perSecond, during, views(perSecond*int(during/time.Second)))
				report(row{"page views, " + c.name, fmt.Sprintf("%.0f/s; at %d/s p50 %s, p99 %s",
					rate, perSecond, ms(percentile(took, 50)), ms(percentile(took, 99))), "", "", ""})
			}
		})
	}
}

// measure begins this many calls of do per second and returns how long each took.
func measure(perSecond int, during time.Duration, do func(i int)) []time.Duration {
	var mu sync.Mutex
	var took []time.Duration
	atPace(perSecond, during, func(i int) {
		from := time.Now()
		do(i)
		d := time.Since(from)
		mu.Lock()
		defer mu.Unlock()
		took = append(took, d)
	})
	return took
}

// BenchmarkNumberAssignment measures 200 first visits at the same time. Each gets a
// number of its own from a pool of 200. It fails if two get the same number.
func BenchmarkNumberAssignment(b *testing.B) {
	const visits = 200
	for range b.N {
		s := newShopSite(b, visits)
		s.view(b, "warm-up-0", "warm-up-0") // uses one, so the pool needs one more
		var mu sync.Mutex
		held := map[string]int{}
		var took []time.Duration
		began := time.Now()
		inParallel(visits, visits, func(i int) {
			from := time.Now()
			number := s.view(b, fmt.Sprintf("%08d", i), fmt.Sprintf("%08d", i))
			d := time.Since(from)
			mu.Lock()
			defer mu.Unlock()
			held[number]++
			took = append(took, d)
		})
		all := time.Since(began)
		for number, visitors := range held {
			if number != "" && visitors > 1 {
				b.Errorf("a number was shown to %d sessions at once", visitors)
			}
		}
		if held[""] != 1 || len(held) != visits {
			b.Errorf("of %d visits %d have numbers of their own and %d none; want all but one, for the pool is one short", visits, len(held)-1, held[""])
		}
		report(row{fmt.Sprintf("%d first visits at once, a number each", visits),
			fmt.Sprintf("%s for all, p50 %s, p99 %s; none twice", ms(all), ms(percentile(took, 50)), ms(percentile(took, 99))), "", "", "no number twice"})
	}
}
