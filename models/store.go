package models

import (
	"context"
	"embed"
	"io/fs"
	"log/slog"

	"github.com/jonboulle/clockwork"

	"ringback/internal/secrets"
	"ringback/models/accounts"
	"ringback/models/alerting"
	"ringback/models/audit"
	"ringback/models/crm"
	"ringback/models/database"
	"ringback/models/deliveries"
	"ringback/models/erasing"
	"ringback/models/figures"
	"ringback/models/fleet"
	"ringback/models/integrations"
	"ringback/models/journeys"
	"ringback/models/journeys/graph"
	"ringback/models/judged"
	"ringback/models/logintokens"
	"ringback/models/notices"
	"ringback/models/outbox"
	"ringback/models/quotas"
	"ringback/models/readings"
	"ringback/models/received"
	"ringback/models/reconciliations"
	"ringback/models/revenue"
	"ringback/models/savedviews"
	"ringback/models/tracking"
	"ringback/models/users"
	"ringback/models/visitors"
	"ringback/models/websessions"
	"ringback/models/websites"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Options are what a store is opened with. All but the bound are required.
type Options struct {
	DSN    string // "postgres://..." or "sqlite:/path/to/file.db"
	Box    *secrets.Box
	Clock  clockwork.Clock
	Logger *slog.Logger
	Limits quotas.Limits // of accounts for which the operator has set none
	Pools  Pools

	UnreadBound received.Bound // of each source; zero means received.UsualBound
}

// Pools are how many connections a process opens at most.
type Pools = database.Pools

// Viewing returns a context whose queries are those of somebody who looks at what is
// stored. They have connections of their own (G6).
func Viewing(ctx context.Context) context.Context { return database.Viewing(ctx) }

// WithSpare returns a context with which a report may be read by two connections at once.
func WithSpare(ctx context.Context, spare database.Spare) context.Context {
	return database.WithSpare(ctx, spare)
}

// For returns a context whose queries are for a purpose. Each purpose has connections of
// its own (G6).
func For(ctx context.Context, purpose database.Purpose) context.Context {
	return database.For(ctx, purpose)
}

// Later returns a context for what can be done later, whose transactions leave most
// connections to others (G6).
func Later(ctx context.Context) context.Context { return database.Later(ctx) }

// Connections returns how the connections of these purposes are used.
func (s *Store) Connections(purposes ...database.Purpose) []database.Pool {
	return s.db.Pools(purposes...)
}

type (
	webSessions      = websessions.Store
	trackingNumbers  = tracking.Store
	tokensOfLogins   = logintokens.Store
	siteSettings     = websites.Store
	eventDeliveries  = deliveries.Store
	siteVisitors     = visitors.Store
	siteIntegrations = integrations.Store
)

// Store is all that is stored. It is safe for concurrent use. Its errors are
// fault.NotFound for what does not exist or belongs to another account,
// fault.Conflict for what contradicts what is stored, and fault.Unavailable
// with RetryAfter while the database is away; others are internal.
type Store struct {
	*crm.Records
	*journeys.Journeys
	*figures.Figures
	*judged.Judged
	*readings.Readings
	*revenue.Sums
	*reconciliations.Reconciliations
	*webSessions
	*trackingNumbers
	*tokensOfLogins
	*siteVisitors
	*eventDeliveries
	*siteSettings
	*siteIntegrations
	*quotas.Quotas
	*received.Received
	*audit.Trail
	*outbox.Outbox
	*accounts.Directory
	*erasing.Eraser
	*users.Users
	*fleet.Fleet
	*notices.Notices
	*savedviews.Views
	*alerting.Watch
	leads      *database.Grouped[NewLead, Accepted]
	activities *database.Grouped[pageActivity, ActivityResult]
	settings   settingsCache
	db         *database.DB
	logger     *slog.Logger
	clock      clockwork.Clock
}

// Page asks for a part of a list.
type Page = database.Page

// Open opens the store. It does not check the schema. It does not connect to
// PostgreSQL yet, so that a service can start before its database. A SQLite file
// is made if there is none.
func Open(ctx context.Context, o Options) (*Store, error) {
	db, err := database.Open(ctx, database.Options{
		DSN: o.DSN, Migrations: Migrations(), Box: o.Box, Clock: o.Clock, Logger: o.Logger, Pools: o.Pools,
	})
	if err != nil {
		return nil, err
	}
	limits := quotas.New(db, o.Limits)
	s := &Store{
		Records: crm.New(db), Journeys: journeys.New(db, graph.UsualLimits), Figures: figures.New(db), Judged: judged.New(db), Readings: readings.New(db), Sums: revenue.New(db),
		Reconciliations: reconciliations.New(db), webSessions: websessions.New(db), trackingNumbers: tracking.New(db, limits), Quotas: limits, Received: received.New(db, o.UnreadBound),
		Trail: audit.New(db), Outbox: outbox.New(db), Directory: accounts.New(db, limits), Users: users.New(db), Fleet: fleet.New(db), Notices: notices.New(db), Views: savedviews.New(db), settings: newSettingsCache(), db: db, logger: o.Logger, clock: o.Clock,
	}
	s.tokensOfLogins = logintokens.New(db, o.Clock)
	s.siteSettings = websites.New(db, limits, s.Outbox, s.Reconciliations)
	s.siteVisitors = visitors.New(db, s.Outbox, o.Logger)
	s.siteIntegrations = integrations.New(db, limits, s.Outbox)
	s.eventDeliveries = deliveries.New(db, s.siteIntegrations, s.finishing)
	s.leads = database.NewGrouped(db, acceptingLead, NewLead.subject, s.acceptLeads)
	s.activities = database.NewGrouped(db, storingActivity, pageActivity.subject, s.recordActivities)
	s.Eraser, s.Watch = erasing.New(db, s), alerting.New(db, s.Received, limits)
	return s, nil
}

// Migrations returns the files of the migrations, as templates of database.DB.MigrateTo.
func Migrations() fs.FS {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		panic(err) // the name is a constant
	}
	return files
}

// Migrate brings the schema up to date and returns the names of the migrations
// that it applied. Of two processes that migrate at once, one waits for the other.
func Migrate(ctx context.Context, s *Store) ([]string, error) {
	applied, err := s.db.MigrateTo(ctx, database.Newest)
	if err != nil {
		return applied, err
	}
	return applied, s.SealHookKeys(ctx)
}

// CheckSchema returns fault.Unavailable if the schema is not that of this
// program. The error names what is missing and the command to run.
func (s *Store) CheckSchema(ctx context.Context) error {
	if err := s.db.CheckSchema(ctx); err != nil {
		return err
	}
	return s.CheckHookKeys(ctx)
}

// Close closes all connections.
func (s *Store) Close() error { return s.db.Close() }

// Ping checks that the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.db.Ping(ctx) }
