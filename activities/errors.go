package activities

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"ringback/internal/fault"
)

// The types of the errors that Temporal sees. They say in which stage an
// activity stopped, and so what has happened already: until ErrorBeforeSend
// nothing was sent, with ErrorAfterSend it was and may be sent again
// (guarantee 3).
const (
	ErrorReading    = "reading"     // the database did not tell
	ErrorDeciding   = "deciding"    // what becomes of a conversion or delivery was not stored
	ErrorBeforeSend = "before_send" // the attempt was not begun
	ErrorAfterSend  = "after_send"  // the attempt was made, its outcome was not stored
	ErrorWaiting    = "waiting"     // expected: the delivery is held back
	ErrorRetrying   = "retrying"    // expected: the attempt failed, another follows
)

// stageError makes the error of a stage for Temporal. Its text holds the stage
// and a code; the cause may quote names and numbers, so it goes to the log only.
func stageError(ctx context.Context, log *slog.Logger, stage string, id string, cause error) error {
	code := fault.CodeOf(cause)
	if !errors.Is(cause, context.Canceled) {
		log.LogAttrs(ctx, slog.LevelError, "activity.failed",
			slog.String("stage", stage), slog.String("id", id), slog.String("code", string(code)), slog.Any("error", cause))
	}
	return temporal.NewApplicationErrorWithOptions(fmt.Sprintf("%s: %s", stage, code), stage,
		temporal.ApplicationErrorOptions{
			NonRetryable:   code == fault.NotFound, // erased: no retry brings it back
			NextRetryDelay: retryAfter(ctx, cause),
		})
}

// mayPass reports whether trying again may help: not when what it is about is gone
// or contradicts what is stored.
func mayPass(err error) bool {
	code := fault.CodeOf(err)
	return code != fault.NotFound && code != fault.Conflict
}

// retryAfter is what the database asks for when it is away; 0: by the policy.
// Local activities always go by the policy: a delay of seconds keeps their
// workflow task open and heart-beating, which fills the history.
func retryAfter(ctx context.Context, err error) time.Duration {
	if activity.IsActivity(ctx) && activity.GetInfo(ctx).IsLocalActivity {
		return 0
	}
	var f *fault.Error
	if errors.As(err, &f) {
		return f.RetryAfter
	}
	return 0
}

// expected makes the error of a refusal that is part of normal operation: not
// counted as a failure, not logged, tried again after the delay. The text is
// shown by Temporal.
func expected(errorType, text string, delay time.Duration) error {
	return temporal.NewApplicationErrorWithOptions(text, errorType, temporal.ApplicationErrorOptions{
		NextRetryDelay: max(delay, time.Millisecond), // 0 would mean "by the policy"
		Category:       temporal.ApplicationErrorCategoryBenign,
	})
}
