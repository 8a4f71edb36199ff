package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	gosqlite "github.com/glebarez/go-sqlite"
	"github.com/glebarez/sqlite"
	"github.com/jonboulle/clockwork"
	"github.com/pressly/goose/v3"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	sqlitecodes "modernc.org/sqlite/lib"
)

// sqliteDialect is for development.
type sqliteDialect struct{ path string }

// SQLite has one writer at a time. A pool of one connection makes writers wait
// in order in this process, where they would otherwise poll for the lock and get
// SQLITE_BUSY. Readers have connections of their own thanks to the write-ahead
// log. busy_timeout is for other processes. With sqliteLongestQueue, a writer waits for
// 9 seconds at most, so that a report that cannot be stored is answered before its
// sender stops waiting. synchronous is FULL because a 2xx
// means stored (G1): NORMAL may lose the last commits in a power failure.
// _time_format and _timezone are this driver's defaults, but not those of
// modernc.org/sqlite, which module dev uses instead: set explicitly, both write
// the same files and read the same times from them. Only modernc.org/sqlite takes the write
// lock at the beginning of a transaction (_txlock): go-sqlite 1.21.2 does not read that option
// after _time_format. There, a transaction that reads first and finds another process
// writing ends with SQLITE_BUSY, and is tried again by who asked (503).
const (
	sqliteReaders      = 4
	sqliteLongestQueue = 5 * time.Second
	sqlitePragmas      = "?_pragma=busy_timeout(4000)&_pragma=foreign_keys(1)&_time_format=sqlite&_timezone=UTC"
	sqliteWriteOption  = "&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_txlock=immediate"
	sqliteReadOption   = "&_pragma=query_only(1)"
)

func (d sqliteDialect) pools(ctx context.Context, _ Options) (connections, error) {
	writes, err := sql.Open(sqlite.DriverName, d.path+sqlitePragmas+sqliteWriteOption)
	if err != nil {
		return nil, fmt.Errorf("opening the SQLite file: %w", err)
	}
	writes.SetMaxOpenConns(1)
	if err := writes.PingContext(ctx); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the SQLite file %s: %w", d.path, err), writes.Close())
	}
	if d.path == ":memory:" {
		return sqlitePools(writes, writes, writes), nil
	}
	reads, err := d.readers()
	if err != nil {
		return nil, errors.Join(err, writes.Close())
	}
	views, err := d.readers()
	if err != nil {
		return nil, errors.Join(err, writes.Close(), reads.Close())
	}
	return sqlitePools(writes, reads, views), nil
}

// readers opens connections beside the one that writes.
func (d sqliteDialect) readers() (*sql.DB, error) {
	pool, err := sql.Open(sqlite.DriverName, d.path+sqlitePragmas+sqliteReadOption)
	if err != nil {
		return nil, fmt.Errorf("opening the SQLite file for reading: %w", err)
	}
	pool.SetMaxOpenConns(sqliteReaders)
	pool.SetMaxIdleConns(sqliteReaders)
	return pool, nil
}

func sqlitePools(writes, reads, views *sql.DB) connections {
	shared := readsAndWrites{writes: writes, reads: reads}
	return connections{Intake: shared, Relay: shared, Workers: shared, Viewers: {writes: writes, reads: views}}
}

func (sqliteDialect) longestQueue() time.Duration { return sqliteLongestQueue }

func (sqliteDialect) gorm(db *sql.DB) gorm.Dialector {
	return sqliteTimestamps{sqlite.Dialector{Conn: db}}
}

type sqliteTimestamps struct{ sqlite.Dialector }

// BindVarTo writes the placeholder of a parameter.
func (d sqliteTimestamps) BindVarTo(w clause.Writer, stmt *gorm.Statement, v any) {
	bindTimestamp(stmt)
	d.Dialector.BindVarTo(w, stmt, v)
}

// Explain returns the statement without the parameters; see postgresTimestamps.
func (sqliteTimestamps) Explain(statement string, _ ...any) string { return statement }

func (sqliteDialect) groupsAtOnce() int { return 1 }

// tokens declares times as such: the driver reads other columns as texts.
func (sqliteDialect) tokens(bool) *strings.Replacer {
	return strings.NewReplacer(
		outsideMark, inTransaction,
		concurrentlyMark, "",
		"{{postgres}}", "-- ",
		"{{sqlite}}", "",
		"{{id}}", "text",
		"{{timestamp}}", "timestamp",
		"{{json}}", "text",
		"{{bytes}}", "blob",
		"{{serial}}", "integer PRIMARY KEY AUTOINCREMENT",
	)
}

func (sqliteDialect) beforeMigration(bool) string { return "" }

func (sqliteDialect) inUse(error) bool { return false }

func (sqliteDialect) goose() goose.Dialect { return goose.DialectSQLite3 }

// migrationLock returns none: one process writes to the file.
func (sqliteDialect) migrationLock(clockwork.Clock, *slog.Logger) ([]goose.ProviderOption, error) {
	return nil, nil
}

func (sqliteDialect) away(err error) bool {
	var answer *gosqlite.Error
	if !errors.As(err, &answer) {
		return false
	}
	switch answer.Code() & 0xff { // the primary code
	case sqlitecodes.SQLITE_BUSY, sqlitecodes.SQLITE_LOCKED, sqlitecodes.SQLITE_IOERR,
		sqlitecodes.SQLITE_FULL, sqlitecodes.SQLITE_CANTOPEN:
		return true
	default:
		return false
	}
}

// unstorable returns false: SQLite keeps every character.
func (sqliteDialect) unstorable(error) bool { return false }
