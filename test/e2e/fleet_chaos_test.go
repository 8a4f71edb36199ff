package e2e_test

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// chaosFor is how long processes are killed at random. The long form takes ten minutes:
//
//	go test ./test/e2e -run TestG3_FleetKilledAtRandom -chaos 10m -timeout 40m -v
var chaosFor = flag.Duration("chaos", 6*time.Second, "how long TestG3_FleetKilledAtRandom kills processes at random")

// The size of the fleet, its limits, and what is reported to it. Each limit has more to hold
// back than it allows: sends take long, and the site with the limit per second reports many
// leads and calls at first.
const (
	fleetWebs, fleetWorkers = 3, 5
	fleetConcurrent         = 8
	fleetSendTakes          = 400 * time.Millisecond
	fleetPerSecond          = 5
	fleetAtFirst            = 50
	reportEvery             = 50 * time.Millisecond
	killEvery               = 1200 * time.Millisecond
	oldVisits, overdueCalls = 40, 10
)

// member is one process of a fleet, which is started again on the same address.
type member struct {
	address string // of web; empty for a worker
	process *harness.Process
	ready   bool // the process has been waited for
}

// fleet is several processes on one database and one Temporal.
type fleet struct {
	*harness.Stack
	t        *testing.T
	dsn      string
	d        *harness.Destination
	sites    []string // the first one's integration has fleetConcurrent, the other's fleetPerSecond
	members  []*member
	webs     []*harness.API
	ever     []*harness.Process // also those that were killed
	accepted sync.Map           // conversion id -> true
	reported atomic.Int64
}

// newFleet starts the processes at once, on a database in which one of them finds old
// visits to erase and overdue calls to start again.
func newFleet(t *testing.T) *fleet {
	t.Helper()
	dsn, _ := harness.NewDatabase(t, "postgres")
	f := &fleet{t: t, dsn: dsn, d: harness.NewDestination(t), Stack: harness.NewStack(t, harness.StackOptions{Database: dsn})}
	f.d.Delay = fleetSendTakes
	api := f.API()
	f.sites = []string{api.Site(nil), api.Site(nil)}
	api.Webhook(f.sites[0], f.d.URL+"/ok", harness.JSON{"delivery": harness.JSON{"max_concurrent": fleetConcurrent}})
	api.Webhook(f.sites[1], f.d.URL+"/spaced", harness.JSON{"delivery": harness.JSON{"per_second": fleetPerSecond}})
	f.addOldThings(api)
	f.Service.Kill()
	harness.Exec(t, dsn, `UPDATE sessions SET started_at = started_at - interval '900 days', last_activity_at = last_activity_at - interval '900 days';
		UPDATE conversions SET created_at = created_at - interval '2 days', at = at - interval '2 days'`)
	for range fleetWebs {
		address := harness.FreeAddress(t)
		f.members = append(f.members, &member{address: address})
		f.webs = append(f.webs, harness.NewAPI(t, "http://"+address, harness.AdminToken))
	}
	for range fleetWorkers {
		f.members = append(f.members, &member{})
	}
	for _, m := range f.members {
		f.launch(m)
	}
	f.waitReady()
	return f
}

// addOldThings adds a site without integrations, with visits and calls that have not ended.
func (f *fleet) addOldThings(api *harness.API) {
	quiet := api.Site(nil)
	tag := api.Must("GET", "/api/v1/sites/"+quiet+"/script", nil)["script_url"].(string)
	script := f.NewScript(tag, "https://shop.example.com")
	for i := range oldVisits {
		status, answer, err := script.Try("views", harness.JSON{
			"id": fmt.Sprintf("sample-hit-%08d", i), "visitor": fmt.Sprintf("sample-visitor-%08d", i), "ago": 0, "kind": "navigate",
			"url": "https://shop.example.com/", "storage": "cookie", "version": "00000000",
		})
		require.NoError(f.t, err)
		require.Equal(f.t, http.StatusOK, status, "%v", answer)
	}
	for i := range overdueCalls {
		call := sampleCall("e1", fmt.Sprint("old-visitor-", i), time.Now())
		api.Must("POST", fmt.Sprintf("/api/v1/sites/%s/calls/old-%d/events", quiet, i), call)
	}
	// A workflow that begins after the call has become old closes it at once.
	started := func() bool { return harness.Rows(f.t, f.dsn)["outbox"] == 0 }
	api.WaitFor("the workflows of the old calls to be started", time.Minute, started, f.Service.Log)
}

func (f *fleet) launch(m *member) {
	if m.address != "" {
		m.process = f.LaunchWeb(m.address)
	} else {
		m.process = f.LaunchWorker()
	}
	m.ready = false
	f.ever = append(f.ever, m.process)
}

func (f *fleet) waitReady() {
	for _, m := range f.members {
		if !m.ready {
			m.process.WaitReady(2 * time.Minute)
			m.ready = true
		}
	}
}

// report reports leads and calls to all webs until the time is over, and returns what
// waits until they are accepted.
func (f *fleet) report(during time.Duration) *sync.WaitGroup {
	var senders sync.WaitGroup
	numbers := make(chan int)
	for range 16 {
		senders.Go(func() {
			for i := range numbers {
				site := f.sites[0]
				if i < fleetAtFirst || i/2%8 == 0 {
					site = f.sites[1]
				}
				f.accepted.Store(sendUntilAccepted(f.t, f.webs[i%len(f.webs)], site, i), true)
				f.reported.Add(1)
			}
		})
	}
	senders.Go(func() {
		defer close(numbers)
		end := time.Now().Add(during)
		for i := range fleetAtFirst {
			numbers <- i
		}
		pace := time.NewTicker(reportEvery)
		defer pace.Stop()
		for i := fleetAtFirst; time.Now().Before(end); i++ {
			numbers <- i
			<-pace.C
		}
	})
	return &senders
}

// killAtRandom kills a process every now and then, and starts it again at once. It returns
// how many it has killed, and the most connections to the database that it saw.
func (f *fleet) killAtRandom(during time.Duration) (kills, connections int) {
	seed := rand.Uint64()
	f.t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	pace := time.NewTicker(killEvery)
	defer pace.Stop()
	for end := time.Now().Add(during); time.Now().Before(end); <-pace.C {
		connections = max(connections, harness.Connections(f.t, f.dsn))
		m := f.members[random.IntN(len(f.members))]
		m.process.Kill()
		f.launch(m)
		kills++
	}
	return kills, connections
}

var (
	prunedLine   = regexp.MustCompile(`"visits\.pruned".*"sessions":(\d+)`)
	requeuedLine = regexp.MustCompile(`"relay\.requeued".*"workflow_id":"([^"]+)"`)
)

// logged returns what a pattern finds in the logs of all processes that ever ran.
func (f *fleet) logged(pattern *regexp.Regexp) []string {
	var found []string
	for _, p := range f.ever {
		for _, match := range pattern.FindAllStringSubmatch(p.Log(), -1) {
			found = append(found, match[1])
		}
	}
	return found
}

// TestG3_FleetKilledAtRandom kills processes of a fleet at random under load: nothing is
// lost, nothing is doubled but for attempts that were cut off, limits hold for all workers
// together, and old visits and overdue calls are handled by one process each.
func TestG3_FleetKilledAtRandom(t *testing.T) {
	t.Parallel()
	f := newFleet(t)
	f.requirePrunedOnce()
	sending := f.report(*chaosFor)
	kills, connections := f.killAtRandom(*chaosFor)
	f.waitReady()
	sending.Wait()
	total := int(f.reported.Load())
	interrupted := requireDelivered(t, f.webs[0], f.d, &f.accepted, total)
	t.Logf("%d conversions, %d kills: %d attempts interrupted, %d requests at the destination, %d connections",
		total, kills, interrupted, len(f.d.Hits("")), connections)

	require.LessOrEqual(t, mostAtOnce(f.d.Hits("ok")), fleetConcurrent)
	requireSpaced(t, attemptsOf(t, f.webs[0], f.sites[1]), fleetPerSecond)
	f.requireRequeuedOnce()
	require.LessOrEqual(t, connections, 97, "the default settings of %d processes fit PostgreSQL's default of 100 connections, of which it keeps three", len(f.members))
}

// requirePrunedOnce requires that the old visits are erased, and counted by one process.
func (f *fleet) requirePrunedOnce() {
	f.t.Helper()
	pruned := func() int {
		sum := 0
		for _, n := range f.logged(prunedLine) {
			sessions, err := strconv.Atoi(n)
			require.NoError(f.t, err)
			sum += sessions
		}
		return sum
	}
	f.webs[0].WaitFor("the old visits to be erased", time.Minute, func() bool { return pruned() >= oldVisits }, func() string { return fmt.Sprint(pruned()) })
	require.Equal(f.t, oldVisits, pruned())
	require.Zero(f.t, harness.Rows(f.t, f.dsn)["sessions"])
}

// requireRequeuedOnce requires that no overdue call is started again twice. In the long
// form, after the five minutes between two looks, all of them must have been.
func (f *fleet) requireRequeuedOnce() {
	f.t.Helper()
	if *chaosFor >= 5*time.Minute {
		all := func() bool { return len(f.logged(requeuedLine)) >= overdueCalls }
		f.webs[0].WaitFor("the overdue calls to be started again", 6*time.Minute, all, func() string { return strings.Join(f.logged(requeuedLine), " ") })
	}
	requeued := f.logged(requeuedLine)
	slices.Sort(requeued)
	require.Len(f.t, slices.Compact(slices.Clone(requeued)), len(requeued), "%v", requeued)
}
