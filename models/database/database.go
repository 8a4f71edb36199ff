package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"

	"ringback/internal/grouping"
	"ringback/internal/instant"
	"ringback/internal/secrets"
)

// Options are what a database is opened with. All are required.
type Options struct {
	DSN        string // "postgres://..." or "sqlite:/path/to/file.db"
	Migrations fs.FS  // the .sql files of the schema; see Migrate
	Box        *secrets.Box
	Clock      clockwork.Clock // a *Clock follows the clock of the database
	Logger     *slog.Logger
	Pools      Pools
}

// DB is a database. It is safe for concurrent use. The errors of its methods are
// those of WrapErr; errors of the sessions that it returns are GORM's.
type DB struct {
	dialect    dialect
	sessions   map[Purpose]sessions // on SQLite reads have connections beside the one that writes
	pools      connections
	migrations fs.FS
	box        *secrets.Box
	clock      clockwork.Clock
	logger     *slog.Logger
	intake     *grouping.Contention // of the calls of intake that share transactions
	later      later
}

// Open opens a database. It does not check the schema. It does not connect to
// PostgreSQL yet, so that a service can start before its database. A SQLite file
// is made if there is none.
func Open(ctx context.Context, o Options) (*DB, error) {
	d, err := dialectOf(o.DSN)
	if err != nil {
		return nil, err
	}
	pools, err := d.pools(ctx, o)
	if err != nil {
		return nil, err
	}
	db := &DB{
		dialect: d, sessions: map[Purpose]sessions{}, pools: pools, migrations: o.Migrations, box: o.Box, clock: o.Clock, logger: o.Logger,
		intake: grouping.NewContention(Following(o.Clock).Clock), later: o.Pools.later(),
	}
	if err := db.open(o.Pools.Longest); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database: %w", err), db.Close())
	}
	return db, nil
}

// open opens the sessions of all purposes. A query for viewers ends after longest.
func (db *DB) open(longest time.Duration) error {
	opened := map[*sql.DB]*gorm.DB{}
	session := func(pool *sql.DB) (*gorm.DB, error) {
		if known := opened[pool]; known != nil {
			return known, nil
		}
		var err error
		opened[pool], err = gorm.Open(db.dialect.gorm(pool), db.config())
		return opened[pool], err
	}
	for _, purpose := range purposes {
		writes, err := session(db.pools[purpose].writes)
		if err != nil {
			return err
		}
		if purpose == Viewers {
			delete(opened, db.pools[purpose].reads) // the session is of its own, because of the callbacks
		}
		reads, err := session(db.pools[purpose].reads)
		if err != nil {
			return err
		}
		db.sessions[purpose] = sessions{writes: writes, reads: reads}
	}
	return endLongQueries(db.sessions[Viewers].reads, longest)
}

// config returns GORM's configuration. Statements are not prepared here: pgx keeps
// its own prepared statements, and the SQLite driver compiles at each execution
// anyway.
func (db *DB) config() *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		TranslateError:         true,
		NowFunc:                db.Now,
		Logger:                 newStatementLog(db.logger, db.clock),
	}
}

// Close closes all connections.
func (db *DB) Close() error { return db.pools.close() }

// Ping checks that the database answers.
func (db *DB) Ping(ctx context.Context) error {
	return db.WrapErr("pinging the database", db.pools[purposeOf(ctx)].writes.PingContext(ctx))
}

// Now returns the time as the databases keep it.
func (db *DB) Now() time.Time { return Timestamp(db.clock.Now()) }

// Timestamp returns a time as the databases keep it: in UTC, with the
// microseconds that PostgreSQL keeps. SQLite compares times as text, which sorts
// rightly only if all are in the same zone.
func Timestamp(t time.Time) time.Time { return instant.Of(t) }

// Read returns a session for queries, on the connections of the context's purpose.
func (db *DB) Read(ctx context.Context) *gorm.DB {
	return db.sessions[purposeOf(ctx)].reads.WithContext(withBox(ctx, db.box))
}

// Write returns a session for single statements that change something, on the connections
// of the context's purpose.
func (db *DB) Write(ctx context.Context) *gorm.DB {
	return db.sessions[purposeOf(ctx)].writes.WithContext(withBox(ctx, db.box))
}

// Tx runs f in one transaction, which is rolled back if f returns an error. Only
// tx may be used inside f: on SQLite it holds the one connection that writes.
// Doing describes the transaction in errors, as in "accepting a lead". Its isolation is read
// committed, whatever the default of the database's role is: transactions lock the rows that
// they go by, and PostgreSQL would refuse most of them under a stricter one.
func (db *DB) Tx(ctx context.Context, doing string, f func(tx *gorm.DB) error) error {
	end, err := db.later.begin(ctx)
	if err != nil {
		return db.WrapErr(doing, err)
	}
	defer end()
	err = beginWithin(ctx, db.dialect.longestQueue(), func(ctx context.Context, begun func()) error {
		return db.Write(ctx).Transaction(func(tx *gorm.DB) error {
			begun()
			return f(tx)
		}, &sql.TxOptions{Isolation: sql.LevelReadCommitted})
	})
	return db.WrapErr(doing, whyEnded(ctx, err))
}

// ReadTx runs f in one transaction in which all queries see the same moment.
func (db *DB) ReadTx(ctx context.Context, doing string, f func(tx *gorm.DB) error) error {
	return db.WrapErr(doing, whyEnded(ctx, db.Read(ctx).Transaction(f, atOneMoment)))
}

// Locked makes a query lock the rows it finds until the transaction ends. Rows
// that refer to them can be inserted meanwhile: keys never change, so a change of
// a site's settings does not delay intake.
func Locked(tx *gorm.DB) *gorm.DB { return tx.Clauses(clause.Locking{Strength: "NO KEY UPDATE"}) }

// LockedSkip makes a query lock the rows it finds, and leave out those that
// another transaction has locked.
func LockedSkip(tx *gorm.DB) *gorm.DB {
	return tx.Clauses(clause.Locking{Strength: "NO KEY UPDATE", Options: "SKIP LOCKED"})
}

// OneAtATime reports whether this transaction is the only one that does a job until it
// ends. It does not wait for another.
func OneAtATime(tx *gorm.DB, job string) (bool, error) {
	if tx.Name() != postgresName {
		return true, nil // SQLite has one transaction that writes
	}
	var mine bool
	err := tx.Raw("SELECT pg_try_advisory_xact_lock("+turnOf("?")+")", job).Scan(&mine).Error
	if err != nil {
		return false, fmt.Errorf("taking the turn for %s: %w", job, err)
	}
	return mine, nil
}

// OneAfterAnother waits until no other transaction does a job, and keeps others from it
// until this one ends.
func OneAfterAnother(tx *gorm.DB, job string) error {
	if tx.Name() != postgresName {
		return nil // SQLite has one transaction that writes
	}
	if err := tx.Exec("SELECT pg_advisory_xact_lock("+turnOf("?")+")", job).Error; err != nil {
		return fmt.Errorf("waiting for the turn for %s: %w", job, err)
	}
	return nil
}

// turnOf returns SQL of the key of the lock of a job, from SQL of its name.
func turnOf(job string) string {
	return "hashtextextended(current_schema() || '/' || " + job + ", 0)"
}

// InTurn makes a change of one row return these columns, and then wait for a job as
// OneAfterAnother does. Job is SQL of the row's columns that has the name of the job as its value.
// The next statement of the transaction reads what the one that had the turn before has stored.
func InTurn(tx *gorm.DB, job string, columns ...string) clause.Returning {
	returned := Returning(columns...)
	if tx.Name() == postgresName {
		returned.Columns = append(returned.Columns, clause.Column{Name: "pg_advisory_xact_lock(" + turnOf(job) + ")", Raw: true})
	}
	return returned
}

// literal escapes what has a meaning in a pattern of LIKE.
var literal = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// Literal returns a text as it stands for itself in a pattern of LIKE with ESCAPE '\'.
func Literal(text string) string { return literal.Replace(text) }

// InsertBatch is how many rows one statement inserts: SQLite has at most 32 766
// parameters.
const InsertBatch = 500

// WhereBetween adds the bounds of a time that are set. The time to is exclusive.
func WhereBetween(query *gorm.DB, column string, from, to *time.Time) *gorm.DB {
	if from != nil {
		query = query.Where(column+" >= ?", *from)
	}
	if to != nil {
		query = query.Where(column+" < ?", *to)
	}
	return query
}

// WhereSet adds a condition to a query if its value is not empty.
func WhereSet[T ~string](query *gorm.DB, condition string, value T) *gorm.DB {
	if value == "" {
		return query
	}
	return query.Where(condition, string(value))
}

// InsertOnce inserts a row unless there is one with its unique key, and reports
// whether it did.
func InsertOnce(tx *gorm.DB, row any) (bool, error) {
	result := InsertNew(row)(tx)
	return result.RowsAffected == 1, result.Error
}

// EachRow calls do with each row of a statement, without holding more than one of them. An
// error of do ends it and is returned.
func EachRow[Row any](tx *gorm.DB, do func(Row) error, statement string, values ...any) error {
	rows, err := tx.Raw(statement, values...).Rows()
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }() // what it returns was returned by Err
	for rows.Next() {
		var row Row
		if err := tx.ScanRows(rows, &row); err != nil {
			return err
		}
		if err := do(row); err != nil {
			return err
		}
	}
	return rows.Err()
}

// First returns the first row that a query finds, or nil if it finds none.
func First[Row any](query *gorm.DB) (*Row, error) {
	var rows []Row
	if err := query.Limit(1).Find(&rows).Error; err != nil || len(rows) == 0 {
		return nil, err
	}
	return &rows[0], nil
}

// Returning makes a change return these columns of the rows that it changes.
func Returning(columns ...string) clause.Returning {
	named := make([]clause.Column, len(columns))
	for i, name := range columns {
		named[i] = clause.Column{Name: name}
	}
	return clause.Returning{Columns: named}
}

// WithLogger returns the database with another logger of statements, for tests
// that count them.
func (db *DB) WithLogger(l logger.Interface) *DB {
	other := *db
	other.sessions = map[Purpose]sessions{}
	for purpose, s := range db.sessions {
		other.sessions[purpose] = sessions{writes: s.writes.Session(&gorm.Session{Logger: l}), reads: s.reads.Session(&gorm.Session{Logger: l})}
	}
	return &other
}
