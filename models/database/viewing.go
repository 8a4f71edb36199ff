package database

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"gorm.io/gorm"
)

// connections are the pools of a database, some of which may be the same.
type connections struct{ writes, reads, views *sql.DB }

// close closes all pools that were opened.
func (c connections) close() error {
	var errs []error
	closed := map[*sql.DB]bool{nil: true}
	for _, pool := range []*sql.DB{c.writes, c.reads, c.views} {
		if !closed[pool] {
			closed[pool] = true
			errs = append(errs, pool.Close())
		}
	}
	return errors.Join(errs...)
}

type viewing struct{}

// Viewing returns a context whose queries are those of somebody who looks at what is
// stored. They have connections of their own, and end when they take too long, so that
// no list delays what is accepted or delivered (G6).
func Viewing(ctx context.Context) context.Context {
	return context.WithValue(ctx, viewing{}, true)
}

func isViewing(ctx context.Context) bool {
	is, _ := ctx.Value(viewing{}).(bool)
	return is
}

// endLongQueries makes the queries of a session end after so long, with the reading of
// their rows; SQLite's driver ends them only between two rows. It is the context that ends them and not a setting of the connection,
// which a pooler between Ringback and PostgreSQL would hand to others.
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
