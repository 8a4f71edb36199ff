package modeltest

import (
	"database/sql"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Holding begins a transaction of PostgreSQL with a statement that locks something, and returns
// it with the id of its process.
func Holding(t testing.TB, db *sql.DB, statement string, values ...any) (tx *sql.Tx, pid int) {
	t.Helper()
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	_, err = tx.ExecContext(t.Context(), statement, values...)
	require.NoError(t, err)
	require.NoError(t, tx.QueryRowContext(t.Context(), "SELECT pg_backend_pid()").Scan(&pid))
	return tx, pid
}

// Blocked waits until a process of PostgreSQL waits for a lock that the process with this id
// has, and returns its id. Tests that run at the same time have locks of their own.
func Blocked(t testing.TB, db *sql.DB, by int) (pid int) {
	t.Helper()
	require.Eventually(t, func() bool {
		return db.QueryRowContext(t.Context(), "SELECT pid FROM pg_stat_activity WHERE $1 = ANY (pg_blocking_pids(pid)) LIMIT 1", by).Scan(&pid) == nil
	}, time.Minute, 10*time.Millisecond)
	return pid
}
