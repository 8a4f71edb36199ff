package app

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"

	"ringback/activities"
	"ringback/decision"
	"ringback/destinations"
	destinationlist "ringback/destinations/builtin"
	"ringback/internal/accept"
	"ringback/internal/bursts"
	"ringback/internal/delivery"
	"ringback/internal/notify"
	"ringback/internal/relay"
	"ringback/internal/secrets"
	"ringback/models"
	"ringback/models/notices"
	"ringback/sitecheck"
	"ringback/sources"
	sourcelist "ringback/sources/builtin"
	"ringback/web"
	"ringback/worker"
)

// shares are how many of a worker's concurrent sends one site may have, and how many
// may go to one host, so that there is always room for other deliveries (G6). What else uses
// the slots of the sends has a small part of them: readings wait for hosts, and computing
// uses connections to the database for as long as it goes on.
var shares = delivery.Shares{
	PerSite: worker.DefaultSends / 4, PerHost: worker.DefaultSends / 4,
	Readings: 32, Computations: 2,
}

// components are what a process runs, created and not yet running.
type components struct {
	web    http.Handler // nil if the process has no web
	relay  func(ctx context.Context, up func()) error
	worker func(ctx context.Context, up func()) error
	others []component // beside the worker
}

// newComponents creates the components with their dependencies. Every process has
// its own relay: it sends what this process's web stores, and what other processes
// left in the outbox.
func (s *Service) newComponents(parts Parts) (components, error) {
	destinations := destinationlist.Destinations(s.deps.Clock)
	sources := sourcelist.Sources()
	channels := s.channels()
	look := s.lookout(channels)
	inProcess := bursts.New(s.clock.Clock)
	outboxRelay := s.newRelay(s.temporal, look, inProcess)
	c := components{
		relay:  relayed(outboxRelay, look),
		worker: func(ctx context.Context, up func()) error { return s.work(ctx, destinations, sources, outboxRelay, up) },
		others: s.beside(parts, look, channels),
	}
	if !parts.Web {
		return c, nil
	}
	proxies, err := s.config.proxies()
	if err != nil {
		return components{}, err
	}
	c.web, err = web.New(web.Options{
		Store: s.store, Relay: outboxRelay, Destinations: destinations, Sources: sources, Outbound: s.outbound, Pages: s.outbound.Reading(sitecheck.MaxPage),
		Metrics: s.metrics, Health: s.webHealth, Bursts: inProcess, Clock: s.deps.Clock, Logger: s.log.With("component", "web"),
		AdminToken: s.config.AdminToken, PublicURL: s.config.PublicURL, TemporalUIURL: s.config.TemporalUIURL,
		ViewersPerAccount: s.config.DatabaseViewers / 2, Limits: s.config.limits(), WebhooksAtOnce: s.config.DatabaseConnections * 3 / 10, LargeAtOnce: s.config.DatabaseConnections / 5, FailedTokens: s.config.FailedTokensPerAddress, TrustedProxies: proxies, Places: s.locator(),
		Namespace: s.temporal.namespace, Version: s.deps.Version, Mails: s.config.SMTPURL != "",
		OpenID: s.openID(), OpenAccount: s.config.OIDCAccount,
	})
	if err != nil {
		return components{}, fmt.Errorf("putting web together: %w", err)
	}
	return c, nil
}

// lookout returns what asks which background work is due. Channels are those by which this
// process sends messages.
func (s *Service) lookout(channels map[notices.Channel]notify.Send) *lookout {
	return &lookout{clock: s.deps.Clock, ask: func(ctx context.Context) (models.Due, error) {
		return s.store.Due(ctx, slices.Collect(maps.Keys(channels)))
	}}
}

func (s *Service) newRelay(temporal relay.Starter, look *lookout, inProcess *bursts.Bursts) *relay.Relay {
	return relay.New(relay.Options{
		Store: s.store, Temporal: temporal, Clock: s.deps.Clock, Machine: s.clock.Clock,
		Logger: s.log.With("component", relayName), Metrics: s.metrics,
		Bursts: inProcess, Idle: look.idle(func(due models.Due) bool { return due.Signals }),
	})
}

// relayed returns what runs a relay and, beside it, the lookout that wakes it.
func relayed(r *relay.Relay, look *lookout) func(ctx context.Context, up func()) error {
	return func(ctx context.Context, up func()) error {
		up()
		var looking sync.WaitGroup
		looking.Go(func() { look.run(ctx) })
		defer looking.Wait()
		return r.Run(ctx)
	}
}

// beside returns the components that run beside the workers of a process with these parts.
// A process without workers has none, so its lookout does not wake them.
func (s *Service) beside(parts Parts, look *lookout, channels map[notices.Channel]notify.Send) []component {
	if !parts.Worker {
		return nil
	}
	// The computing of journeys makes sums of days stale.
	figures := look.idle(func(due models.Due) bool { return due.Figures || due.Journeys })
	journeys := look.idle(func(due models.Due) bool { return due.Journeys })
	return []component{
		{prunerName, newPruner(s.store, s.metrics, s.deps.Clock, s.log.With("component", prunerName)).run},
		{counterName, (&counter{work: eachOf(s.store.Work, s.store.WorkRevenue), idle: figures}).run},
		{journeysName, (&counter{work: s.store.WorkJourneys, idle: journeys}).run},
		{notifierName, s.newNotifier(look, channels).Run},
		{watcherName, s.watchAlerts},
	}
}

// work runs the workers until ctx is done. The SDK's workers can start only once,
// so each call creates new ones; the supervisor calls again while Temporal is away.
func (s *Service) work(ctx context.Context, known *destinations.Registry, providers *sources.Registry, signals accept.Relay, up func()) error {
	fatal := make(chan error, 1)
	gate, hosts := delivery.NewGate(s.clock.Clock, rand.Float64, shares, s.metrics), delivery.NewHosts(s.clock.Clock)
	workers, err := s.workers(ctx, known, providers, signals, gate, hosts, fatal)
	if err != nil {
		return err
	}
	defer s.divide(ctx, gate, hosts)()
	if err := worker.RegisterSearchAttributes(ctx, s.temporal, s.temporal.namespace); err != nil {
		return err
	}
	if err := workers.Start(); err != nil {
		return err
	}
	defer workers.Stop()
	if err := s.beginVersion(ctx); err != nil {
		return err
	}
	up()
	select {
	case <-ctx.Done():
		return nil
	case err := <-fatal:
		return err
	}
}

// divide makes a gate divide its limits with those of other workers, and shares the
// breakers of hosts with them, until stop is called after the last send. They go by the clock
// of the machine, as the gate: by that of the database, all other workers would have shown no
// sign of life for too long when either of the two is set.
func (s *Service) divide(ctx context.Context, gate *delivery.Gate, hosts *delivery.Hosts) (stop func()) {
	fleet := delivery.NewFleet(gate, hosts, s.store, s.clock.Clock, s.log.With("component", workerName))
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	var running sync.WaitGroup
	running.Go(func() { fleet.Run(ctx) })
	return func() {
		cancel()
		running.Wait()
	}
}

// workers returns workers that are not started yet. They report what they cannot recover
// from to fatal. The end of ctx does not end their activities.
func (s *Service) workers(ctx context.Context, known *destinations.Registry, providers *sources.Registry, signals accept.Relay, gate *delivery.Gate, hosts *delivery.Hosts, fatal chan<- error) (*worker.Workers, error) {
	log := s.log.With("component", workerName)
	dispatch := &activities.Dispatch{
		Store: s.store, Destinations: known, Outbound: s.outbound,
		Gate: gate, Hosts: hosts, Daily: delivery.NewDaily(s.store, s.deps.Clock),
		Clock: s.deps.Clock, Jitter: rand.Float64, Logger: log, Metrics: s.metrics,
	}
	return worker.New(worker.Options{
		Client: s.temporal.Client, Logger: log, Version: s.version,
		Conversions: &activities.Conversions{
			Decider: decision.Decider{Destinations: known, SettleOf: sources.SettleOf(providers)}, Store: s.store,
			Clock: s.deps.Clock, Logger: log, Metrics: s.metrics, First: dispatch,
		},
		Dispatch: dispatch, OnStop: dispatch.EndFirst, CachedWorkflows: s.config.CachedWorkflows,
		Reconciling: &activities.Reconciling{
			Store: s.store, Messages: accept.NewMessages(s.store, accept.New(s.store, signals, s.metrics), log),
			Sources: providers, Outbound: s.outbound, Gate: gate,
			Clock: s.deps.Clock, Jitter: rand.Float64, Logger: log, Metrics: s.metrics,
		},
		Reading: &activities.Reading{
			Store: s.store, Destinations: known, Outbound: s.outbound, Gate: gate,
			Clock: s.deps.Clock, Jitter: rand.Float64, Logger: log,
		},
		Recomputing: &activities.Recomputing{Store: s.store, Gate: gate, Clock: s.deps.Clock, Logger: log},
		StopTimeout: s.config.ShutdownTimeout, Background: context.WithoutCancel(ctx),
		OnFatalError: func(err error) {
			select {
			case fatal <- err:
			default: // the first error is enough
			}
		},
	})
}

// webHealth returns the report without the causes, for the public address. The
// causes name hosts, and are only on the ops address.
func (s *Service) webHealth(ctx context.Context) web.Report {
	r := s.Health(ctx)
	for _, line := range []*string{&r.Database, &r.Migrations, &r.Temporal} {
		*line, _, _ = strings.Cut(*line, ": ")
	}
	r.Components = nil
	return r
}

func openBox(keys string) (*secrets.Box, error) {
	box, err := secrets.New(keys)
	if err != nil {
		return nil, fmt.Errorf("reading the keys of --encryption-keys (%s): %w", variable("encryption-keys"), err)
	}
	return box, nil
}
