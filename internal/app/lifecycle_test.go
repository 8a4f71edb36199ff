package app

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/explanation"
	"ringback/internal/fault"
)

var quiet = slog.New(slog.DiscardHandler)

// database is a database that a test switches.
type sampleDatabase struct {
	mu           sync.Mutex
	ping, schema error
}

func (d *sampleDatabase) become(ping, schema error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ping, d.schema = ping, schema
}

func (d *sampleDatabase) Ping(context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ping
}

func (d *sampleDatabase) CheckSchema(context.Context) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.schema
}

var (
	errAway  = errors.New("connection refused")
	errOld   = fault.New(fault.Unavailable, "schema_not_current").With("Missing", "00001_first.sql")
	errNewer = fault.New(fault.Unavailable, "schema_newer").With("Current", "2").With("Wanted", "1")
)

func TestSchemaGateRefusesAnOldSchemaAndWaitsForAnAbsentDatabase(t *testing.T) {
	t.Parallel()
	old := newSchemaGate(&sampleDatabase{schema: errOld}, clockwork.NewFakeClock(), quiet)
	require.ErrorIs(t, old.check(t.Context()), errOld)

	db, clock := &sampleDatabase{ping: errAway}, clockwork.NewFakeClock()
	gate := newSchemaGate(db, clock, quiet)
	require.NoError(t, gate.check(t.Context()), "a database that is away may come")
	require.False(t, gate.isOpen())

	go gate.watch(t.Context())
	for _, step := range []struct{ ping, schema error }{{nil, errOld}, {nil, nil}} {
		require.NoError(t, clock.BlockUntilContext(t.Context(), 1))
		require.False(t, gate.isOpen())
		db.become(step.ping, step.schema)
		clock.Advance(schemaInterval)
	}
	require.NoError(t, gate.wait(t.Context()))
}

func TestG1_NothingIsAcceptedBeforeTheDatabaseIsThere(t *testing.T) {
	t.Parallel()
	db := &sampleDatabase{ping: errAway}
	gate := newSchemaGate(db, clockwork.NewFakeClock(), quiet)
	require.NoError(t, gate.check(t.Context()))
	web := gate.guard(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) }))
	ask := func(path string) *httptest.ResponseRecorder {
		answer := httptest.NewRecorder()
		web.ServeHTTP(answer, httptest.NewRequest(http.MethodPost, path, nil))
		return answer
	}

	refused := ask("/api/v1/sites/site_1/leads")
	require.Equal(t, http.StatusServiceUnavailable, refused.Code)
	require.Equal(t, "5", refused.Header().Get("Retry-After"))
	require.Equal(t, "application/problem+json", refused.Header().Get("Content-Type"))
	require.Equal(t, http.StatusAccepted, ask("/healthz").Code, "alive even so")

	db.become(nil, nil)
	require.NoError(t, gate.check(t.Context()))
	require.Equal(t, http.StatusAccepted, ask("/api/v1/sites/site_1/leads").Code)
}

func TestHealthNamesWhatIsDown(t *testing.T) {
	t.Parallel()
	up := map[string]string{workerName: stateUp}
	for name, c := range map[string]struct {
		needs        Parts
		ping, schema error
		temporal     error
		components   map[string]string
		ready        bool
		want         Report
	}{
		"all is well": {Parts{Web: true, Worker: true}, nil, nil, nil, up, true,
			Report{Database: "ok", Migrations: "ok", Temporal: "ok"}},
		"intake goes on without Temporal": {Parts{Web: true}, nil, nil, errAway, nil, true,
			Report{Database: "ok", Migrations: "ok", Temporal: "down: connection refused"}},
		"a worker without Temporal": {Parts{Worker: true}, nil, nil, errAway, up, false,
			Report{Database: "ok", Migrations: "ok", Temporal: "down: connection refused"}},
		"a worker that does not run": {Parts{Worker: true}, nil, nil, nil, map[string]string{workerName: "starting"}, false,
			Report{Database: "ok", Migrations: "ok", Temporal: "ok"}},
		"no database": {Parts{Web: true}, errAway, errOld, nil, nil, false,
			Report{Database: "down: connection refused", Migrations: "unknown", Temporal: "ok"}},
		"an old schema": {Parts{Web: true}, nil, errOld, nil, nil, false,
			Report{Database: "ok", Migrations: "down: " + explanation.Error(errOld), Temporal: "ok"}},
		"a newer schema, for a process that has begun": {Parts{Web: true}, nil, errNewer, nil, nil, true,
			Report{Database: "ok", Migrations: "ok", Temporal: "ok"}},
		"a newer schema, for one that waits for its own": {Parts{}, nil, errNewer, nil, nil, false,
			Report{Database: "ok", Migrations: "down: " + explanation.Error(errNewer), Temporal: "ok"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := &health{
				database: &sampleDatabase{ping: c.ping, schema: c.schema}, needs: c.needs, clock: clockwork.NewFakeClock(),
				temporal:   func(context.Context) error { return c.temporal },
				components: func() map[string]string { return c.components },
				begun:      func() bool { return c.needs.Web },
			}
			got := h.report(t.Context())
			require.Equal(t, c.ready, got.Ready())
			require.Equal(t, c.want, Report{Database: got.Database, Migrations: got.Migrations, Temporal: got.Temporal})

			h.stop()
			require.False(t, h.report(t.Context()).Ready(), "a process that ends takes no more work")
		})
	}
}

func TestOpsListenerAnswersMachines(t *testing.T) {
	t.Parallel()
	report := Report{Status: StatusNotReady, Temporal: "down: no answer in time", Components: map[string]string{workerName: stateUp}}
	handler := opsHandler(http.NotFoundHandler(), func(context.Context) Report { return report })
	ask := func(path string) *httptest.ResponseRecorder {
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, path, nil))
		return answer
	}
	require.Equal(t, http.StatusOK, ask("/healthz").Code)
	notReady := ask("/readyz")
	require.Equal(t, http.StatusServiceUnavailable, notReady.Code)
	var got Report
	require.NoError(t, json.Unmarshal(notReady.Body.Bytes(), &got))
	require.Equal(t, report, got)
	require.Contains(t, notReady.Body.String(), `"components":{"worker":"ok"}`)
	report.Status = StatusReady
	require.Equal(t, http.StatusOK, ask("/readyz").Code)
}

func TestSupervisorRestartsAFailedComponent(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClock()
	s := newSupervisor(clock, quiet)
	tries, works := 0, make(chan struct{})
	r := s.start(t.Context(), component{"worker", func(ctx context.Context, up func()) error {
		if tries++; tries < 3 {
			return errAway
		}
		up()
		close(works)
		<-ctx.Done()
		return nil
	}})
	for _, delay := range []time.Duration{time.Second, 2 * time.Second} {
		require.NoError(t, clock.BlockUntilContext(t.Context(), 1))
		require.Equal(t, "down: connection refused", s.components()["worker"])
		clock.Advance(delay)
	}
	<-works
	require.NoError(t, s.wait(t.Context(), "worker"))
	require.Equal(t, stateUp, s.components()["worker"])
	require.NoError(t, r.stop(t.Context()))
	require.Equal(t, "stopped", s.components()["worker"])
	require.Equal(t, 3, tries)
}

func TestStopDoesNotWaitForever(t *testing.T) {
	t.Parallel()
	s := newSupervisor(clockwork.NewFakeClock(), quiet)
	release := make(chan struct{})
	r := s.start(t.Context(), component{"worker", func(context.Context, func()) error {
		<-release
		return nil
	}})
	over, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, r.stop(over), context.Canceled)
	close(release)
	<-r.done
}

func TestAPortInUseIsAnErrorThatNamesTheSetting(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = taken.Close() }()
	_, err = bind(t.Context(), "http-address", taken.Addr().String())
	require.ErrorContains(t, err, "--http-address (RINGBACK_HTTP_ADDRESS)")
	require.ErrorContains(t, err, "address already in use")
}
