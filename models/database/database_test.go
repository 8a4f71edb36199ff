package database_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strconv"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"ringback/internal/fault"
	"ringback/internal/secrets"
	"ringback/models/database"
	"ringback/models/modeltest"
)

// note is a row of the tests' own schema.
type note struct {
	ID          string `gorm:"primaryKey"`
	Text        string
	Credentials map[string]string `gorm:"serializer:sealed"`
	Unreadable  bool              `gorm:"-"`
	CreatedAt   time.Time
}

func (n *note) MarkUnreadable(string) { n.Unreadable = true }

// migrations are two of the tests' own.
var migrations = fstest.MapFS{
	"00001_first.sql": {Data: []byte("-- +goose Up\nCREATE TABLE notes (id {{id}} PRIMARY KEY, text text NOT NULL, created_at {{timestamp}} NOT NULL);\n")},
	"00002_more.sql":  {Data: []byte("-- +goose Up\nALTER TABLE notes ADD COLUMN credentials {{bytes}};\n")},
}

// longest is how long the tests' queries for viewers may take.
const longest = time.Second

func open(t *testing.T, dsn string) *database.DB {
	t.Helper()
	return openWith(t, dsn, migrations, slog.DiscardHandler)
}

func openWith(t *testing.T, dsn string, migrations fstest.MapFS, log slog.Handler) *database.DB {
	t.Helper()
	return openBy(t, dsn, migrations, log, clockwork.NewFakeClockAt(modeltest.Start))
}

func openBy(t *testing.T, dsn string, migrations fstest.MapFS, log slog.Handler, clock clockwork.Clock) *database.DB {
	t.Helper()
	keys, err := secrets.Generate()
	require.NoError(t, err)
	box, err := secrets.New(keys)
	require.NoError(t, err)
	db, err := database.Open(t.Context(), database.Options{
		DSN: dsn, Migrations: migrations, Box: box,
		Clock: clock, Logger: slog.New(log),
		Pools: database.Pools{Intake: 4, Relay: 4, Workers: 4, Viewers: 4, Longest: longest},
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// each runs a test on both databases with the schema.
func each(t *testing.T, test func(t *testing.T, db *database.DB, dsn string)) {
	t.Helper()
	modeltest.EachDSN(t, func(t *testing.T, dsn string) {
		db := open(t, dsn)
		_, err := db.MigrateTo(t.Context(), database.Newest)
		require.NoError(t, err)
		test(t, db, dsn)
	})
}

func count(t *testing.T, db *database.DB) (n int64) {
	t.Helper()
	require.NoError(t, db.Read(t.Context()).Model(&note{}).Count(&n).Error)
	return n
}

func TestMigrationsAreAppliedOnceAndInOrder(t *testing.T) {
	t.Parallel()
	modeltest.EachDSN(t, func(t *testing.T, dsn string) {
		db := open(t, dsn)
		err := db.CheckSchema(t.Context())
		require.Equal(t, fault.Unavailable, fault.CodeOf(err))
		require.ErrorContains(t, err, "Missing: 00001_first.sql, 00002_more.sql")
		for _, step := range []struct {
			to   int64
			want []string
		}{{1, []string{"00001_first.sql"}}, {database.Newest, []string{"00002_more.sql"}}, {database.Newest, []string{}}} {
			applied, err := db.MigrateTo(t.Context(), step.to)
			require.NoError(t, err)
			require.Equal(t, step.want, applied)
		}
		require.NoError(t, db.CheckSchema(t.Context()))
	})
}

func TestTransactionThatFailsChangesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ string) {
		failed := errors.New("failed")
		err := db.Tx(t.Context(), "writing", func(tx *gorm.DB) error {
			require.NoError(t, tx.Create(&note{ID: "1"}).Error)
			return failed
		})
		require.ErrorIs(t, err, failed)
		require.ErrorContains(t, err, "writing: failed")
		require.Zero(t, count(t, db))
	})
}

// TestTransactionOfACallerWhoHasGoneSaysSo ends the context of a transaction, and commits it
// when database/sql has rolled it back.
func TestTransactionOfACallerWhoHasGoneSaysSo(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ string) {
		for name, begin := range map[string]func(context.Context, string, func(*gorm.DB) error) error{"writing": db.Tx, "reading": db.ReadTx} {
			ctx, leave := context.WithCancel(t.Context())
			err := begin(ctx, name, func(tx *gorm.DB) error {
				leave()
				for stays := tx.WithContext(t.Context()); !errors.Is(stays.Exec("SELECT 1").Error, sql.ErrTxDone); {
					continue
				}
				return nil
			})
			require.ErrorIs(t, err, context.Canceled, name)
			require.ErrorContains(t, err, name+": ")
		}
	})
}

func TestStatementsAreLoggedWithoutTheirParameters(t *testing.T) {
	t.Parallel()
	modeltest.EachDSN(t, func(t *testing.T, dsn string) {
		var log bytes.Buffer
		db := openWith(t, dsn, migrations, slog.NewTextHandler(&log, nil))
		err := db.Read(t.Context()).Where("text = ?", "person@example.com").Take(&note{}).Error
		require.Error(t, err, "there is no such table")
		require.Regexp(t, `WHERE text = (\?|\$1) `, log.String())
		require.NotContains(t, log.String(), "person@example.com")
	})
}

func TestErrorsAreFaults(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ string) {
		write := func(n note) error {
			return db.Tx(t.Context(), "writing", func(tx *gorm.DB) error { return tx.Create(&n).Error })
		}
		require.NoError(t, write(note{ID: "1"}))
		require.Equal(t, fault.Conflict, fault.CodeOf(write(note{ID: "1"})))
		require.Equal(t, fault.Invalid, fault.CodeOf(database.CheckStorable(note{Text: "a\x00b"})))
		require.NoError(t, database.CheckStorable(note{Text: `a\u0000b`}), "a text about the character")

		err := database.NotFoundAs("no_such_note", db.Read(t.Context()).Where("id = ?", "2").Take(&note{}).Error)
		require.Equal(t, fault.NotFound, fault.CodeOf(err))
		require.ErrorContains(t, err, "no_such_note")
		missing, err := database.First[note](db.Read(t.Context()).Where("id = ?", "2"))
		require.NoError(t, err)
		require.Nil(t, missing)
	})
}

func TestRowIsInsertedOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ string) {
		for n, want := range []bool{true, false} {
			inserted, err := database.InsertOnce(db.Write(t.Context()), &note{ID: "1", Text: strconv.Itoa(n)})
			require.NoError(t, err)
			require.Equal(t, want, inserted)
		}
		stored, err := database.First[note](db.Read(t.Context()).Order("id"))
		require.NoError(t, err)
		require.Equal(t, note{ID: "1", Text: "0", CreatedAt: modeltest.Start}, *stored)
	})
}

func TestPagesFollowEachOther(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, _ string) {
		for n := range 5 {
			require.NoError(t, db.Write(t.Context()).Create(&note{ID: strconv.Itoa(n)}).Error)
		}
		page := database.Page{Limit: 2}
		var read []string
		for pages := 1; ; pages++ {
			notes, next, err := database.PageByID(db.Read(t.Context()), page, func(n note) string { return n.ID })
			require.NoError(t, err)
			for _, n := range notes {
				read = append(read, n.ID)
			}
			if next == "" {
				require.Equal(t, 3, pages)
				break
			}
			page.Cursor = next
		}
		require.Equal(t, []string{"4", "3", "2", "1", "0"}, read)
		_, _, err := database.PageByID(db.Read(t.Context()), database.Page{Cursor: "?"}, func(n note) string { return n.ID })
		require.Equal(t, fault.Invalid, fault.CodeOf(err))
	})
}

func TestG8_CredentialsAreSealedForTheirRow(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, db *database.DB, dsn string) {
		secret := map[string]string{"secret": "whsec_example"}
		require.NoError(t, db.Write(t.Context()).Create(&note{ID: "1", Credentials: secret}).Error)
		require.NoError(t, db.Write(t.Context()).Create(&note{ID: "2"}).Error)
		read := func(db *database.DB, id string) note {
			n, err := database.First[note](db.Read(t.Context()).Where("id = ?", id))
			require.NoError(t, err)
			return *n
		}
		require.Equal(t, secret, read(db, "1").Credentials)
		require.NoError(t, db.Write(t.Context()).Exec("UPDATE notes SET credentials = (SELECT credentials FROM notes WHERE id = '1') WHERE id = '2'").Error)
		require.True(t, read(db, "2").Unreadable, "it was sealed for another row")
		require.Empty(t, read(db, "2").Credentials)
		require.True(t, read(open(t, dsn), "1").Unreadable, "other keys open nothing")
	})
}
