package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"ringback/internal/telemetry"
)

// Names of the parts in health and logs.
const (
	relayPart  = "relay"
	workerPart = "worker"
	prunerPart = "pruner"
)

// Run runs the parts until ctx is done and then ends them in order, so that
// nothing accepted is lost and what is under way may finish. It gives an error
// when it cannot start, when a server fails, or when the end was not orderly.
func (s *Service) Run(ctx context.Context, parts Parts) error {
	s.log.Info("starting", "settings", s.config, "web", parts.Web, "worker", parts.Worker,
		"temporal_namespace", s.temporal.namespace, "version", s.deps.Version)
	defer s.temporal.close()
	s.health.serves(parts)
	if err := s.schema.check(ctx); err != nil {
		return errors.Join(err, s.store.Close())
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	started, err := s.start(ctx, parts)
	if err != nil {
		return errors.Join(err, s.store.Close())
	}
	go s.schema.watch(ctx)

	var failed error
	select {
	case <-ctx.Done():
		failed = s.drain(started)
	case failed = <-started.failed:
	}
	return errors.Join(failed, s.end(started))
}

// started is what a process runs.
type started struct {
	failed  chan error // of the servers
	relay   *running
	workers *running // nil: no worker in this process
	pruner  *running // likewise
}

func (s *Service) start(ctx context.Context, parts Parts) (*started, error) {
	made, err := s.makeParts(parts)
	if err != nil {
		return nil, err
	}
	run := &started{failed: make(chan error, 2)}
	if err := s.listen(ctx, made.web); err != nil {
		return nil, err
	}
	for _, server := range []*server{s.web, s.ops} {
		if server != nil {
			go server.serve(run.failed)
		}
	}
	close(s.listening)
	run.relay = s.supervisor.start(ctx, part{relayPart, s.whenCurrent(made.relay)})
	if parts.Worker {
		run.workers = s.supervisor.start(ctx, part{workerPart, s.whenCurrent(made.worker)})
		run.pruner = s.supervisor.start(ctx, part{prunerPart, s.whenCurrent(made.pruner)})
	}
	go s.announce(ctx, parts)
	return run, nil
}

// listen takes the addresses, both or none. A nil handler: this process has no web.
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

// whenCurrent holds a part back until the schema is current.
func (s *Service) whenCurrent(run func(context.Context, func()) error) func(context.Context, func()) error {
	return func(ctx context.Context, up func()) error {
		if err := s.schema.wait(ctx); err != nil {
			return err
		}
		return run(ctx, up)
	}
}

// announce marks the process as ready: with web once the schema is current,
// with workers alone once they run.
func (s *Service) announce(ctx context.Context, parts Parts) {
	if s.schema.wait(ctx) != nil {
		return
	}
	if !parts.Web && s.supervisor.wait(ctx, workerPart) != nil {
		return
	}
	close(s.ready)
}

// drain goes on answering for a while, as not ready, so that load balancers
// turn to other processes before this one refuses connections. It gives the
// error of a server that fails meanwhile.
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

// end stops the parts in the order in which work flows: no more requests, then
// the relay, which hands over what was just accepted, then the workers, which
// let sends finish, then what they all used. The timeout is for all together;
// what the relay and the workers could not finish is kept and taken up again.
func (s *Service) end(run *started) error {
	s.log.Info("stopping", "timeout", s.config.ShutdownTimeout)
	s.health.stop()
	ctx, cancel := context.WithTimeout(context.Background(), s.config.ShutdownTimeout)
	defer cancel()
	problems := []error{s.web.stop(ctx)}
	problems = append(problems, late("relay", run.relay.stop(ctx)))
	if run.workers != nil {
		problems = append(problems, late("worker", run.workers.stop(ctx)), late("pruner", run.pruner.stop(ctx)))
	}
	problems = append(problems, s.ops.stop(ctx))
	s.outbound.Close()
	problems = append(problems, s.closePlaces(), s.store.Close())
	s.log.Info("stopped")
	return errors.Join(problems...)
}

func late(part string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("the %s did not finish in time: %w", part, err)
}
