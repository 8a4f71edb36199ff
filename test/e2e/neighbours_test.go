package e2e_test

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// burst reports leads of a site, so many at a time. The ids of the leads begin with a name.
func burst(t *testing.T, api *harness.API, site, name string, count, parallel int) {
	t.Helper()
	var senders sync.WaitGroup
	for first := range parallel {
		senders.Go(func() {
			for n := first; n < count; n += parallel {
				status, out, err := api.Try(http.MethodPost, "/api/v1/sites/"+site+"/leads", sampleLead(fmt.Sprintf("%s-%d", name, n)))
				if err != nil || status != http.StatusAccepted {
					t.Errorf("a lead was not accepted: %d %v %v", status, out, err)
				}
			}
		})
	}
	senders.Wait()
}

// TestG6_ABurstDelaysNoNeighbour checks that leads of another site do not wait for those of a
// burst that were accepted before. It goes by most of the leads: a Temporal that is busy may
// lose a task, which is tried again seconds later.
func TestG6_ABurstDelaysNoNeighbour(t *testing.T) {
	t.Parallel()
	const many, few = 300, 5
	dsn, _ := harness.NewDatabase(t, "postgres")
	s := harness.NewStack(t, harness.StackOptions{Database: dsn})
	s.Service.Kill()
	address := harness.FreeAddress(t)
	s.LaunchWeb(address).WaitReady(time.Minute) // the whole burst is accepted before any of it is delivered
	api, busy, calm := harness.NewAPI(t, "http://"+address, harness.AdminToken), harness.NewDestination(t), harness.NewDestination(t)
	importing, neighbour := api.Site(nil), api.Site(nil)
	api.Webhook(importing, busy.URL+"/ok", nil)
	api.Webhook(neighbour, calm.URL+"/ok", nil)
	burst(t, api, importing, "burst", many, 8)
	s.StartWorker()
	busy.WaitHits(t, "ok", many/10, time.Minute)
	burst(t, api, neighbour, "calm", few, few)
	before := len(busy.Hits("ok"))
	calm.WaitHits(t, "ok", few/2+1, time.Minute)
	meanwhile, left := len(busy.Hits("ok"))-before, many-before
	t.Logf("of the burst %d were delivered before the neighbour's %d leads were accepted, and %d until most of these were delivered", before, few, meanwhile)
	require.Greater(t, left, many/4, "there was a burst to wait for")
	require.Less(t, meanwhile, left/4)
}

// heldBack returns how many requests of a kind have waited in a process because others sent.
func heldBack(t *testing.T, s *harness.Stack, of string) int {
	t.Helper()
	page := string(harness.NewAPI(t, s.Ops, "").Fetch("/metrics"))
	found := regexp.MustCompile(`(?m)^ringback_requests_held_back_total\{of="` + of + `"\} (\d+)$`).FindStringSubmatch(page)
	if found == nil {
		return 0
	}
	count, err := strconv.Atoi(found[1])
	require.NoError(t, err)
	return count
}

// TestG6_AnImportAndListsWaitOnlyWhileOthersReport has an importer with 32 connections report leads
// of one site, and a viewer read 24 lists at a time, alone and beside another site. Requests wait
// only beside it, and none is refused.
func TestG6_AnImportAndListsWaitOnlyWhileOthersReport(t *testing.T) {
	t.Parallel()
	const many, lists = 320, 24
	dsn, _ := harness.NewDatabase(t, "postgres")
	s := harness.NewStack(t, harness.StackOptions{Database: dsn})
	api := s.API()
	importing, neighbour := api.Site(nil), api.Site(nil)
	read := func() {
		var readers sync.WaitGroup
		for range lists {
			readers.Go(func() {
				for range 4 {
					status, out, err := api.Try(http.MethodGet, "/api/v1/sites/"+importing+"/conversions?limit=200", nil)
					if err != nil || status != http.StatusOK {
						t.Errorf("a list was not answered: %d %v %v", status, out, err)
					}
				}
			})
		}
		readers.Wait()
	}
	read()
	burst(t, api, importing, "alone", many, 32)
	require.Zero(t, heldBack(t, s, "reports")+heldBack(t, s, "lists"), "nobody else reports")

	stop := make(chan struct{})
	var reporting sync.WaitGroup
	reporting.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
				burst(t, api, neighbour, fmt.Sprint("calm-", n), 1, 1)
			}
		}
	})
	burst(t, api, importing, "beside", many, 32)
	read()
	close(stop)
	reporting.Wait()
	require.Positive(t, heldBack(t, s, "reports"))
	require.Positive(t, heldBack(t, s, "lists"))
	t.Logf("%d reports of %d waited, and %d lists of %d", heldBack(t, s, "reports"), many, heldBack(t, s, "lists"), 4*lists)
}
