package database

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/pressly/goose/v3"
	"gorm.io/gorm"
)

// dialect is what differs between the databases.
type dialect interface {
	// pools opens the connections of each purpose, some of which may be the same.
	pools(context.Context, Options) (connections, error)
	gorm(*sql.DB) gorm.Dialector
	// longestQueue is how long a transaction waits for its connection. Zero means that
	// its context alone limits that.
	longestQueue() time.Duration
	// groupsAtOnce is how many transactions of Grouped run at the same time.
	groupsAtOnce() int
	// tokens replaces the tokens of the migrations: column types, and how indexes are
	// built while others use the database.
	tokens(inUse bool) *strings.Replacer
	// beforeMigration returns the statements with which the transaction of a migration begins.
	beforeMigration(inUse bool) string
	// inUse reports whether an error means that a migration did not get a table in time.
	inUse(error) bool
	// goose returns the dialect of the migration library.
	goose() goose.Dialect
	// migrationLock returns the lock against two migrations at once, as options of the migration library.
	migrationLock(clockwork.Clock, *slog.Logger) ([]goose.ProviderOption, error)
	// away reports whether an error means that the database cannot serve now.
	away(error) bool
	// unstorable reports whether an error means that a text has a character that the database cannot keep.
	unstorable(error) bool
}

// dialectOf returns the dialect of a DSN by its scheme.
func dialectOf(dsn string) (dialect, error) {
	switch scheme, rest, _ := strings.Cut(dsn, ":"); scheme {
	case "postgres", "postgresql":
		return postgresDialect{dsn: dsn}, nil
	case "sqlite":
		if rest == "" {
			return nil, errors.New(`the database URL names no file: expected "sqlite:/path/to/file.db"`)
		}
		return sqliteDialect{path: rest}, nil
	default:
		return nil, errors.New(`the database URL is not known: expected "postgres://..." or "sqlite:/path/to/file.db"`)
	}
}

// The marks in migrations that build indexes, see DB.MigrateTo. A line that goose does
// not read is left where nothing is to be done outside of a transaction.
const (
	outsideMark      = "-- +goose {{outside}}"
	concurrentlyMark = "{{concurrently}}"
	inTransaction    = "-- in one transaction"
)

// The marks of goose.
const (
	outsideTransaction = "-- +goose NO TRANSACTION"
	beginMark          = "-- +goose StatementBegin\n"
)

// bindTimestamp makes the parameter that a statement has just added comparable in
// both databases, if it is a time.
func bindTimestamp(stmt *gorm.Statement) {
	last := &stmt.Vars[len(stmt.Vars)-1]
	switch t := (*last).(type) {
	case time.Time:
		*last = Timestamp(t)
	case *time.Time:
		if t != nil {
			*last = Timestamp(*t)
		}
	}
}
