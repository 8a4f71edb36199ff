package modeltest

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models"
)

// To migrate costs more than most tests, so a migrated database is made once: SQLite
// tests get a copy of the file, PostgreSQL tests take turns at a few schemas.

var (
	sqliteMutex sync.Mutex
	sqliteFile  []byte // a database with the schema and no rows, nil until a test needs it
)

// MigratedSQLite returns the DSN of a new database with the schema.
func MigratedSQLite(t testing.TB) string {
	t.Helper()
	dsn := SQLiteDSN(t)
	require.NoError(t, os.WriteFile(strings.TrimPrefix(dsn, "sqlite:"), emptySQLite(t), 0o600))
	return dsn
}

func emptySQLite(t testing.TB) []byte {
	t.Helper()
	sqliteMutex.Lock()
	defer sqliteMutex.Unlock()
	if sqliteFile == nil {
		file := filepath.Join(t.TempDir(), "empty.db")
		migrate(t, "sqlite:"+file)
		var err error
		sqliteFile, err = os.ReadFile(file)
		require.NoError(t, err)
	}
	return sqliteFile
}

// MigratedPostgres returns the DSN of a schema without rows that no other test uses
// until this one ends. The schemas stay on the server. A later test takes the first
// one that is free, in whatever process it runs, and clears it.
func MigratedPostgres(t testing.TB) string {
	t.Helper()
	conn := connect(t)
	schema := lockSchema(t, conn, versionOfSchema(t))
	dsn := dsnOfSchema(t, schema)
	var ready bool
	read(t, conn, &ready, "SELECT coalesce(obj_description(to_regnamespace($1)) = 'ready', false)", schema)
	if ready {
		clearSchema(t, conn, schema)
		return dsn
	}
	run(t, conn, fmt.Sprintf("DROP SCHEMA IF EXISTS %[1]s CASCADE; CREATE SCHEMA %[1]s", schema))
	migrate(t, dsn)
	run(t, conn, fmt.Sprintf("COMMENT ON SCHEMA %s IS 'ready'", schema))
	return dsn
}

// FreshPostgres is MigratedPostgres for a test that counts what PostgreSQL reads: no test has
// used the schema, so that its indexes have no entries of deleted rows. It is dropped when
// the test ends.
func FreshPostgres(t testing.TB) string {
	t.Helper()
	dsn := PostgresDSN(t)
	migrate(t, dsn)
	return dsn
}

// lockSchema returns the first schema of a version that is free. The connection keeps
// others from it until it is closed.
func lockSchema(t testing.TB, conn *pgx.Conn, version string) string {
	t.Helper()
	for n := 1; ; n++ {
		schema := fmt.Sprintf("test_%s_%d", version, n)
		var free bool
		read(t, conn, &free, "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", schema)
		if free {
			return schema
		}
	}
}

// clearSchema deletes all rows. On tables with the few rows of a test that is many times
// faster than TRUNCATE, which makes new files for each table and index.
func clearSchema(t testing.TB, conn *pgx.Conn, schema string) {
	t.Helper()
	var statements string
	read(t, conn, &statements, `SELECT string_agg(CASE relkind
			WHEN 'S' THEN format('SELECT setval(%L, 1, false);', oid::regclass)
			ELSE format('DELETE FROM %s;', oid::regclass) END, ' ')
		FROM pg_class WHERE relnamespace = to_regnamespace($1)
			AND (relkind = 'S' OR relkind = 'r' AND relname <> 'goose_db_version')`, schema)
	// Without triggers the order of foreign keys makes no difference.
	run(t, conn, "SET session_replication_role = replica; "+statements+" RESET session_replication_role")
}

// versionOfSchema returns a name that changes with the text of the migrations.
func versionOfSchema(t testing.TB) string {
	t.Helper()
	hash := sha256.New()
	require.NoError(t, fs.WalkDir(models.Migrations(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		text, err := fs.ReadFile(models.Migrations(), path)
		fmt.Fprintf(hash, "%s\n%s\n", path, text)
		return err
	}))
	return hex.EncodeToString(hash.Sum(nil))[:12]
}

func migrate(t testing.TB, dsn string) {
	t.Helper()
	s := Open(t, dsn, clockwork.NewRealClock())
	_, err := models.Migrate(t.Context(), s)
	require.NoError(t, err)
	require.NoError(t, s.Close())
}

func read(t testing.TB, conn *pgx.Conn, into any, query string, arguments ...any) {
	t.Helper()
	require.NoError(t, conn.QueryRow(t.Context(), query, arguments...).Scan(into))
}
