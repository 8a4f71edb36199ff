package database

import (
	"context"

	"gorm.io/gorm"
)

// ReportTx is ReadTx for statements that read a small part of large tables.
func (db *DB) ReportTx(ctx context.Context, doing string, f func(tx *gorm.DB) error) error {
	return db.ReadTx(ctx, doing, func(tx *gorm.DB) error {
		if err := PlanForIndexes(tx); err != nil {
			return err
		}
		return f(tx)
	})
}

// PieceTx runs f in a transaction that does a piece of a job, with plans for its own values:
// those for an average site are wrong for a large one. One process at a time does the job.
// Mine is false, and f is not called, if another one does.
func (db *DB) PieceTx(ctx context.Context, doing, job string, f func(tx *gorm.DB) error) (mine bool, err error) {
	mine = true
	err = db.Tx(ctx, doing, func(tx *gorm.DB) error {
		if err := PlanEachTime(tx); err != nil {
			return err
		}
		var err error
		if mine, err = OneAtATime(tx, job); err != nil || !mine {
			return err
		}
		return f(tx)
	})
	return mine, err
}

// PlanEachTime makes the statements of a transaction be planned for their own
// parameters. PostgreSQL otherwise plans a statement that is often used once for all,
// for a site of average size. They are not compiled: for statements of many parts that takes
// seconds, and saves less.
func PlanEachTime(tx *gorm.DB) error { return planBy(tx, planEachTime) }

const planEachTime = "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('jit', 'off', true)"

// planBy runs a statement that has PostgreSQL plan the others of a transaction in another way.
func planBy(tx *gorm.DB, statement string) error {
	if tx.Name() != postgresName {
		return nil
	}
	return tx.Exec(statement).Error
}

// PlanForIndexes is PlanEachTime for statements that follow indexes to a small part of large
// tables. PostgreSQL expects by default that each step of an index waits for a disk with a
// moving arm, and would rather read such a table whole. Parallel workers are
// switched off too: to start them takes longer than what they do for such a statement.
func PlanForIndexes(tx *gorm.DB) error {
	return planBy(tx, planEachTime+", set_config('random_page_cost', '1.1', true), set_config('max_parallel_workers_per_gather', '0', true)")
}
