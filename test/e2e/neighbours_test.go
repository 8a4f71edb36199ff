package e2e_test

import (
	"fmt"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// burst reports leads of a site, eight at a time.
func burst(t *testing.T, api *harness.API, site string, count int) {
	t.Helper()
	var senders sync.WaitGroup
	for first := range 8 {
		senders.Go(func() {
			for n := first; n < count; n += 8 {
				status, out, err := api.Try(http.MethodPost, "/api/v1/sites/"+site+"/leads", sampleLead(fmt.Sprintf("burst-%d", n)))
				if err != nil || status != http.StatusAccepted {
					t.Errorf("a lead was not accepted: %d %v %v", status, out, err)
				}
			}
		})
	}
	senders.Wait()
}

// TestG6_ABurstDelaysNoNeighbour checks that leads of another site do not wait for those of a
// burst that were accepted before.
func TestG6_ABurstDelaysNoNeighbour(t *testing.T) {
	t.Parallel()
	const many, few = 500, 5
	dsn, _ := harness.NewDatabase(t, "postgres")
	s := harness.NewStack(t, harness.StackOptions{Database: dsn})
	api, busy, calm := s.API(), harness.NewDestination(t), harness.NewDestination(t)
	importing, neighbour := api.Site(nil), api.Site(nil)
	api.Webhook(importing, busy.URL+"/ok", nil)
	api.Webhook(neighbour, calm.URL+"/ok", nil)
	burst(t, api, importing, many)
	began := time.Now()
	for n := range few {
		api.Must(http.MethodPost, "/api/v1/sites/"+neighbour+"/leads", sampleLead(fmt.Sprintf("calm-%d", n)))
	}
	last := calm.WaitHits(t, "ok", few, time.Minute)[few-1].At
	before, meanwhile := 0, 0
	for _, hit := range busy.WaitHits(t, "ok", many, 3*time.Minute) {
		switch {
		case hit.At.Before(began):
			before++
		case hit.At.Before(last):
			meanwhile++
		}
	}
	left := many - before
	t.Logf("of the burst %d were delivered before the neighbour's %d leads were reported, and %d until they were delivered", before, few, meanwhile)
	require.Greater(t, left, many/4, "there was a burst to wait for")
	require.Less(t, meanwhile, left/4)
}
