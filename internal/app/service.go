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
	"ringback/models/database"
	"ringback/worker"
)

// Parts selects what a process runs. The relay runs in every process, so that the
// outbox is emptied even if other processes are down.
type Parts struct {
	Web    bool // API, webhooks, pages
	Worker bool // workflows and deliveries
}

// Deps are what the service does not create itself.
type Deps struct {
	Logger *slog.Logger
	Clock  clockwork.Clock // nil means the real clock
	// Temporal is the client to use; the caller closes it. If nil, one is created
	// from the TEMPORAL_* variables and the file that they name.
	Temporal  client.Client
	Namespace string // of Temporal; empty means the default namespace
	Version   string // of this program
}

// Service is Ringback in one process. Create it with New, and call Run once.
type Service struct {
	config Config
	deps   Deps
	log    *slog.Logger

	clock    *database.Clock // what deps.Clock is, for its offset
	store    *models.Store
	temporal temporalClient
	version  worker.Version // zero if versioning is switched off
	outbound *outbound.Client
	places   *geoip.Places // nil if none is configured
	registry *prometheus.Registry
	sources  *wrongSources
	open     *openCounts
	metrics  *telemetry.Metrics

	schema     *schemaGate
	supervisor *supervisor
	health     *health

	ready     chan struct{} // closed when the process is ready for the first time
	listening chan struct{} // closed when web and ops listen
	web, ops  *server       // nil if not served
}

// New returns a service that has connected to nothing yet: neither the database nor
// Temporal need to be available. The error for wrong settings names all of them.
func New(ctx context.Context, config Config, deps Deps) (*Service, error) {
	if err := config.Check(); err != nil {
		return nil, err
	}
	if deps.Clock == nil {
		deps.Clock = clockwork.NewRealClock()
	}
	clock := database.Following(deps.Clock)
	deps.Clock = clock
	s := &Service{
		config: config, deps: deps, log: deps.Logger, clock: clock,
		ready: make(chan struct{}), listening: make(chan struct{}),
	}
	var err error
	if s.version, err = config.workerVersion(deps.Version); err != nil {
		return nil, err
	}
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

// observe creates the metrics, the schema gate, the supervisor and the health report.
func (s *Service) observe() {
	clock, log := s.deps.Clock, s.log
	s.registry = telemetry.NewRegistry()
	s.metrics = telemetry.NewMetrics(s.registry)
	s.sources = &wrongSources{store: s.store, clock: clock, log: log}
	s.open = &openCounts{store: s.store, clock: clock}
	s.schema = newSchemaGate(s.store, clock, log)
	s.supervisor = newSupervisor(clock, log)
	s.health = &health{
		database: s.store, temporal: s.temporal.check,
		components: s.supervisor.components, begun: s.schema.isOpen, clock: clock,
	}
}

// Health checks the database, its schema, Temporal and the components.
func (s *Service) Health(ctx context.Context) Report { return s.health.report(ctx) }

// Ready is closed when the process is ready for the first time: web serves and the
// schema is current or, without web, the workers run.
func (s *Service) Ready() <-chan struct{} { return s.ready }

// HTTPURL returns the URL of web on this machine, or "" if the process has no web.
// It waits until Run listens.
func (s *Service) HTTPURL() string {
	<-s.listening
	return s.web.url()
}

// OpsURL returns the URL of /metrics and /readyz on this machine, or "" if they are
// not served. It waits until Run listens.
func (s *Service) OpsURL() string {
	<-s.listening
	return s.ops.url()
}

// OpenStore opens the configured database, for commands that need nothing else of
// the service.
func OpenStore(ctx context.Context, config Config, log *slog.Logger, clock clockwork.Clock) (*models.Store, error) {
	box, err := openBox(config.EncryptionKeys)
	if err != nil {
		return nil, err
	}
	store, err := models.Open(ctx, models.Options{DSN: config.DatabaseURL, Box: box, Clock: clock, Logger: log, Limits: config.accountLimits(), Pools: config.pools()})
	if err != nil {
		return nil, fmt.Errorf("opening the database of --database-url (%s): %w", variable("database-url"), err)
	}
	return store, nil
}
