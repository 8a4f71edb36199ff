package database

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/jonboulle/clockwork"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
)

// slowQuery is the duration from which a statement is logged.
const slowQuery = 500 * time.Millisecond

// statementLog logs the statements that fail or are slow. Parameters are never logged: they
// are people's data. GORM's own log writes the text of every statement before it drops most
// of them, which was a twelfth of the service's work at intake.
type statementLog struct {
	logger.Interface
	clock clockwork.Clock // of the machine, as that of GORM
}

func newStatementLog(log *slog.Logger, clock clockwork.Clock) statementLog {
	return statementLog{clock: Following(clock).Clock, Interface: logger.NewSlogLogger(log, logger.Config{
		SlowThreshold:             slowQuery,
		LogLevel:                  logger.Warn,
		ParameterizedQueries:      true,
		IgnoreRecordNotFoundError: true,
	})}
}

// LogMode implements logger.Interface.
func (l statementLog) LogMode(level logger.LogLevel) logger.Interface {
	return statementLog{l.Interface.LogMode(level), l.clock}
}

// Trace implements logger.Interface. It asks for the text of those statements alone that are
// logged.
func (l statementLog) Trace(ctx context.Context, begin time.Time, text func() (sql string, rows int64), err error) {
	if failed := err != nil && !errors.Is(err, gorm.ErrRecordNotFound); failed || l.clock.Since(begin) > slowQuery {
		l.Interface.Trace(ctx, begin, text, err)
	}
}

// ParamsFilter implements gorm.ParamsFilter: it leaves out all parameters.
func (l statementLog) ParamsFilter(_ context.Context, sql string, _ ...any) (string, []any) {
	return sql, nil
}
