package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"ringback/internal/telemetry"
	"ringback/models"
	"ringback/models/database"
)

// The names of the components in health reports and logs.
const (
	relayName    = "relay"
	workerName   = "worker"
	prunerName   = "pruner"
	counterName  = "counter"
	journeysName = "journeys"
	notifierName = "notifier"
	watcherName  = "watcher"
)

// Run runs the components until ctx is done and then stops them in order, so that
// nothing accepted is lost and work in progress may finish. It returns an error if
// it cannot start, if a server fails, or if something did not stop in time.
func (s *Service) Run(ctx context.Context, parts Parts) error {
	s.log.Info("starting", "settings", s.config, "web", parts.Web, "worker", parts.Worker, "database_connections", s.config.Connections(parts),
		"temporal_namespace", s.temporal.namespace, "version", s.deps.Version)
	defer s.temporal.close()
	s.health.serves(parts)
	s.observeDatabase(parts)
	if err := s.schema.check(parts.own(ctx)); err != nil {
		return errors.Join(err, s.store.Close())
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	started, err := s.start(ctx, parts)
	if err != nil {
		return errors.Join(err, s.store.Close())
	}
	go s.schema.watch(parts.own(ctx))

	var failed error
	select {
	case <-ctx.Done():
		failed = s.drain(started)
	case failed = <-started.failed:
	}
	return errors.Join(failed, s.end(started))
}

// started holds the running components of a process.
type started struct {
	failed  chan error // of the servers
	relay   *running
	workers *running // nil if the process has no worker
	// others are the components beside the workers, empty if the process has no worker.
	others []*running
}

func (s *Service) start(ctx context.Context, parts Parts) (*started, error) {
	c, err := s.newComponents(parts)
	if err != nil {
		return nil, err
	}
	run := &started{failed: make(chan error, 2)}
	if err := s.listen(ctx, c.web); err != nil {
		return nil, err
	}
	for _, server := range []*server{s.web, s.ops} {
		if server != nil {
			go server.serve(run.failed)
		}
	}
	close(s.listening)
	run.relay = s.supervisor.start(models.For(ctx, database.Relay), component{relayName, s.afterMigration(c.relay)})
	if parts.Worker {
		ctx := models.For(ctx, database.Workers)
		run.workers = s.supervisor.start(ctx, component{workerName, s.afterMigration(c.worker)})
		for _, other := range c.others {
			run.others = append(run.others, s.supervisor.start(models.Later(ctx), component{other.name, s.afterMigration(other.run)}))
		}
	}
	go s.announce(ctx, parts)
	return run, nil
}

// listen binds the addresses, both or none. The handler is nil if the process has
// no web.
func (s *Service) listen(ctx context.Context, web http.Handler) error {
	if web != nil {
		listener, err := bind(ctx, "http-address", s.config.HTTPAddress)
		if err != nil {
			return err
		}
		s.web = newServer("web", listener, s.schema.guard(web), s.log)
	}
	if s.config.OpsAddress == "" {
		return nil
	}
	listener, err := bind(ctx, "ops-address", s.config.OpsAddress)
	if err != nil {
		if s.web != nil {
			_ = s.web.listener.Close()
		}
		return err
	}
	s.ops = newServer("ops", listener, opsHandler(telemetry.Handler(s.registry), s.Health), s.log)
	return nil
}

// afterMigration delays a component until the schema is current.
func (s *Service) afterMigration(run func(context.Context, func()) error) func(context.Context, func()) error {
	return func(ctx context.Context, up func()) error {
		if err := s.schema.wait(ctx); err != nil {
			return err
		}
		return run(ctx, up)
	}
}

// announce marks the process as ready: with web when the schema is current,
// otherwise when the workers run.
func (s *Service) announce(ctx context.Context, parts Parts) {
	if s.schema.wait(ctx) != nil {
		return
	}
	if !parts.Web && s.supervisor.wait(ctx, workerName) != nil {
		return
	}
	close(s.ready)
}

// drain keeps serving for a while with a report of not ready, so that load
// balancers switch to other processes before this one refuses connections. It
// returns the error of a server that fails meanwhile.
func (s *Service) drain(run *started) error {
	s.health.stop()
	if s.web == nil || s.config.DrainTimeout == 0 {
		return nil
	}
	over := s.deps.Clock.After(s.config.DrainTimeout)
	s.log.Info("draining", "for", s.config.DrainTimeout)
	select {
	case <-over:
		return nil
	case err := <-run.failed:
		return err
	}
}

// end stops intake and the workers at the same time, and then what they both use. Each
// has the whole timeout, so that a slow client costs the workers no time. What is not
// finished is stored, and is done later.
func (s *Service) end(run *started) error {
	s.log.Info("stopping", "timeout", s.config.ShutdownTimeout)
	s.health.stop()
	ctx, cancel := context.WithTimeout(context.Background(), s.config.ShutdownTimeout)
	defer cancel()
	var intake, workers error
	var all sync.WaitGroup
	all.Go(func() { intake = s.endIntake(ctx, run) })
	all.Go(func() { workers = s.endWorkers(ctx, run) })
	all.Wait()
	ops := s.ops.stop(ctx)
	s.outbound.Close()
	err := errors.Join(intake, workers, ops, s.closePlaces(), s.store.Close())
	s.log.Info("stopped")
	return err
}

// endIntake stops the server, and then the relay, which sends what was just accepted.
func (s *Service) endIntake(ctx context.Context, run *started) error {
	web := s.web.stop(ctx)
	return errors.Join(web, late("relay", run.relay.stop(ctx)))
}

// storeGrace is how long after the timeout the store stays open for workers that are
// about to end.
const storeGrace = 5 * time.Second

// endWorkers lets sends finish. It returns when no component uses the store any more,
// which may be a little after the timeout: the outcome of a send that has just ended
// must be stored, or its event is sent twice (G3).
func (s *Service) endWorkers(ctx context.Context, run *started) error {
	if run.workers == nil {
		return nil
	}
	errs := run.stopWorkers(ctx)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), storeGrace)
	defer cancel()
	run.stopWorkers(ctx)
	return errors.Join(errs...)
}

// stopWorkers ends the workers and the components beside them, one after the other, and
// returns the errors of those that did not finish in time.
func (run *started) stopWorkers(ctx context.Context) []error {
	errs := []error{late(run.workers.name, run.workers.stop(ctx))}
	for _, other := range run.others {
		errs = append(errs, late(other.name, other.stop(ctx)))
	}
	return errs
}

func late(component string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("the %s did not finish in time: %w", component, err)
}
