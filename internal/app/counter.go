package app

import (
	"context"
	"errors"
)

// counter keeps figures up to date: those of the reports, or the journeys of people.
// Several may run at once, in several processes: each site is counted by one of them at
// a time.
type counter struct {
	work func(ctx context.Context) (more bool, err error)
	idle func(ctx context.Context) // waits until there may be something to count
}

// run counts until ctx is done. An error ends it; the supervisor then starts it again,
// with a growing delay until it has counted once.
func (c *counter) run(ctx context.Context, up func()) error {
	return repeat(ctx, c.idle, c.count, up)
}

// count counts until nothing is left.
func (c *counter) count(ctx context.Context) error {
	for ctx.Err() == nil {
		if more, err := c.work(ctx); err != nil || !more {
			return err
		}
	}
	return nil
}

// eachOf returns work that consists of several kinds. An error of one does not keep the
// others from being done.
func eachOf(kinds ...func(ctx context.Context) (bool, error)) func(ctx context.Context) (bool, error) {
	return func(ctx context.Context) (more bool, err error) {
		var errs []error
		for _, work := range kinds {
			left, err := work(ctx)
			more, errs = more || left, append(errs, err)
		}
		return more, errors.Join(errs...)
	}
}
