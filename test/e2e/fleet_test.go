package e2e_test

import (
	"cmp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// mostAtOnce returns the most requests that were in progress at one time.
func mostAtOnce(hits []harness.Hit) int {
	type change struct {
		at time.Time
		by int
	}
	changes := make([]change, 0, 2*len(hits))
	for _, h := range hits {
		changes = append(changes, change{h.At, 1}, change{h.Ended, -1})
	}
	slices.SortFunc(changes, func(a, b change) int { return cmp.Or(a.at.Compare(b.at), a.by-b.by) })
	most, running := 0, 0
	for _, c := range changes {
		running += c.by
		most = max(most, running)
	}
	return most
}

// requireSpaced requires that in no five seconds more requests begin than a limit allows
// all workers together, with a third more for those that have just got their part.
func requireSpaced(t *testing.T, hits []harness.Hit, perSecond int) {
	t.Helper()
	begun := make([]time.Time, 0, len(hits))
	for _, h := range hits {
		begun = append(begun, h.At)
	}
	slices.SortFunc(begun, time.Time.Compare)
	const window = 5 * time.Second
	for i, first := range begun {
		later := slices.IndexFunc(begun[i:], func(at time.Time) bool { return at.Sub(first) >= window })
		require.LessOrEqual(t, later, perSecond*int(window.Seconds())*4/3, "by each process alone it would be more")
	}
}

// TestG6_LimitsHoldForTwoWorkerProcesses sends more than the limits allow with two worker
// processes, and kills one of them.
func TestG6_LimitsHoldForTwoWorkerProcesses(t *testing.T) {
	t.Parallel()
	dsn, _ := harness.NewDatabase(t, "postgres")
	s := harness.NewStack(t, harness.StackOptions{Database: dsn})
	other := s.StartWorker()
	d := harness.NewDestination(t)
	d.Delay = 500 * time.Millisecond
	api := s.API()
	const limit, perSecond, leads = 4, 6, 100
	concurrent, spaced := api.Site(nil), api.Site(nil)
	api.Webhook(concurrent, d.URL+"/ok", harness.JSON{"delivery": harness.JSON{"max_concurrent": limit}})
	api.Webhook(spaced, d.URL+"/spaced", harness.JSON{"delivery": harness.JSON{"per_second": perSecond}})
	sendLeads(api, concurrent, "lead-", leads)
	sendLeads(api, spaced, "lead-", leads/2)

	hits := d.WaitHits(t, "ok", leads/2, time.Minute)
	require.Equal(t, limit, mostAtOnce(hits), "all that is allowed, and no more")
	for _, process := range []*harness.Process{s.Service, other} {
		require.Contains(t, process.Log(), "delivery.attempted", "both send")
	}
	other.Kill()
	taken := func() bool { return strings.Contains(s.Service.Log(), "limits.taken_over") }
	api.WaitFor("the slots of the killed process to be taken over", time.Minute, taken, s.Service.Log)
	for _, site := range []string{concurrent, spaced} {
		for _, c := range api.Must("GET", "/api/v1/sites/"+site+"/conversions?limit=200", nil)["items"].([]any) {
			api.WaitConversion(c.(harness.JSON)["id"].(string), 2*time.Minute, harness.Done)
		}
	}
	require.Equal(t, limit, mostAtOnce(d.Hits("ok")))
	requireSpaced(t, d.Hits("spaced"), perSecond)
}
