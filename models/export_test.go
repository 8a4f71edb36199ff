package models

import (
	"context"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// ShowNumbers is showNumbers in a transaction of its own; it tells how many
// statements that took.
func (s *Store) ShowNumbers(ctx context.Context, plan SitePlan, session Session, at time.Time) (shown []Shown, dry []string, statements int, err error) {
	count := &statementCount{Interface: logger.Discard}
	err = s.inTx(ctx, "showing numbers", func(tx *gorm.DB) error {
		shown, dry, err = s.showNumbers(tx.Session(&gorm.Session{Logger: count}), plan, session, at)
		return err
	})
	return shown, dry, count.statements, err
}

type statementCount struct {
	logger.Interface
	statements int
}

func (c *statementCount) Trace(context.Context, time.Time, func() (string, int64), error) {
	c.statements++
}
