package e2e_test

import (
	"cmp"
	"net/http"
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

// attemptsOf returns when the attempts of a site's deliveries began, by the processes that
// made them: requests of a busy machine may reach their destination together.
func attemptsOf(t *testing.T, api *harness.API, site string) []time.Time {
	t.Helper()
	var begun []time.Time
	for cursor, more := "", true; more; more = cursor != "" {
		page := api.Must(http.MethodGet, "/api/v1/sites/"+site+"/deliveries?limit=200&cursor="+cursor, nil)
		for _, delivery := range page["items"].([]any) {
			attempts := api.Must(http.MethodGet, "/api/v1/deliveries/"+delivery.(harness.JSON)["id"].(string)+"/attempts?limit=200", nil)
			for _, attempt := range attempts["items"].([]any) {
				at, err := time.Parse(time.RFC3339, attempt.(harness.JSON)["started_at"].(string))
				require.NoError(t, err)
				begun = append(begun, at)
			}
		}
		cursor = page["next_cursor"].(string)
	}
	slices.SortFunc(begun, time.Time.Compare)
	return begun
}

// requireSpaced requires that in no five seconds more attempts begin than a limit allows
// all workers together, with a third more for those that have just got their part. Without
// the limit there would have been more.
func requireSpaced(t *testing.T, begun []time.Time, perSecond int) {
	t.Helper()
	const window = 5 * time.Second
	allowed := perSecond * int(window.Seconds()) * 4 / 3
	require.Greater(t, len(begun), allowed)
	most := 0
	for i, first := range begun {
		within := slices.IndexFunc(begun[i:], func(at time.Time) bool { return at.Sub(first) >= window })
		if within < 0 {
			within = len(begun) - i
		}
		most = max(most, within)
	}
	t.Logf("at most %d of %d attempts began in %v, and %d were allowed", most, len(begun), window, allowed)
	require.LessOrEqual(t, most, allowed, "by each process alone it would be more")
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
	const limit, perSecond, leads, spacedLeads = 4, 3, 80, 30
	concurrent, spaced := api.Site(nil), api.Site(nil)
	api.Webhook(concurrent, d.URL+"/ok", harness.JSON{"delivery": harness.JSON{"max_concurrent": limit}})
	api.Webhook(spaced, d.URL+"/spaced", harness.JSON{"delivery": harness.JSON{"per_second": perSecond}})
	sendLeads(t, api, concurrent, "lead-", leads)
	sendLeads(t, api, spaced, "lead-", spacedLeads)

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
	requireSpaced(t, attemptsOf(t, api, spaced), perSecond)
}
