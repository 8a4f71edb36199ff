package database

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"
)

// Purpose is what a query or a transaction is for. Each purpose has connections of its
// own, so that none waits for those that another one uses (G6).
type Purpose string

// The purposes. A context without one is for intake.
const (
	Intake  Purpose = "intake"  // what is reported and what people set up
	Relay   Purpose = "relay"   // handing what was accepted to Temporal
	Workers Purpose = "workers" // decisions, deliveries and what runs beside them
	Viewers Purpose = "viewers" // what somebody looks at, whose queries may be slow
)

// purposes lists every purpose.
var purposes = []Purpose{Intake, Relay, Workers, Viewers}

type purposeKey struct{}

// For returns a context whose queries and transactions are for a purpose.
func For(ctx context.Context, purpose Purpose) context.Context {
	return context.WithValue(ctx, purposeKey{}, purpose)
}

// Viewing returns a context whose queries are those of somebody who looks at what is
// stored. They have connections of their own, and end when they take too long, so that
// no list delays what is accepted or delivered (G6). What they write is written on the
// connections for intake.
func Viewing(ctx context.Context) context.Context { return For(ctx, Viewers) }

func purposeOf(ctx context.Context) Purpose {
	if purpose, ok := ctx.Value(purposeKey{}).(Purpose); ok {
		return purpose
	}
	return Intake
}

type laterKey struct{}

// Later returns a context for what can be done later. Its transactions use few of the
// connections of their purpose at once, so that others do not wait for what is computed or read
// in the background (G6).
func Later(ctx context.Context) context.Context { return context.WithValue(ctx, laterKey{}, true) }

// IsLater reports whether a context is for what can be done later.
func IsLater(ctx context.Context) bool { return ctx.Value(laterKey{}) != nil }

// laterPart is which part of the connections for workers may be used for what can be done
// later: a third, at least one.
const laterPart = 3

// later has a place for each transaction that can be done later; nil if there is no limit.
type later chan struct{}

func (p Pools) later() later {
	if p.Workers == 0 {
		return nil
	}
	return make(later, max(p.Workers/laterPart, 1))
}

// begin waits for a place if the context is for what can be done later.
func (l later) begin(ctx context.Context) (end func(), err error) {
	if l == nil || !IsLater(ctx) {
		return func() {}, nil
	}
	select {
	case l <- struct{}{}:
		return func() { <-l }, nil
	case <-ctx.Done():
		return nil, ctx.Err() //nolint:wrapcheck // Tx does
	}
}

// Pools are how many connections a process opens at most to PostgreSQL for each purpose.
// Those that are not used for some minutes are closed. Zero means no limit.
type Pools struct {
	Intake  int
	Relay   int
	Workers int
	Viewers int
	Longest time.Duration // that a statement for viewers may take; zero means no limit
}

// Most returns how many connections are opened at most for a purpose.
func (p Pools) Most(purpose Purpose) int {
	return map[Purpose]int{Intake: p.Intake, Relay: p.Relay, Workers: p.Workers, Viewers: p.Viewers}[purpose]
}

// Pool is how the connections of a purpose are used.
type Pool struct {
	Purpose Purpose
	sql.DBStats
}

// connections are the pools of a database by purpose, some of which may be the same.
type connections map[Purpose]readsAndWrites

type readsAndWrites struct{ writes, reads *sql.DB }

// close closes all pools that were opened.
func (c connections) close() error {
	var errs []error
	closed := map[*sql.DB]bool{nil: true}
	for _, pools := range c {
		for _, pool := range []*sql.DB{pools.writes, pools.reads} {
			if !closed[pool] {
				closed[pool] = true
				errs = append(errs, pool.Close())
			}
		}
	}
	return errors.Join(errs...)
}

// sessions hold the sessions of GORM on the connections of a purpose.
type sessions struct{ writes, reads *gorm.DB }

// Pools returns how the connections of these purposes are used. On SQLite, some purposes
// share connections. They are returned once, for the first of these purposes.
func (db *DB) Pools(purposes ...Purpose) []Pool {
	var pools []Pool
	var seen []*sql.DB
	for _, purpose := range purposes {
		pool := db.pools[purpose].reads
		if slices.Contains(seen, pool) {
			continue
		}
		seen = append(seen, pool)
		pools = append(pools, Pool{purpose, pool.Stats()})
	}
	return pools
}

// endLongQueries makes the queries of a session end after so long, with the reading of
// their rows; SQLite's driver ends them only between two rows. It is the context that ends
// them and not a setting of the connection, which a pooler between Ringback and PostgreSQL
// would hand to others.
func endLongQueries(db *gorm.DB, longest time.Duration) error {
	if longest == 0 {
		return nil
	}
	const whole = "ringback:whole"
	before := func(tx *gorm.DB) {
		tx.InstanceSet(whole, tx.Statement.Context)
		ctx, cancel := context.WithTimeout(tx.Statement.Context, longest)
		context.AfterFunc(ctx, cancel) // rows may be read after the callbacks, so the time alone ends it
		tx.Statement.Context = ctx
	}
	after := func(tx *gorm.DB) {
		if ctx, ok := tx.InstanceGet(whole); ok {
			tx.Statement.Context = ctx.(context.Context) // the statement may be run again
		}
	}
	queries, rows := db.Callback().Query(), db.Callback().Row()
	return errors.Join(
		queries.Before("gorm:query").Register("ringback:begin", before),
		queries.After("gorm:after_query").Register("ringback:end", after),
		rows.Before("gorm:row").Register("ringback:begin", before),
		rows.After("gorm:row").Register("ringback:end", after),
	)
}
