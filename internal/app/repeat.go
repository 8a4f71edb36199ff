package app

import (
	"context"
	"time"

	"github.com/jonboulle/clockwork"
)

// repeat does something at once and then after each pause, until ctx is done. It calls up
// after the first time, and returns the first error.
func repeat(ctx context.Context, clock clockwork.Clock, pause time.Duration, do func(context.Context) error, up func()) error {
	if err := do(ctx); err != nil {
		return err
	}
	up()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-clock.After(pause):
		}
		if err := do(ctx); err != nil {
			return err
		}
	}
}
