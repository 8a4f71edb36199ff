package app

import (
	"context"
	"net"
	"net/http"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"ringback/internal/secrets"
)

// ending returns a service with a store and a component for each part, which does its
// last work when it is stopped.
func ending(t *testing.T, timeout time.Duration, relay, worker func(*Service)) (*Service, *started) {
	t.Helper()
	keys, err := secrets.Generate()
	require.NoError(t, err)
	temporal, err := client.NewLazyClient(client.Options{HostPort: "127.0.0.1:1"})
	require.NoError(t, err)
	t.Cleanup(temporal.Close)
	s, err := New(t.Context(), Config{
		DatabaseURL: "sqlite:" + filepath.Join(t.TempDir(), "ringback.db"), EncryptionKeys: keys,
		HTTPAddress: ":0", PublicURL: "http://localhost", ShutdownTimeout: timeout,
		DatabaseConnections: 1, DatabaseRelay: 1, DatabaseWorkers: 1, DatabaseViewers: 1,
	}, Deps{Logger: quiet, Temporal: temporal, Clock: clockwork.NewRealClock()})
	require.NoError(t, err)
	start := func(name string, last func(*Service)) *running {
		up := make(chan struct{})
		r := s.supervisor.start(t.Context(), component{name, func(ctx context.Context, _ func()) error {
			close(up)
			<-ctx.Done()
			last(s)
			return nil
		}})
		<-up
		return r
	}
	return s, &started{
		failed: make(chan error, 2),
		relay:  start(relayName, relay), workers: start(workerName, worker),
		others: []*running{start(prunerName, func(*Service) {}), start(notifierName, func(*Service) {})},
	}
}

// A client that sends its request slowly must not cost the sends their time (G3).
func TestG3_WorkersStopWhileASlowClientIsStillServed(t *testing.T) {
	t.Parallel()
	workerStops, relayStops, served := make(chan struct{}), make(chan struct{}), make(chan struct{})
	s, parts := ending(t, time.Minute, func(*Service) { close(relayStops) }, func(*Service) { close(workerStops) })
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	arrived := make(chan struct{})
	s.web = newServer("web", listener, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(arrived)
		<-served
	}), quiet)
	go s.web.serve(parts.failed)
	answered := make(chan error, 1)
	go func() {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.web.url(), nil)
		if err == nil {
			var answer *http.Response
			if answer, err = http.DefaultClient.Do(request); err == nil {
				err = answer.Body.Close()
			}
		}
		answered <- err
	}()
	<-arrived

	ended := make(chan error, 1)
	go func() { ended <- s.end(parts) }()
	select {
	case <-workerStops:
	case <-time.After(time.Minute):
		t.Fatal("the workers wait for a client")
	}
	select {
	case <-relayStops:
		t.Fatal("the relay stops before what is being accepted")
	default:
	}
	close(served)
	require.NoError(t, <-answered)
	require.NoError(t, <-ended)
}

// The outcome of a send that ends just after the timeout is still stored.
func TestG3_TheStoreIsOpenUntilTheWorkersHaveEnded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stored := make(chan error, 1)
		s, parts := ending(t, time.Second, func(*Service) {}, func(s *Service) {
			<-time.After(time.Second + storeGrace/2) // a send that takes longer than the timeout
			stored <- s.store.Ping(context.Background())
		})
		require.ErrorContains(t, s.end(parts), "the worker did not finish in time")
		require.NoError(t, <-stored)
	})
}

// A request that trickles in ends well within the time that a shutdown has. Tests of the
// handlers have the shorter times of their bodies.
func TestG3_EveryRequestHasAnEnd(t *testing.T) {
	t.Parallel()
	const usual = 30 * time.Second // the default of --shutdown-timeout
	bounds := newServer("web", nil, http.NotFoundHandler(), quiet).http
	for _, bound := range []time.Duration{bounds.ReadHeaderTimeout, bounds.ReadTimeout, bounds.IdleTimeout, bounds.WriteTimeout} {
		require.Positive(t, bound)
	}
	require.LessOrEqual(t, bounds.ReadTimeout, usual/2)
}
