package e2e_test

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"ringback/test/e2e/harness"
)

// flood is one kind of request that strangers send, each address at a pace above its
// limit.
type flood struct {
	addresses int
	perSecond float64 // that each address sends on average
	allowed   float64 // that each address may have accepted per second; zero if it is not limited by address
	burst     float64 // and at once
	send      func(address string, n int) (status int, err error)

	mu       sync.Mutex
	statuses map[int]int
	failed   error
}

// run sends until the time is over, from all addresses side by side.
func (f *flood) run(name string, during time.Duration) {
	var senders sync.WaitGroup
	for i := range f.addresses {
		address := fmt.Sprintf("198.51.%d.%d", len(name), i+1) // each kind has addresses of its own
		senders.Go(func() {
			every := float64(time.Second) / f.perSecond
			end := time.After(during)
			for n := 0; ; n++ {
				// Strangers are not in step with each other, nor with the neighbour.
				pause := time.NewTimer(time.Duration(every * 2 * rand.Float64()))
				select {
				case <-pause.C:
					f.count(f.send(address, n))
				case <-end:
					return
				}
			}
		})
	}
	senders.Wait()
}

func (f *flood) count(status int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.statuses[status]++
	if err != nil {
		f.failed = err
	}
}

// accepted returns how many requests were not refused for their number.
func (f *flood) accepted() int {
	n := 0
	for status, count := range f.statuses {
		if status != http.StatusTooManyRequests {
			n += count
		}
	}
	return n
}

// floods returns what strangers and the tenant's editor send. What is accepted of it keeps
// two cores half busy that carry the service, PostgreSQL, Temporal and the senders: with
// many more addresses, the soak would measure the machine.
func (s *soak) floods() map[string]*flood {
	script := func(what, body string) func(string, int) (int, error) {
		return func(address string, n int) (int, error) {
			id := fmt.Sprintf("%s-%08d", strings.ReplaceAll(address, ".", "-"), n)
			return s.post(address, s.script+"/"+what, "text/plain", strings.ReplaceAll(body, "ID", id))
		}
	}
	return map[string]*flood{
		"views": {addresses: 2, perSecond: 24, allowed: 20, burst: 100, send: script("views",
			`{"id":"hit-ID","visitor":"visitor-ID","ago":0,"kind":"navigate","url":"http://shop.example/?utm_source=sample","storage":"cookie","version":"00000000"}`)},
		"views of many": {addresses: 100, perSecond: 0.2, send: script("views",
			`{"id":"hit-ID","visitor":"visitor-ID","ago":0,"kind":"navigate","url":"http://shop.example/","storage":"cookie","version":"00000000"}`)},
		"leads": {addresses: 2, perSecond: 2, allowed: 1, burst: 30, send: script("leads",
			`{"id":"lead-ID","visitor":"visitor-ID","ago":0,"kind":"navigate","url":"http://shop.example/","storage":"cookie","version":"00000000","form":"contact","email":"ID@example.com"}`)},
		"forget": {addresses: 2, perSecond: 4, allowed: 2, burst: 20, send: script("forget", `{"visitor":"visitor-ID","id":"hit-ID","ago":0,"url":"http://shop.example/","storage":"cookie","version":"00000000"}`)},
		"sign-ins": {addresses: 20, perSecond: 1, allowed: 0.1, burst: 60, send: func(address string, n int) (int, error) {
			token := fmt.Sprintf("rbk_%026d_%s", n, strings.Repeat("x", 43))
			return s.post(address, s.HTTP+"/login", "application/x-www-form-urlencoded", url.Values{"token": {token}}.Encode())
		}},
		"checks": {addresses: 2, perSecond: 0.125, send: func(_ string, n int) (int, error) {
			status, _, err := s.api.Try(http.MethodPost, "/api/v1/sites/"+s.sites[n%2]+"/check", harness.JSON{"url": s.page})
			return status, err
		}},
	}
}
