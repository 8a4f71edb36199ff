package alerting

import (
	"context"

	"gorm.io/gorm"

	"ringback/alerts"
)

// Observe is WatchAlerts with given conditions. It runs after in the transaction, whose
// error rolls everything back, as a killed process does.
func (w *Watch) Observe(ctx context.Context, present []alerts.Condition, words Words, after func() error) (mine bool, err error) {
	return w.db.PieceTx(ctx, "observing", job, func(tx *gorm.DB) error {
		if err := w.observe(tx, present, words); err != nil {
			return err
		}
		return after()
	})
}

// Detect returns the conditions that are there now.
func (w *Watch) Detect(ctx context.Context) ([]alerts.Condition, error) {
	return w.detect(w.db.Write(ctx))
}

// Exec runs a statement.
func (w *Watch) Exec(ctx context.Context, statement string, values ...any) error {
	return w.db.Write(ctx).Exec(statement, values...).Error
}
