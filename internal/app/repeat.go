package app

import (
	"context"
	"time"

	"github.com/jonboulle/clockwork"
)

// repeat does something at once and then after each wait, until ctx is done. It calls up
// after the first time, and returns the first error.
func repeat(ctx context.Context, wait func(context.Context), do func(context.Context) error, up func()) error {
	if err := do(ctx); err != nil {
		return err
	}
	up()
	for {
		if wait(ctx); ctx.Err() != nil {
			return nil
		}
		if err := do(ctx); err != nil {
			return err
		}
	}
}

// every returns a function that waits for a while, or until its context is done.
func every(clock clockwork.Clock, pause time.Duration) func(context.Context) {
	return func(ctx context.Context) {
		select {
		case <-ctx.Done():
		case <-clock.After(pause):
		}
	}
}
