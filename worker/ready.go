package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cenkalti/backoff/v5"
)

// The limits of the tries to reach Temporal.
const (
	longestWait = 30 * time.Second // between two tries
	longestTry  = 2 * time.Minute  // for one try: new search attributes take a while to be usable
)

// startWhenReady registers the search attributes and starts the workers, again
// and again until Temporal lets it, and says what it waits for.
func (w *Workers) startWhenReady(ctx context.Context) error {
	policy := backoff.NewExponentialBackOff()
	policy.InitialInterval = w.options.FirstTry
	policy.Multiplier = 2
	policy.MaxInterval = longestWait

	try := func() (struct{}, error) { return struct{}{}, final(w.startOnce(ctx)) }
	say := func(err error, next time.Duration) {
		w.options.Logger.Warn("waiting for Temporal", "error", err, "next_try_in", next)
	}
	_, err := backoff.Retry(ctx, try, backoff.WithBackOff(policy), backoff.WithMaxElapsedTime(0), backoff.WithNotify(say))
	if err != nil && ctx.Err() == nil {
		return fmt.Errorf("waiting for Temporal: %w", err)
	}
	return nil
}

func (w *Workers) startOnce(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, longestTry)
	defer cancel()
	if err := RegisterSearchAttributes(ctx, w.options.Client, w.options.Namespace); err != nil {
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
