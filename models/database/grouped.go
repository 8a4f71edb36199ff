package database

import (
	"context"

	"gorm.io/gorm"

	"ringback/internal/grouping"
)

// mostInGroup is how many calls share a transaction at most.
const mostInGroup = 64

// ofGroup makes the statements of a transaction fail that wait for a lock for longer than
// calls of a group should wait for one of them, and has each row that they look for be found
// by an index. PostgreSQL keeps the plans of statements, and would go on reading tables whole
// that were small when it made them.
const ofGroup = `SELECT set_config('lock_timeout', '200ms', true), set_config('enable_seqscan', 'off', true),
	set_config('enable_hashjoin', 'off', true), set_config('enable_mergejoin', 'off', true)`

// Grouped has concurrent calls share a transaction, each with a result of its own. A call
// that comes while nothing runs has a transaction at once. If a transaction of several
// fails, for whatever reason, each of them has one of its own.
type Grouped[In, Out any] struct {
	db     *DB
	doing  string
	queues map[Purpose]*grouping.Queue[In, Out]
}

// NewGrouped returns a Grouped that runs do with all calls of a transaction. Do returns the
// results in the order of the calls. Doing is that of DB.Tx. Subject returns what a call locks:
// transactions with the same subject do not run at the same time.
func NewGrouped[In, Out any](db *DB, doing string, subject func(call In) string, do func(tx *gorm.DB, calls []In) ([]Out, error)) *Grouped[In, Out] {
	g := &Grouped[In, Out]{db: db, doing: doing, queues: map[Purpose]*grouping.Queue[In, Out]{}}
	run := func(ctx context.Context, calls []In) (results []Out, err error) {
		err = db.Tx(ctx, doing, func(tx *gorm.DB) error {
			if len(calls) > 1 {
				if err := planBy(tx, ofGroup); err != nil {
					return err
				}
			}
			results, err = do(tx, calls)
			return err
		})
		return results, err
	}
	alone := func(ctx context.Context, call In) (none Out, err error) {
		results, err := run(ctx, []In{call})
		if err != nil {
			return none, err
		}
		return results[0], nil
	}
	for _, purpose := range purposes {
		options := grouping.Options[In, Out]{
			Most: mostInGroup, AtOnce: db.dialect.groupsAtOnce(), Clock: Following(db.clock).Clock, Together: run, Alone: alone, Subject: subject,
		}
		if purpose == Intake {
			options.Contention = db.intake
		}
		g.queues[purpose] = grouping.New(options)
	}
	return g
}

// Do runs a call in a transaction of the purpose of its context. Calls with other keys do
// not wait for those with this one, however many these are (G6).
func (g *Grouped[In, Out]) Do(ctx context.Context, key string, call In) (Out, error) {
	out, err := g.queues[purposeOf(ctx)].Do(ctx, key, call)
	if err != nil && err == ctx.Err() { //nolint:errorlint // only that of the queue itself, which is not wrapped yet
		err = g.db.WrapErr(g.doing, err)
	}
	return out, err
}

// Background returns work that leaves time to what this process accepts: it rests while calls
// of a Grouped wait for each other for the purpose of intake.
func (db *DB) Background() *grouping.Background { return grouping.NewBackground(db.intake) }

// Rounds divides the rows of a group into rounds, each with one row of a key at most, for
// statements that must not have the same key twice. Rows stay in their order.
func Rounds[Row any, Key comparable](rows []Row, key func(Row) Key) (rounds [][]Row) {
	before := map[Key]int{} // rows of each key
	for _, row := range rows {
		round := before[key(row)]
		before[key(row)]++
		if round == len(rounds) {
			rounds = append(rounds, nil)
		}
		rounds[round] = append(rounds[round], row)
	}
	return rounds
}
