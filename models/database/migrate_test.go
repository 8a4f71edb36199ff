package database_test

import (
	"fmt"
	"log/slog"
	"maps"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"

	"ringback/models/database"
	"ringback/models/modeltest"
)

// withIndex are the tests' migrations and one that builds an index.
func withIndex() fstest.MapFS {
	files := maps.Clone(migrations)
	files["00003_index.sql"] = &fstest.MapFile{Data: []byte(`-- +goose {{outside}}
-- +goose Up
-- +goose StatementBegin
DROP INDEX {{concurrently}} IF EXISTS notes_by_text;
-- +goose StatementEnd
-- +goose StatementBegin
CREATE INDEX {{concurrently}} notes_by_text ON notes (text);
-- +goose StatementEnd
`)}
	return files
}

// A lock that an index waits for would make every write wait behind it.
func TestIndexesOfADatabaseInUseAreBuiltWhileOthersWrite(t *testing.T) {
	t.Parallel()
	dsn := modeltest.PostgresDSN(t)
	db, inUse := openWith(t, dsn, withIndex(), slog.DiscardHandler), open(t, dsn)
	_, err := inUse.MigrateTo(t.Context(), database.Newest)
	require.NoError(t, err)
	writing := inUse.Write(t.Context()).Begin()
	require.NoError(t, writing.Create(&note{ID: "1"}).Error)

	migrated := make(chan error, 1)
	go func() {
		_, err := db.MigrateTo(t.Context(), database.Newest)
		migrated <- err
	}()
	waiting := "SELECT count(*) FROM pg_locks l JOIN pg_stat_activity a USING (pid) WHERE NOT l.granted AND a.query LIKE '%notes_by_text ON%'"
	require.Eventually(t, func() bool {
		var n int
		require.NoError(t, inUse.Read(t.Context()).Raw(waiting).Scan(&n).Error)
		return n > 0
	}, time.Minute, 10*time.Millisecond)
	other := inUse.Write(t.Context()).Begin()
	require.NoError(t, other.Exec("SET LOCAL lock_timeout = '1s'").Error)
	require.NoError(t, other.Create(&note{ID: "2"}).Error, "it does not wait for the index")
	require.NoError(t, other.Commit().Error)
	require.NoError(t, writing.Commit().Error)
	require.NoError(t, <-migrated)
}

// A backup or a long query may use a table for an hour. What is written to it must not wait for
// a migration that waits for that.
func TestG6_AMigrationThatWaitsForATableLetsOthersWrite(t *testing.T) {
	t.Parallel()
	dsn := modeltest.PostgresDSN(t)
	files, clock := maps.Clone(migrations), clockwork.NewFakeClockAt(modeltest.Start)
	files["00003_title.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\n-- +goose StatementBegin\nALTER TABLE notes ADD COLUMN title text;\n-- +goose StatementEnd\n")}
	db, inUse := openBy(t, dsn, files, slog.DiscardHandler, clock), open(t, dsn)
	_, err := inUse.MigrateTo(t.Context(), database.Newest)
	require.NoError(t, err)
	backup := inUse.Write(t.Context()).Begin()
	require.NoError(t, backup.Find(&[]note{}).Error)

	migrated := make(chan error, 1)
	go func() {
		applied, err := db.MigrateTo(t.Context(), database.Newest)
		if len(applied) != 1 {
			err = fmt.Errorf("applied %v: %w", applied, err)
		}
		migrated <- err
	}()
	require.NoError(t, clock.BlockUntilContext(t.Context(), 1), "it leaves the table to others for a while")
	other := inUse.Write(t.Context()).Begin()
	require.NoError(t, other.Exec("SET LOCAL lock_timeout = '1s'").Error)
	require.NoError(t, other.Create(&note{ID: "1"}).Error)
	require.NoError(t, other.Commit().Error)
	require.NoError(t, backup.Commit().Error)
	clock.Advance(time.Minute)
	require.NoError(t, <-migrated)
	require.NoError(t, db.CheckSchema(t.Context()))
}

// TestAMigrationBeginsAgainAfterADeadlock has PostgreSQL end a migration once, as it ends one of two
// transactions that wait for rows of each other.
func TestAMigrationBeginsAgainAfterADeadlock(t *testing.T) {
	t.Parallel()
	dsn := modeltest.PostgresDSN(t)
	files, clock := maps.Clone(migrations), clockwork.NewFakeClockAt(modeltest.Start)
	files["00003_pieces.sql"] = &fstest.MapFile{Data: []byte(`-- +goose Up
-- +goose StatementBegin
DO $$ BEGIN IF nextval('tries') = 1 THEN RAISE SQLSTATE '40P01'; END IF; END $$;
-- +goose StatementEnd
`)}
	_, err := modeltest.SQL(t, dsn).ExecContext(t.Context(), "CREATE SEQUENCE tries")
	require.NoError(t, err)
	db := openBy(t, dsn, files, slog.DiscardHandler, clock)
	migrated := migrateInBackground(t.Context(), db)
	require.NoError(t, clock.BlockUntilContext(t.Context(), 1), "it leaves the rows to others for a while")
	clock.Advance(time.Minute)
	require.NoError(t, <-migrated)
	require.NoError(t, db.CheckSchema(t.Context()))
}

// TestAMigrationThatCameLaterIsMissedAndApplied checks a database that has a newer
// migration than one that the program has got since.
func TestAMigrationThatCameLaterIsMissedAndApplied(t *testing.T) {
	t.Parallel()
	modeltest.EachDSN(t, func(t *testing.T, dsn string) {
		third := fstest.MapFS{"00001_first.sql": migrations["00001_first.sql"], "00003_third.sql": {Data: []byte("-- +goose Up\nCREATE TABLE third (id {{id}} PRIMARY KEY);\n")}}
		_, err := openWith(t, dsn, third, slog.DiscardHandler).MigrateTo(t.Context(), database.Newest)
		require.NoError(t, err)
		third["00002_more.sql"] = migrations["00002_more.sql"]
		db := openWith(t, dsn, third, slog.DiscardHandler)
		require.ErrorContains(t, db.CheckSchema(t.Context()), "Missing: 00002_more.sql")
		applied, err := db.MigrateTo(t.Context(), database.Newest)
		require.NoError(t, err)
		require.Equal(t, []string{"00002_more.sql"}, applied)
		require.NoError(t, db.CheckSchema(t.Context()))
	})
}

// An interrupted build leaves an index that PostgreSQL does not use.
func TestInterruptedIndexIsBuiltAgain(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, inUse *database.DB, dsn string) {
		require.NoError(t, inUse.Write(t.Context()).Exec("CREATE INDEX notes_by_text ON notes (created_at)").Error)
		applied, err := openWith(t, dsn, withIndex(), slog.DiscardHandler).MigrateTo(t.Context(), database.Newest)
		require.NoError(t, err)
		require.Equal(t, []string{"00003_index.sql"}, applied)
		require.NoError(t, inUse.Write(t.Context()).Exec("DROP INDEX notes_by_text").Error)
	})
}
