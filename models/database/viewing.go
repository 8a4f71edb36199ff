package database

import (
	"context"
	"errors"
	"time"

	"gorm.io/gorm"
)

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
