package e2e_test

import (
	"flag"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/test/e2e/harness"
)

// soakFor is how long strangers send. The long form takes ten minutes:
//
//	go test ./test/e2e -run TestG6_Soak -soak 10m -timeout 30m -v
var soakFor = flag.Duration("soak", 6*time.Second, "how long TestG6_Soak sends from many addresses")

// The bounds of the process in the soak. The container of docker-compose.yml has 1 GB.
const (
	mostMemory  = 900 << 20 // bytes that are resident
	mostSockets = 1000
)

// soak is a service with a tenant that strangers and one of its editors abuse, and a
// neighbour whose leads are delivered meanwhile.
type soak struct {
	*harness.Stack
	t         *testing.T
	api       *harness.API
	sink      *harness.Destination
	script    string // the base URL of the script's posts
	sites     []string
	neighbour string // its path for leads
	page      string // takes long to check
	database  string

	mu    sync.Mutex
	leads int                  // that the neighbour has sent
	sent  map[string]time.Time // those whose delivery is waited for, by conversion
	load  map[string]bool      // those that were sent under load
}

func newSoak(t *testing.T) *soak {
	t.Helper()
	dsn, _ := harness.NewDatabase(t, "postgres")
	s := &soak{t: t, sink: harness.NewDestination(t), sent: map[string]time.Time{}, load: map[string]bool{}, database: dsn}
	s.Stack = harness.NewStack(t, harness.StackOptions{Database: dsn, Env: []string{
		"RINGBACK_TRUSTED_PROXIES=127.0.0.1", "RINGBACK_NEW_SESSIONS_PER_ADDRESS=30", "RINGBACK_LOG_LEVEL=error", "GOMEMLIMIT=800MiB",
	}})
	s.api = s.API()
	page := []byte("<!doctype html><p>" + strings.Repeat("<b a>", 400) + strings.Repeat("<p>x", 400_000)) // 1.6 MB
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write(page)
	}))
	t.Cleanup(server.Close)
	s.page = server.URL + "/"
	for range 2 {
		site := s.api.Site(harness.JSON{"domains": []string{harness.Shop}})
		s.api.Must("PATCH", "/api/v1/sites/"+site+"/script", harness.JSON{"origins": []string{server.URL}})
		s.sites = append(s.sites, site)
	}
	s.api.Webhook(s.sites[0], s.sink.URL+"/slow", nil)
	tag := s.api.Must("GET", "/api/v1/sites/"+s.sites[0]+"/script", nil)["script_url"].(string)
	s.script = s.HTTP + strings.TrimSuffix(strings.TrimPrefix(tag, s.Public), ".js")
	other := s.api.Site(nil)
	s.api.Webhook(other, s.sink.URL+"/ok", nil)
	s.neighbour = "/api/v1/sites/" + other + "/leads"
	return s
}

// post sends a request from an address, as a proxy passes it on.
func (s *soak) post(address, to, contentType, body string) (int, error) {
	request, err := http.NewRequest(http.MethodPost, to, strings.NewReader(body))
	if err != nil {
		return 0, err
	}
	request.Header.Set("X-Forwarded-For", address)
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Origin", "http://"+harness.Shop)
	if !strings.HasPrefix(to, s.script) {
		request.Header.Del("Origin")
	}
	request.Header.Set("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err
	}
	return answer.StatusCode, answer.Body.Close()
}

// deliver has the neighbour send leads, at most four in a second, until the time is over.
func (s *soak) deliver(during time.Duration, underLoad bool) {
	pace := time.NewTicker(250 * time.Millisecond)
	defer pace.Stop()
	for end := time.Now().Add(during); time.Now().Before(end); <-pace.C {
		s.mu.Lock()
		id := fmt.Sprintf("lead-%d", s.leads)
		s.leads++
		s.mu.Unlock()
		began := time.Now()
		conversion := s.api.Must(http.MethodPost, s.neighbour, harness.JSON{"external_id": id, "email": "visitor@example.com"})["conversion_id"].(string)
		s.mu.Lock()
		s.sent[conversion], s.load[conversion] = began, underLoad
		s.mu.Unlock()
	}
}

// median returns the median time from a lead to its delivery.
func (s *soak) median(underLoad bool) time.Duration {
	var took []time.Duration
	for _, hit := range s.sink.Hits("ok") {
		if began, ok := s.sent[hit.ID]; ok && s.load[hit.ID] == underLoad {
			took = append(took, hit.At.Sub(began))
		}
	}
	slices.Sort(took)
	return took[len(took)/2]
}

// process is what the service's process uses.
type process struct {
	memory  int // bytes that are resident
	sockets int
}

// uses returns what the process uses now, as Linux shows it.
func (s *soak) uses() (p process) {
	folder := filepath.Join("/proc", strconv.Itoa(s.Service.PID()))
	status, err := os.ReadFile(filepath.Join(folder, "status"))
	require.NoError(s.t, err)
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kilobytes, err := strconv.Atoi(strings.Fields(rest)[0])
	require.NoError(s.t, err)
	open, err := filepath.Glob(filepath.Join(folder, "fd", "*"))
	require.NoError(s.t, err)
	for _, file := range open {
		if to, err := os.Readlink(file); err == nil && strings.HasPrefix(to, "socket:") {
			p.sockets++
		}
	}
	p.memory = kilobytes << 10
	return p
}

// requireRowsBounded checks that no table has more than one row for each request that was
// accepted, and that what leaves less than that does. A refused request leaves nothing.
func (s *soak) requireRowsBounded(floods map[string]*flood) {
	const setUp = 50 // rows at most that newSoak and the version of the schema make in a table
	bound := setUp + s.leads
	for _, f := range floods {
		bound += f.statuses[http.StatusOK] + f.statuses[http.StatusAccepted] + f.statuses[http.StatusNoContent]
	}
	own := map[string]int{
		"forgotten_visitors": floods["forget"].statuses[http.StatusNoContent],
		"audit_entries":      setUp + floods["checks"].statuses[http.StatusOK],
		"web_sessions":       0, // no sign-in was right
	}
	sum := 0
	for table, n := range harness.Rows(s.t, s.database) {
		most, ok := own[table]
		if !ok {
			most = bound
		}
		require.LessOrEqual(s.t, n, most, table)
		sum += n
	}
	s.t.Logf("%d rows in all tables, at most %d in each", sum, bound)
}

// TestG6_Soak has strangers send page views, leads, withdrawals of consent and sign-ins at
// their limits, while an editor has pages checked that take long. What they can have
// accepted, and what the process uses, has bounds, and a neighbour's leads are all
// delivered. It reports figures, and does not fail because of the neighbour's times.
func TestG6_Soak(t *testing.T) {
	t.Parallel()
	s := newSoak(t)
	floods := s.floods()
	for _, f := range floods {
		f.statuses = map[int]int{}
	}
	rounds := 1 + *soakFor/(2*time.Minute) // so that what else the machine does meets both kinds of time
	s.deliver(2*time.Second, true)
	clear(s.sent) // the first sends of a process take longer
	var most process
	var loaded time.Duration
	for range rounds {
		s.deliver(*soakFor/rounds/4, false)
		var senders sync.WaitGroup
		began, during := time.Now(), *soakFor/rounds
		for name, f := range floods {
			senders.Go(func() { f.run(name, during) })
		}
		s.deliver(during, true)
		now := s.uses()
		most = process{max(most.memory, now.memory), max(most.sockets, now.sockets)}
		senders.Wait()
		loaded += time.Since(began)
	}
	s.sink.WaitHits(t, "ok", s.leads, patience)
	for name, f := range floods {
		require.NoError(t, f.failed, name)
		t.Logf("%-14s %d addresses at %.1f/s: %v", name, f.addresses, f.perSecond, f.statuses)
		if whole := loaded + *soakFor/4 + patience; f.allowed > 0 {
			require.LessOrEqual(t, float64(f.accepted()), float64(f.addresses)*(f.burst+f.allowed*whole.Seconds()), name)
		}
	}
	s.requireRowsBounded(floods)
	t.Logf("memory %d MiB, %d sockets", most.memory>>20, most.sockets)
	require.Less(t, most.memory, mostMemory)
	require.Less(t, most.sockets, mostSockets)
	quiet, load := s.median(false), s.median(true)
	t.Logf("the neighbour's %d leads: p50 %v without the strangers, %v with them, ratio %.2f", len(s.sent), quiet, load, float64(load)/float64(quiet))
}
