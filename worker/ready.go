package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// longestTry is the longest wait between two tries to reach Temporal.
const longestTry = 30 * time.Second

// startWhenReady registers the search attributes and starts the workers, again
// and again until Temporal lets it, and says what it waits for.
func (w *Workers) startWhenReady(ctx context.Context, namespace string) error {
	policy := backoff.NewExponentialBackOff()
	policy.InitialInterval = w.options.FirstTry
	policy.Multiplier = 2
	policy.MaxInterval = longestTry

	try := func() (struct{}, error) { return struct{}{}, final(w.startOnce(ctx, namespace)) }
	say := func(err error, next time.Duration) {
		w.options.Logger.Warn("waiting for Temporal", "error", err, "next_try_in", next)
	}
	_, err := backoff.Retry(ctx, try, backoff.WithBackOff(policy), backoff.WithMaxElapsedTime(0), backoff.WithNotify(say))
	if err != nil {
		return fmt.Errorf("waiting for Temporal: %w", err)
	}
	return nil
}

func (w *Workers) startOnce(ctx context.Context, namespace string) error {
	if err := RegisterSearchAttributes(ctx, w.options.Client, namespace); err != nil {
		return err
	}
	return w.Start()
}

// final marks the errors that waiting does not cure.
func final(err error) error {
	if errors.As(err, new(*AttributeTypeError)) {
		return backoff.Permanent(err)
	}
	return err
}
