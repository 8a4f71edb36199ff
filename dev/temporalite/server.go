package temporalite

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"sync/atomic"
	"time"

	"github.com/gofrs/flock"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	sdkworker "go.temporal.io/sdk/worker"
	"go.temporal.io/server/common/authorization"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/temporal"

	"ringback/dev/listen"
	"ringback/internal/buildid"
)

const (
	startLimit = time.Minute      // for the server to answer after its start
	stopLimit  = 15 * time.Second // for an orderly stop; stored data is safe without one
	pollEvery  = 20 * time.Millisecond
)

// Server is a running Temporal server.
type Server struct {
	temporal temporal.Server
	frontend string
	ui       *ui          // nil if there is no UI
	running  atomic.Bool  // between the start and the stop
	lock     *flock.Flock // nil if the server is in memory
}

// Start runs a server and returns when it answers. The context limits the start, not
// the server, which runs until Stop. If an address or the data file is in use, the
// error names it and the flag that changes it.
func Start(ctx context.Context, options Options) (*Server, error) {
	o := options.withDefaults()
	frontend, err := listen.Address("Temporal's", "--temporal", o.FrontendAddress)
	if err != nil {
		return nil, err
	}
	var page netip.AddrPort
	if o.UIAddress != "" {
		if page, err = listen.Address("The Temporal UI's", "--ui", o.UIAddress); err != nil {
			return nil, err
		}
	}
	server := &Server{frontend: listen.Reach(frontend)}
	if err := server.start(ctx, o, frontend); err != nil {
		return nil, errors.Join(err, server.Stop())
	}
	if page.IsValid() {
		server.ui = startUI(page, server.frontend, o.Namespace, o.PublicPath)
	}
	if err := server.awaitReady(ctx, o); err != nil {
		return nil, errors.Join(err, server.Stop())
	}
	server.running.Store(true)
	return server, nil
}

func (s *Server) start(ctx context.Context, o Options, address netip.AddrPort) error {
	store, err := s.openStore(ctx, o)
	if err != nil {
		return err
	}
	if err := createNamespace(store.Main, o.Namespace, o.Retention); err != nil {
		return err
	}
	cfg, err := serverConfig(address, store, o.Shards)
	if err != nil {
		return err
	}
	// The server's own workers name the build in their histories. The SDK would read the
	// whole program for it.
	if id, err := buildid.Own(); err == nil {
		sdkworker.SetBinaryChecksum(id)
	}
	s.temporal, err = temporal.NewServer(
		temporal.WithConfig(cfg),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithStaticHosts(hosts(cfg)),
		temporal.WithLogger(logger{slog: o.Logger, running: &s.running}),
		temporal.WithDynamicConfigClient(tuning()),
		temporal.WithAuthorizer(authorization.NewNoopAuthorizer()),
	)
	if err != nil {
		return fmt.Errorf("setting up the Temporal server: %w", err)
	}
	return startServices(s.temporal)
}

// openStore returns the databases of the server.
func (s *Server) openStore(ctx context.Context, o Options) (Store, error) {
	if o.Store.Main != nil {
		return o.Store, nil
	}
	db, err := s.openDatabase(ctx, o.DataFile)
	return Store{Main: db, Visibility: db}, err
}

// openDatabase locks and prepares the data file. If name is empty, it returns a
// database in memory.
func (s *Server) openDatabase(ctx context.Context, name string) (*config.SQL, error) {
	if name == "" {
		return database(""), nil
	}
	file, err := filepath.Abs(name)
	if err != nil {
		return nil, fmt.Errorf("finding the Temporal data file: %w", err)
	}
	if s.lock, err = lockDataFile(file); err != nil {
		return nil, err
	}
	if err := prepareFile(ctx, file); err != nil {
		return nil, err
	}
	return database(file), nil
}

// startServices returns a panic during the start as an error, see logger.Fatal.
func startServices(server temporal.Server) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			err = fmt.Errorf("starting the Temporal server: %v", reason)
		}
	}()
	if err := server.Start(); err != nil {
		return fmt.Errorf("starting the Temporal server: %w", err)
	}
	return nil
}

// awaitReady returns when the frontend serves the namespace and the UI serves its page.
func (s *Server) awaitReady(ctx context.Context, o Options) error {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	temporalClient, err := client.NewLazyClient(client.Options{
		HostPort: s.frontend, Namespace: o.Namespace, Logger: sdklog.NewStructuredLogger(o.Logger),
	})
	if err != nil {
		return fmt.Errorf("making a client of the Temporal server: %w", err)
	}
	defer temporalClient.Close()

	ticker := time.NewTicker(pollEvery)
	defer ticker.Stop()
	for {
		_, err := temporalClient.CheckHealth(ctx, &client.CheckHealthRequest{})
		if err == nil && s.ui != nil {
			err = s.ui.answers(ctx)
		}
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waiting for the Temporal server: %w", err)
		case <-ticker.C:
		}
	}
}

// FrontendAddress returns the host:port of the gRPC API.
func (s *Server) FrontendAddress() string { return s.frontend }

// UIURL returns the URL of the UI, or "" if there is none.
func (s *Server) UIURL() string {
	if s.ui == nil {
		return ""
	}
	return s.ui.url
}

// Stop ends the UI and then the server. It returns after 15 seconds at most, with an
// error if the server is still busy. The state is on disk in either case.
func (s *Server) Stop() error {
	s.running.Store(false)
	if s.ui != nil {
		s.ui.stop()
	}
	var errs []error
	if s.temporal != nil {
		stopped := make(chan error, 1)
		go func() { stopped <- s.temporal.Stop() }()
		select {
		case err := <-stopped:
			errs = append(errs, err)
		case <-time.After(stopLimit):
			errs = append(errs, fmt.Errorf("the Temporal server has not stopped within %s", stopLimit))
		}
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Unlock())
	}
	return errors.Join(errs...)
}
