package migrationlock_test

import (
	"log/slog"
	"testing"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models/database/migrationlock"
	"ringback/models/modeltest"
)

// TestAMigrationThroughAPoolerIsAnError has the statements of a migration reach two sessions of
// PostgreSQL, as with PgBouncer in transaction mode. The first one keeps the lock.
func TestAMigrationThroughAPoolerIsAnError(t *testing.T) {
	t.Parallel()
	db := modeltest.SQL(t, modeltest.PostgresDSN(t))
	lock := migrationlock.New(7, clockwork.NewFakeClock(), slog.New(slog.DiscardHandler))
	first, err := db.Conn(t.Context())
	require.NoError(t, err)
	second, err := db.Conn(t.Context())
	require.NoError(t, err)
	require.NoError(t, lock.SessionLock(t.Context(), first))
	require.ErrorContains(t, lock.SessionUnlock(t.Context(), second), "without PgBouncer")
	require.NoError(t, lock.SessionUnlock(t.Context(), first))
	require.NoError(t, first.Close())
	require.NoError(t, second.Close())
}
