package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/jonboulle/clockwork"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"

	"ringback/dev/listen"
	"ringback/dev/temporalite"
	"ringback/internal/app"
	"ringback/models"
)

// stack is everything that runs in this process.
type stack struct {
	data      *folder
	addresses addresses
	token     string // the operator's; created if empty
	log       *slog.Logger
	out       io.Writer
	clock     clockwork.Clock

	secret   string // of the link that signs the demonstration's admin in; empty if there is no such user
	siteID   string // the demonstration's site; empty if there is none
	temporal *temporalite.Server
	client   client.Client
	around   []*http.Server // the stand-ins for RTB House and Salesforce, and the sample shop; empty without a demonstration

	endService context.CancelFunc
	ended      chan error // of the service, once it has ended
}

func (s *stack) url() string { return "http://" + listen.Reach(s.addresses.http) }

func (s *stack) opsURL() string { return "http://" + listen.Reach(s.addresses.ops) }

func (s *stack) shopURL() string { return "http://" + listen.Reach(s.addresses.shop) }

// start starts Temporal, brings the database up to date and starts the service.
func (s *stack) start(ctx context.Context) error {
	config, err := s.config()
	if err != nil {
		return err
	}
	err = s.step("Starting Temporal (the first start takes longest)", func() error { return s.startTemporal(ctx) })
	if err != nil {
		return err
	}
	config.TemporalUIURL = s.temporal.UIURL()
	if err := s.step("Preparing the database", func() error { return s.migrate(ctx, config) }); err != nil {
		return err
	}
	return s.step("Starting Ringback", func() error { return s.startService(ctx, config) })
}

// config returns the service's settings.
func (s *stack) config() (app.Config, error) {
	keys, err := s.data.encryptionKeys()
	if err != nil {
		return app.Config{}, err
	}
	if s.token == "" {
		if s.token, err = s.data.adminToken(); err != nil {
			return app.Config{}, err
		}
	}
	config := app.Config{
		DatabaseURL:    s.data.databaseURL(),
		EncryptionKeys: keys,
		AdminToken:     s.token,
		HTTPAddress:    s.addresses.http.String(),
		OpsAddress:     s.addresses.ops.String(),
		PublicURL:      s.url(),
		// The stand-in for RTB House is on this machine, and other destinations may be too.
		AllowPrivateDestinations: true,
		ShutdownTimeout:          10 * time.Second,
		DatabaseConnections:      10,
		DatabaseRelay:            2,
		DatabaseWorkers:          7,
		DatabaseViewers:          4,
	}
	return config, config.Check()
}

func (s *stack) startTemporal(ctx context.Context) error {
	var err error
	s.temporal, err = temporalite.Start(ctx, temporalite.Options{
		FrontendAddress: s.addresses.temporal.String(),
		UIAddress:       s.addresses.ui.String(),
		DataFile:        s.data.temporalFile(),
		Logger:          s.log.With("server", "temporal"),
	})
	if err != nil {
		return err
	}
	s.client, err = client.NewLazyClient(client.Options{
		HostPort: s.temporal.FrontendAddress(),
		Logger:   sdklog.NewStructuredLogger(s.log.With("component", "temporal")),
	})
	if err != nil {
		return fmt.Errorf("making the Temporal client: %w", err)
	}
	return nil
}

// migrate does what the command "ringback migrate" does in production.
func (s *stack) migrate(ctx context.Context, config app.Config) (err error) {
	store, err := app.OpenStore(ctx, config, s.log, s.clock)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	if _, err := models.Migrate(ctx, store); err != nil {
		return fmt.Errorf("bringing the database up to date: %w", err)
	}
	s.secret, err = signInSecret(ctx, store)
	return err
}

// startService runs the service and returns when it is ready. Only stop ends it, so
// that it ends before Temporal.
func (s *stack) startService(ctx context.Context, config app.Config) error {
	ringback, err := app.New(ctx, config, app.Deps{
		Logger: s.log, Clock: s.clock, Temporal: s.client, Version: "dev",
	})
	if err != nil {
		return err
	}
	running, end := context.WithCancel(context.WithoutCancel(ctx))
	s.endService, s.ended = end, make(chan error, 1)
	go func() { s.ended <- ringback.Run(running, app.Parts{Web: true, Worker: true}) }()
	select {
	case <-ringback.Ready():
		return nil
	case err := <-s.ended:
		s.ended <- nil // for stop, which waits for the end
		return cmp.Or(err, errors.New("the service ended before it was ready"))
	case <-ctx.Done():
		return ctx.Err()
	}
}

// serve serves a stand-in or the sample shop.
func (s *stack) serve(ctx context.Context, what, address string, handler http.Handler) (url string, err error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	if err != nil {
		return "", fmt.Errorf("starting %s: %w", what, err)
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	s.around = append(s.around, server)
	go func() { _ = server.Serve(listener) }() // ends with stop
	return "http://" + listener.Addr().String(), nil
}

// wait returns when ctx is done, or when the service ended, with its error.
func (s *stack) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-s.ended:
		s.ended <- nil // for stop, which waits for the end
		return err
	}
}

// stop ends what was started, dependents first: the service returns its work to
// Temporal before Temporal ends.
func (s *stack) stop() error {
	if s.temporal != nil {
		say(s.out, "\nStopping ...")
	}
	var errs []error
	if s.endService != nil {
		s.endService()
		errs = append(errs, <-s.ended)
	}
	for _, server := range s.around {
		errs = append(errs, server.Close())
	}
	if s.client != nil {
		s.client.Close()
	}
	if s.temporal != nil {
		errs = append(errs, s.temporal.Stop())
	}
	return errors.Join(errs...)
}
