package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"github.com/jonboulle/clockwork"
	"github.com/prometheus/client_golang/prometheus"
	"go.temporal.io/sdk/client"

	"ringback/internal/geoip"
	"ringback/internal/outbound"
	"ringback/internal/telemetry"
	"ringback/models"
)

// Parts says what a process runs. The relay runs in every process, so that the
// outbox is emptied whichever of the others is away.
type Parts struct {
	Web    bool // API, webhooks, pages
	Worker bool // workflows and deliveries
}

// Deps are what the service does not make by itself.
type Deps struct {
	Logger *slog.Logger
	Clock  clockwork.Clock // nil: the real one
	// Temporal is the client to use, which stays the caller's to close. Nil: one
	// is made from the TEMPORAL_* variables and the file they name.
	Temporal  client.Client
	Namespace string // of a client that was given; empty: default
	Version   string // of this program
	// AllowTokenLogin lets a browser sign in by a link that carries the token.
	// For development alone: URLs end up in logs and histories.
	AllowTokenLogin bool
}

// Service is Ringback in one process. Make one with New, Run it once.
type Service struct {
	config Config
	deps   Deps
	log    *slog.Logger

	store    *models.Store
	temporal temporalClient
	outbound *outbound.Client
	places   *geoip.Places // nil: there is no database of places
	registry *prometheus.Registry
	metrics  *telemetry.Metrics

	schema     *schemaGate
	supervisor *supervisor
	health     *health

	ready     chan struct{} // closed when the process first does what it is for
	listening chan struct{} // closed when web and ops have their addresses
	web, ops  *server       // nil: not served
}

// New makes the parts and connects nothing yet: neither the database nor
// Temporal need be there. Wrong settings are an error that names each.
func New(ctx context.Context, config Config, deps Deps) (*Service, error) {
	if err := config.Check(); err != nil {
		return nil, err
	}
	if deps.Clock == nil {
		deps.Clock = clockwork.NewRealClock()
	}
	s := &Service{
		config: config, deps: deps, log: deps.Logger,
		ready: make(chan struct{}), listening: make(chan struct{}),
	}
	var err error
	if s.places, err = openPlaces(config); err != nil {
		return nil, err
	}
	if s.store, err = OpenStore(ctx, config, deps.Logger, deps.Clock); err != nil {
		return nil, err
	}
	if s.temporal, err = newTemporal(deps); err != nil {
		return nil, errors.Join(err, s.store.Close())
	}
	s.outbound = outbound.New(outbound.Options{
		Timeout: outbound.MaxTimeout, AllowPrivate: config.AllowPrivateDestinations, Version: deps.Version,
	})
	s.observe()
	return s, nil
}

// observe makes what says how the service is.
func (s *Service) observe() {
	clock, log := s.deps.Clock, s.log
	s.registry = telemetry.NewRegistry()
	s.metrics = telemetry.NewMetrics(s.registry)
	s.registry.MustRegister(telemetry.NewBacklogCollector(s.backlog, clock, log))
	s.schema = newSchemaGate(s.store, clock, log)
	s.supervisor = newSupervisor(clock, log)
	s.health = &health{
		database: s.store, temporal: s.temporal.check,
		parts: s.supervisor.parts, clock: clock,
	}
}

// Health looks at the database, its schema, Temporal and the parts.
func (s *Service) Health(ctx context.Context) Report { return s.health.report(ctx) }

// Ready is closed when the process first does what it is for: web answers and
// the database has its schema; without web, the workers run.
func (s *Service) Ready() <-chan struct{} { return s.ready }

// HTTPURL is where web is reached from this machine. It waits until Run has
// taken the address; "" when this process has no web.
func (s *Service) HTTPURL() string {
	<-s.listening
	return s.web.url()
}

// OpsURL is where /metrics and /readyz are reached from this machine, as HTTPURL.
func (s *Service) OpsURL() string {
	<-s.listening
	return s.ops.url()
}

// OpenStore opens the database of the settings, for commands that need no more
// of the service.
func OpenStore(ctx context.Context, config Config, log *slog.Logger, clock clockwork.Clock) (*models.Store, error) {
	box, err := openBox(config.EncryptionKeys)
	if err != nil {
		return nil, err
	}
	store, err := models.Open(ctx, models.Options{DSN: config.DatabaseURL, Box: box, Clock: clock, Logger: log})
	if err != nil {
		return nil, fmt.Errorf("opening the database of --database-url (%s): %w", variable("database-url"), err)
	}
	return store, nil
}
