package harness

import (
	"fmt"
	"net"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"ringback/internal/freeport"
)

// AdminToken is the operator's token of every stack. It is sample data.
const AdminToken = "sample-admin-token-for-tests-only"

// Stack is Ringback as its operators run it: the service and Temporal as processes, and
// a database. Each can be killed and started again on its address.
type Stack struct {
	t        testing.TB
	dir      string
	database string // DSN
	direct   string // DSN for the migration, if not empty
	keys     string
	env      []string
	store    []string // flags of Temporal for where its state is

	HTTP     string // base URL
	Public   string // base URL for browsers, the value of RINGBACK_PUBLIC_URL
	Ops      string // base URL of the operator's listener
	temporal string
	ui       string

	Service  *Process
	Temporal *Process
}

// Databases lists the kinds of databases that everything must work on.
var Databases = []string{"sqlite", "postgres"}

// StackOptions are the options of NewStack.
type StackOptions struct {
	Database string   // DSN; SQLite in the test's folder if empty
	Env      []string // additional environment of the service
	Direct   string   // DSN for the migration, if Database leads through a pooler
	// TemporalStore is the DSN of a PostgreSQL database for Temporal's state; a file in the
	// test's folder if empty.
	TemporalStore string
	// Guarded keeps the guard against private addresses on. Without it, tests can
	// reach their destination on loopback.
	Guarded bool
}

// NewStack migrates the database and starts Temporal and the service.
func NewStack(t testing.TB, o StackOptions) *Stack {
	t.Helper()
	s := &Stack{t: t, dir: t.TempDir(), database: o.Database, direct: o.Direct}
	if s.database == "" {
		s.database = "sqlite:" + filepath.Join(s.dir, sqliteFile)
	}
	http, ops := FreeAddress(t), FreeAddress(t)
	s.temporal, s.ui = FreeAddress(t), FreeAddress(t)
	s.HTTP, s.Ops = "http://"+http, "http://"+ops
	_, port, _ := net.SplitHostPort(http)
	s.Public = "http://ringback.example:" + port
	s.keys = sampleKeys(t)
	s.env = append([]string{
		"RINGBACK_DATABASE_URL=" + s.database,
		"RINGBACK_ENCRYPTION_KEYS=" + s.keys,
		"RINGBACK_ADMIN_TOKEN=" + AdminToken,
		"RINGBACK_HTTP_ADDRESS=" + http,
		"RINGBACK_OPS_ADDRESS=" + ops,
		"RINGBACK_PUBLIC_URL=" + s.Public,
		"RINGBACK_TEMPORAL_UI_URL=http://" + s.ui,
		"TEMPORAL_ADDRESS=" + s.temporal,
		"RINGBACK_NEW_SESSIONS_PER_ADDRESS=0", // all visitors have this machine's address
	}, o.Env...)
	if !o.Guarded {
		s.env = append(s.env, "RINGBACK_ALLOW_PRIVATE_DESTINATIONS=true")
	}
	s.store = []string{"--data", s.dir}
	if o.TemporalStore != "" {
		s.store = []string{"--store", o.TemporalStore}
	}
	s.StartTemporal()
	if o.Database == "" {
		s.copyMigrated()
	} else {
		s.Migrate()
	}
	s.StartService()
	return s
}

// API returns a client with the operator's token.
func (s *Stack) API() *API { return NewAPI(s.t, s.HTTP, AdminToken) }

// Database returns the DSN of the database.
func (s *Stack) Database() string { return s.database }

// TemporalAddress returns the address of Temporal.
func (s *Stack) TemporalAddress() string { return s.temporal }

// StartTemporal starts Temporal, always with the same address and data.
func (s *Stack) StartTemporal() {
	s.t.Helper()
	s.Temporal = Start(s.t, "temporal", Build(s.t, TemporalServer), nil, append([]string{"--temporal", s.temporal, "--ui", s.ui}, s.store...)...)
	s.Temporal.WaitReady(2 * time.Minute)
}

// Migrate updates the database's schema.
func (s *Stack) Migrate() {
	s.t.Helper()
	env := s.env
	if s.direct != "" {
		env = append(slices.Clone(env), "RINGBACK_DATABASE_URL="+s.direct)
	}
	p := Start(s.t, "migrate", Build(s.t, Ringback), env, "migrate")
	if err := p.Wait(time.Minute); err != nil {
		s.t.Fatalf("ringback migrate: %v\n%s", err, p.Log())
	}
}

// StartService starts the service, always on the same address.
func (s *Stack) StartService() {
	s.t.Helper()
	s.LaunchService()
	s.Service.WaitReady(time.Minute)
}

// LaunchService starts the service without waiting until it is ready.
func (s *Stack) LaunchService() {
	s.Service = Start(s.t, "ringback", Build(s.t, Ringback), s.env, "serve")
}

// StartWorker starts another process that only sends, beside the service. It needs
// PostgreSQL.
func (s *Stack) StartWorker() *Process {
	s.t.Helper()
	return s.StartWorkerOf(Build(s.t, Ringback))
}

// StartWorkerOf starts a worker process of another binary, with these additional
// environment variables.
func (s *Stack) StartWorkerOf(path string, env ...string) *Process {
	s.t.Helper()
	p := s.launch(path, "worker", env...)
	p.WaitReady(time.Minute)
	return p
}

// LaunchWorker starts a worker process without waiting until it is ready.
func (s *Stack) LaunchWorker() *Process { return s.launch(Build(s.t, Ringback), "worker") }

// LaunchWeb starts a process with web on an address, with these additional environment
// variables, without waiting until it is ready.
func (s *Stack) LaunchWeb(address string, env ...string) *Process {
	return s.launch(Build(s.t, Ringback), "web", append(env, "RINGBACK_HTTP_ADDRESS="+address)...)
}

// launch starts another process of the service, with an ops address of its own and these
// additional environment variables.
func (s *Stack) launch(path, command string, env ...string) *Process {
	s.t.Helper()
	env = append(append(slices.Clone(s.env), "RINGBACK_OPS_ADDRESS="+FreeAddress(s.t)), env...)
	return Start(s.t, command, path, env, command)
}

// commandWithin is longer than a command waits for others by itself: those of the rollout
// wait up to ten minutes for Temporal.
const commandWithin = 15 * time.Minute

// Run runs another command of the service, which must succeed, and returns what it
// printed.
func (s *Stack) Run(args ...string) string {
	s.t.Helper()
	printed, err := s.TryRun(args...)
	if err != nil {
		s.t.Fatalf("ringback %v: %v\n%s", args, err, printed)
	}
	return printed
}

// TryRun runs another command of the service, and returns what it printed and how it failed.
func (s *Stack) TryRun(args ...string) (string, error) {
	s.t.Helper()
	p := Start(s.t, args[0], Build(s.t, Ringback), s.env, args...)
	err := p.Wait(commandWithin)
	return p.Log(), err
}

// FreeAddress returns a loopback address that no other stack is given. It stays the
// stack's while nothing listens on it, as when a process is killed.
func FreeAddress(t testing.TB) string {
	t.Helper()
	address := &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)}
	port, err := freeport.Next(address)
	if err != nil {
		t.Fatal(err)
	}
	address.Port = port
	return address.String()
}

// SharedDatabase returns the DSN of an empty database of this kind ("sqlite" or
// "postgres"), for a test that stops no cluster. It may be in a cluster with others.
func SharedDatabase(t testing.TB, kind string) string {
	t.Helper()
	if kind == "postgres" {
		if dsn := sharedDatabase(t); dsn != "" {
			return dsn
		}
	}
	dsn, _ := NewDatabase(t, kind)
	return dsn
}

// NewDatabase returns the DSN of an empty database of this kind ("sqlite" or
// "postgres"), and the cluster that holds it, which is nil for SQLite.
func NewDatabase(t testing.TB, kind string) (string, *Postgres) {
	t.Helper()
	switch kind {
	case "sqlite":
		return "", nil
	case "postgres":
		p := StartPostgres(t)
		return p.Database("ringback"), p
	default:
		panic(fmt.Sprintf("no database of kind %q", kind))
	}
}
