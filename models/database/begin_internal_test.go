package database

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"ringback/internal/fault"
)

func openFile(t *testing.T, path string) *DB {
	t.Helper()
	db, err := Open(t.Context(), Options{
		DSN: "sqlite:" + path, Migrations: fstest.MapFS{}, Clock: clockwork.NewRealClock(), Logger: slog.New(slog.DiscardHandler),
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// hold begins a transaction that writes, and returns what ends it.
func hold(t *testing.T, db *DB) (release func()) {
	t.Helper()
	begun, end, ended := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- db.Tx(context.Background(), "holding the lock", func(tx *gorm.DB) error {
			err := writing(tx)
			close(begun)
			<-end
			return err
		})
	}()
	<-begun
	return func() {
		close(end)
		require.NoError(t, <-ended)
	}
}

// writing takes SQLite's lock.
func writing(tx *gorm.DB) error { return tx.Exec("CREATE TABLE IF NOT EXISTS held (id text)").Error }

// TestG1_WritersOfSQLiteDoNotWaitForEver checks that a report which cannot be stored in
// time is answered, so that its sender sends it again. Many writers wait behind one that
// waits for the lock of another process.
func TestG1_WritersOfSQLiteDoNotWaitForEver(t *testing.T) {
	t.Parallel()
	db := openFile(t, filepath.Join(t.TempDir(), "file.db"))
	require.Equal(t, sqliteLongestQueue, db.dialect.longestQueue())
	release := hold(t, db)
	other := *db
	other.dialect = impatient{db.dialect}
	require.Equal(t, fault.Unavailable, fault.CodeOf(other.Tx(t.Context(), "accepting", writing)))
	release()
	require.NoError(t, other.Tx(t.Context(), "accepting", writing), "the connection is free again")
}

// impatient is a dialect whose transactions begin at once or not at all.
type impatient struct{ dialect }

func (impatient) longestQueue() time.Duration { return 50 * time.Millisecond }

// TestG1_LockOfAnotherProcessIsAnsweredInTime holds SQLite's lock by another pool of
// connections, as another process does.
func TestG1_LockOfAnotherProcessIsAnsweredInTime(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "file.db")
	db := openFile(t, path)
	release := hold(t, openFile(t, path))
	defer release()
	before := time.Now()
	err := db.Tx(t.Context(), "accepting", writing)
	require.Equal(t, fault.Unavailable, fault.CodeOf(err), "%v", err)
	require.Less(t, time.Since(before), 9*time.Second)
}

func TestTransactionMayTakeLongerThanItsBeginning(t *testing.T) {
	t.Parallel()
	err := beginWithin(t.Context(), time.Hour, func(ctx context.Context, begun func()) error {
		begun()
		return ctx.Err()
	})
	require.NoError(t, err)
	err = beginWithin(t.Context(), time.Nanosecond, func(ctx context.Context, _ func()) error {
		<-ctx.Done()
		return ctx.Err()
	})
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.NotErrorIs(t, err, context.Canceled)
}
