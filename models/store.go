package models

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"

	"ringback/internal/fault"
	"ringback/internal/secrets"
)

// slowQuery is the duration from which a statement is logged.
const slowQuery = 500 * time.Millisecond

// retryAfter is what callers are told to wait while the database is away.
const retryAfter = 5 * time.Second

// Options say where the store is and what it works with. All are required.
type Options struct {
	DSN    string // "postgres://..." or "sqlite:/path/to/file.db"
	Box    *secrets.Box
	Clock  clockwork.Clock
	Logger *slog.Logger
}

// Store is the database. It is safe for concurrent use. Its errors are
// fault.NotFound for what does not exist or belongs to another account,
// fault.Conflict for what contradicts what is stored, and fault.Unavailable
// with RetryAfter while the database is away; others are internal.
type Store struct {
	dialect dialect
	writes  *gorm.DB
	reads   *gorm.DB // SQLite reads beside its one writer; on PostgreSQL it is writes
	pools   []*sql.DB
	box     *secrets.Box
	clock   clockwork.Clock
	logger  *slog.Logger
}

// Open opens the store. It does not check the schema. PostgreSQL is not called
// yet, so that a service can start before its database; a SQLite file is made
// when there is none.
func Open(ctx context.Context, o Options) (*Store, error) {
	d, err := dialectOf(o.DSN)
	if err != nil {
		return nil, err
	}
	writePool, readPool, err := d.pools(ctx)
	if err != nil {
		return nil, err
	}
	s := &Store{dialect: d, pools: []*sql.DB{writePool}, box: o.Box, clock: o.Clock, logger: o.Logger}
	if readPool != writePool {
		s.pools = append(s.pools, readPool)
	}
	if s.writes, err = gorm.Open(d.gorm(writePool), s.config()); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database: %w", err), s.Close())
	}
	if s.reads, err = gorm.Open(d.gorm(readPool), s.config()); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the database for reading: %w", err), s.Close())
	}
	return s, nil
}

// config is GORM's. Statements are not prepared here: pgx keeps its own
// prepared statements, and the SQLite driver compiles at each execution anyway.
// Parameters never reach the log: they are people's data.
func (s *Store) config() *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
		TranslateError:         true,
		NowFunc:                s.now,
		Logger: logger.NewSlogLogger(s.logger, logger.Config{
			SlowThreshold:             slowQuery,
			LogLevel:                  logger.Warn,
			ParameterizedQueries:      true,
			IgnoreRecordNotFoundError: true,
		}),
	}
}

// Close closes all connections.
func (s *Store) Close() error {
	var errs []error
	for _, pool := range s.pools {
		errs = append(errs, pool.Close())
	}
	return errors.Join(errs...)
}

// Ping asks the database for a sign of life.
func (s *Store) Ping(ctx context.Context) error {
	return s.problem("asking the database for a sign of life", s.pools[0].PingContext(ctx))
}

// now is the time as the databases keep it.
func (s *Store) now() time.Time { return s.clock.Now().UTC().Truncate(time.Microsecond) }

// read returns a session for queries.
func (s *Store) read(ctx context.Context) *gorm.DB { return s.reads.WithContext(withBox(ctx, s.box)) }

// write returns a session for single statements that change something.
func (s *Store) write(ctx context.Context) *gorm.DB { return s.writes.WithContext(withBox(ctx, s.box)) }

// inTx runs f in one transaction. Inside it only tx may be used: on SQLite it
// holds the one connection that writes.
func (s *Store) inTx(ctx context.Context, doing string, f func(tx *gorm.DB) error) error {
	return s.problem(doing, s.write(ctx).Transaction(f))
}

// locked makes a query lock the rows it finds until the transaction ends. Rows
// that refer to them can be inserted meanwhile: keys never change, so that a
// change of a site's settings holds no intake up.
func locked(tx *gorm.DB) *gorm.DB { return tx.Clauses(clause.Locking{Strength: "NO KEY UPDATE"}) }

// problem turns a database error into what callers act on.
func (s *Store) problem(doing string, err error) error {
	var known *fault.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &known):
		return err
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("%s: %w", doing, err)
	case errors.Is(err, context.DeadlineExceeded), s.dialect.away(err):
		return &fault.Error{
			Code: fault.Unavailable, Message: "the database does not answer; try again later",
			RetryAfter: retryAfter, Err: fmt.Errorf("%s: %w", doing, err),
		}
	case s.dialect.unstorable(err):
		return errZeroCharacter(fmt.Errorf("%s: %w", doing, err))
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return &fault.Error{Code: fault.Conflict, Message: "it exists already", Err: fmt.Errorf("%s: %w", doing, err)}
	default:
		return fmt.Errorf("%s: %w", doing, err)
	}
}

// found turns GORM's "not found" into the fault of a missing thing. Another
// account's thing gives the same words (guarantee 9).
func found(thing string, err error) error {
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return fault.New(fault.NotFound, "there is no such %s", thing)
	}
	return err
}
