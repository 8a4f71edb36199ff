package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// errNotBegun is the cause of the end of a transaction that could not begin in time.
var errNotBegun = fmt.Errorf("waiting for the connection that writes: %w", context.DeadlineExceeded)

// beginWithin calls run, which begins a transaction and then calls begun. If begun is not
// called in time, the context of run ends and the error is errNotBegun. How long the
// transaction takes after that has no limit. A longest of zero means no limit.
func beginWithin(ctx context.Context, longest time.Duration, run func(ctx context.Context, begun func()) error) error {
	if longest == 0 {
		return run(ctx, func() {})
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	waiting, over := context.WithTimeout(context.WithoutCancel(ctx), longest)
	defer over()
	stop := context.AfterFunc(waiting, func() { cancel(errNotBegun) })
	defer stop()
	err := run(ctx, func() { stop() })
	if err != nil && errors.Is(context.Cause(ctx), errNotBegun) {
		return errNotBegun
	}
	return err
}

// whyEnded returns the error of a context that has ended in place of that of a transaction which
// was rolled back for it: database/sql then only says that it is over.
func whyEnded(ctx context.Context, err error) error {
	if errors.Is(err, sql.ErrTxDone) && ctx.Err() != nil {
		return ctx.Err() //nolint:wrapcheck // callers wrap it
	}
	return err
}
