package database_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"maps"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/explanation"
	"ringback/internal/fault"
	"ringback/models/database"
	"ringback/models/modeltest"
)

// slowMigration is a migration that goes on until nobody uses a table of the tests, the gate.
func slowMigration() fstest.MapFS {
	files := maps.Clone(migrations)
	files["00003_slow.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\nLOCK TABLE gate;\n")}
	return files
}

// shutGate makes the gate and uses it until the returned function is called.
func shutGate(t *testing.T, db *sql.DB) (open func()) {
	t.Helper()
	_, err := db.ExecContext(t.Context(), "CREATE TABLE gate ()")
	require.NoError(t, err)
	using, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = using.ExecContext(t.Context(), "LOCK TABLE gate")
	require.NoError(t, err)
	return func() { require.NoError(t, using.Rollback()) }
}

// migrateInBackground migrates a database, and returns a channel with the error.
func migrateInBackground(ctx context.Context, db *database.DB) <-chan error {
	migrated := make(chan error, 1)
	go func() {
		_, err := db.MigrateTo(ctx, database.Newest)
		migrated <- err
	}()
	return migrated
}

// migratingSession returns the process of PostgreSQL that waits at the gate, and the lock of migrations
// that it has.
func migratingSession(t *testing.T, db *sql.DB) (process, lock int64) {
	t.Helper()
	require.Eventually(t, func() bool {
		err := db.QueryRowContext(t.Context(), `SELECT pid, migrations.classid::bigint << 32 | migrations.objid::bigint FROM pg_locks AS migrations JOIN pg_locks AS waiting USING (pid)
			WHERE migrations.locktype = 'advisory' AND waiting.relation = 'gate'::regclass AND NOT waiting.granted`).Scan(&process, &lock)
		return err == nil
	}, time.Minute, 10*time.Millisecond)
	return process, lock
}

// TestAMigrationWaitsForAnotherOneThatWorks has two replicas migrate before they start. The first
// one takes half an hour.
func TestAMigrationWaitsForAnotherOneThatWorks(t *testing.T) {
	t.Parallel()
	dsn, clock := modeltest.PostgresDSN(t), clockwork.NewFakeClockAt(modeltest.Start)
	var log bytes.Buffer
	first := openWith(t, dsn, slowMigration(), slog.DiscardHandler)
	second := openBy(t, dsn, slowMigration(), slog.NewTextHandler(&log, nil), clock)
	db := modeltest.SQL(t, dsn)
	openGate := shutGate(t, db)
	migrated := migrateInBackground(t.Context(), first)
	process, _ := migratingSession(t, db)

	waited := migrateInBackground(t.Context(), second)
	for range 30 {
		require.NoError(t, clock.BlockUntilContext(t.Context(), 1), "it waits")
		clock.Advance(time.Minute)
	}
	require.NoError(t, clock.BlockUntilContext(t.Context(), 1), "it waits on")
	openGate()
	require.NoError(t, <-migrated)
	clock.Advance(time.Minute)
	require.NoError(t, <-waited)
	require.NoError(t, second.CheckSchema(t.Context()))
	require.Regexp(t, fmt.Sprintf(`msg=migration.waiting process=%d holder="ringback migrate since 2\d{3}-\d\d-\d\dT[\d:]{8}Z" address=\S+ connected=\S+ state=active`, process), log.String())
}

// TestAMigrationNamesAnotherOneThatHangs has the lock in a session that does nothing, as that of
// a machine that is gone.
func TestAMigrationNamesAnotherOneThatHangs(t *testing.T) {
	t.Parallel()
	dsn, clock := modeltest.PostgresDSN(t), clockwork.NewFakeClockAt(modeltest.Start)
	db := modeltest.SQL(t, dsn)
	openGate := shutGate(t, db)
	migrated := migrateInBackground(t.Context(), openWith(t, dsn, slowMigration(), slog.DiscardHandler))
	_, lock := migratingSession(t, db)
	openGate()
	require.NoError(t, <-migrated)
	hanging, err := db.Conn(t.Context())
	require.NoError(t, err)
	var process int64
	require.NoError(t, hanging.QueryRowContext(t.Context(), "SELECT pg_backend_pid() FROM (SELECT pg_advisory_lock($1)) AS locked", lock).Scan(&process))

	waited := migrateInBackground(t.Context(), openBy(t, dsn, slowMigration(), slog.DiscardHandler, clock))
	for range 5 {
		require.NoError(t, clock.BlockUntilContext(t.Context(), 1))
		clock.Advance(time.Minute)
	}
	err = <-waited
	require.Equal(t, fault.Unavailable, fault.CodeOf(err))
	require.Contains(t, explanation.Error(err), fmt.Sprintf(`SELECT pg_terminate_backend(%d)`, process))
	require.NoError(t, hanging.Close())
}

// TestASchemaIsCheckedWhileAnotherProcessMigrates has a process start during a migration: it is told
// what is missing, and does not wait.
func TestASchemaIsCheckedWhileAnotherProcessMigrates(t *testing.T) {
	t.Parallel()
	dsn := modeltest.PostgresDSN(t)
	db := modeltest.SQL(t, dsn)
	openGate := shutGate(t, db)
	migrated := migrateInBackground(t.Context(), openWith(t, dsn, slowMigration(), slog.DiscardHandler))
	migratingSession(t, db)

	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	err := openWith(t, dsn, slowMigration(), slog.DiscardHandler).CheckSchema(ctx)
	require.ErrorContains(t, err, "Missing: 00003_slow.sql")
	openGate()
	require.NoError(t, <-migrated)
}
