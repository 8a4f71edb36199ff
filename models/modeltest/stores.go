// Package modeltest has the fixtures of tests that use the store: a store of their own,
// on SQLite and on PostgreSQL, and the usual rows.
//
// PostgreSQL is the server that RINGBACK_TEST_POSTGRES names (scripts/postgres
// starts one). Without it that half is skipped, but under CI it fails.
package modeltest

import (
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/internal/ids"
	"ringback/internal/secrets"
	"ringback/models"
	"ringback/models/database"
)

// serverVariable names the environment variable with the server's URL.
const serverVariable = "RINGBACK_TEST_POSTGRES"

// Start is when the fake clocks start.
var Start = time.Date(2026, time.March, 2, 9, 0, 0, 0, time.UTC)

// Each runs a test on both databases, with the real clock.
func Each(t *testing.T, test func(t *testing.T, s *models.Store)) {
	t.Helper()
	EachMigrated(t, func(t *testing.T, dsn string) { test(t, Open(t, dsn, clockwork.NewRealClock())) })
}

// EachAt runs a test on both databases, each with a fake clock that stands at Start.
func EachAt(t *testing.T, test func(t *testing.T, s *models.Store, clock *clockwork.FakeClock)) {
	t.Helper()
	EachMigrated(t, func(t *testing.T, dsn string) {
		clock := clockwork.NewFakeClockAt(Start)
		test(t, Open(t, dsn, clock), clock)
	})
}

// EachDSN runs a test on both databases, empty and without a schema.
func EachDSN(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); test(t, SQLiteDSN(t)) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); test(t, PostgresDSN(t)) })
}

// EachMigrated runs a test on both databases, with the schema and without rows.
func EachMigrated(t *testing.T, test func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); test(t, MigratedSQLite(t)) })
	t.Run("postgres", func(t *testing.T) { t.Parallel(); test(t, MigratedPostgres(t)) })
}

// BenchEach runs a benchmark on both databases, each with the schema.
func BenchEach(b *testing.B, bench func(b *testing.B, dsn string)) {
	b.Helper()
	b.Run("sqlite", func(b *testing.B) { bench(b, MigratedSQLite(b)) })
	b.Run("postgres", func(b *testing.B) { bench(b, MigratedPostgres(b)) })
}

// pools are enough connections for a test.
var pools = models.Pools{Intake: 24, Relay: 8, Workers: 8, Viewers: 8}

// Open opens a store with keys of its own, and closes it when the test ends.
func Open(t testing.TB, dsn string, clock clockwork.Clock) *models.Store {
	t.Helper()
	keys, err := secrets.Generate()
	require.NoError(t, err)
	return OpenWith(t, dsn, clock, keys)
}

// OpenWith opens a store with these encryption keys.
func OpenWith(t testing.TB, dsn string, clock clockwork.Clock, keys string) *models.Store {
	t.Helper()
	box, err := secrets.New(keys)
	require.NoError(t, err)
	s, err := models.Open(t.Context(), models.Options{
		DSN: dsn, Box: box, Clock: clock, Logger: slog.New(slog.DiscardHandler), Pools: pools,
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// Database opens a database without the store, and closes it when the test ends.
func Database(t testing.TB, dsn string, clock clockwork.Clock) *database.DB {
	t.Helper()
	keys, err := secrets.Generate()
	require.NoError(t, err)
	box, err := secrets.New(keys)
	require.NoError(t, err)
	db, err := database.Open(t.Context(), database.Options{DSN: dsn, Migrations: models.Migrations(), Box: box, Clock: clock, Logger: slog.New(slog.DiscardHandler), Pools: pools})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// OpenTwice opens a database as two processes do, which have the same keys and clock.
func OpenTwice(t testing.TB, dsn string, clock clockwork.Clock) []*models.Store {
	t.Helper()
	keys, err := secrets.Generate()
	require.NoError(t, err)
	return []*models.Store{OpenWith(t, dsn, clock, keys), OpenWith(t, dsn, clock, keys)}
}

// SQLiteDSN names a SQLite file that does not exist yet.
func SQLiteDSN(t testing.TB) string {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), "ringback.db")
}

// SQL opens the database of a DSN without the store, and closes it when the test ends.
func SQL(t testing.TB, dsn string) *sql.DB {
	t.Helper()
	driver, name := "pgx", dsn
	if path, ok := strings.CutPrefix(dsn, "sqlite:"); ok {
		driver, name = "sqlite", path
	}
	db, err := sql.Open(driver, name)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// RefuseInserts makes a SQLite database fail each insert into a table, until the
// function is called.
func RefuseInserts(t testing.TB, dsn, table string) (accept func()) {
	t.Helper()
	db := SQL(t, dsn)
	_, err := db.ExecContext(t.Context(), "CREATE TRIGGER refuse_"+table+" BEFORE INSERT ON "+table+" BEGIN SELECT RAISE(ABORT, 'refused by the test'); END")
	require.NoError(t, err)
	return func() {
		_, err := db.ExecContext(t.Context(), "DROP TRIGGER refuse_"+table)
		require.NoError(t, err)
	}
}

// PostgresDSN makes an empty schema, and drops it when the test ends. A schema
// is made several times faster than a database.
func PostgresDSN(t testing.TB) string {
	t.Helper()
	schema := ids.New("test")
	conn := connect(t)
	run(t, conn, "CREATE SCHEMA "+schema)
	t.Cleanup(func() { run(t, conn, fmt.Sprintf("DROP SCHEMA %s CASCADE", schema)) })
	return dsnOfSchema(t, schema)
}

func dsnOfSchema(t testing.TB, schema string) string {
	t.Helper()
	u, err := url.Parse(os.Getenv(serverVariable))
	require.NoError(t, err, "%s must be a URL", serverVariable)
	query := u.Query()
	query.Set("search_path", schema)
	u.RawQuery = query.Encode()
	return u.String()
}

func connect(t testing.TB) *pgx.Conn {
	t.Helper()
	server := os.Getenv(serverVariable)
	if server == "" {
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not set: under CI the tests need PostgreSQL", serverVariable)
		}
		t.Skipf("%s is not set: no PostgreSQL to test with", serverVariable)
	}
	conn, err := pgx.Connect(t.Context(), server)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, conn.Close(context.Background())) })
	return conn
}

func run(t testing.TB, conn *pgx.Conn, statement string) {
	t.Helper()
	_, err := conn.Exec(context.Background(), statement)
	require.NoError(t, err)
}

// Sum returns the number that a query of a SQLite database returns, for tests that compare
// with plain SQL.
func Sum(t testing.TB, dsn, query string, values ...any) float64 {
	t.Helper()
	return Summing(t, dsn)(query, values...)
}

// Summing returns Sum for many queries of one database.
func Summing(t testing.TB, dsn string) func(query string, values ...any) float64 {
	t.Helper()
	db := SQL(t, dsn)
	return func(query string, values ...any) (sum float64) {
		t.Helper()
		require.NoError(t, db.QueryRowContext(t.Context(), query, values...).Scan(&sum))
		return sum
	}
}

// Bodies returns the bodies in which the events of a conversion came, from a SQLite
// database.
func Bodies(t testing.TB, dsn, conversionID string) (bodies []string) {
	t.Helper()
	rows, err := SQL(t, dsn).QueryContext(t.Context(), "SELECT COALESCE(raw, '') FROM events WHERE conversion_id = ? ORDER BY seq", conversionID)
	require.NoError(t, err)
	for rows.Next() {
		var body string
		require.NoError(t, rows.Scan(&body))
		bodies = append(bodies, body)
	}
	require.NoError(t, rows.Err())
	return bodies
}
