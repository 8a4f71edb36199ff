package activities

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"ringback/internal/delivery"
	"ringback/internal/fault"
)

// The types of the errors that Temporal sees. They name the stage in which an
// activity stopped, and so what has happened already: up to ErrorBeforeSend
// nothing was sent; with ErrorAfterSend it was, and may be sent again (G3).
const (
	ErrorReading     = "reading"     // the database could not be read
	ErrorDeciding    = "deciding"    // the new state of a conversion or delivery was not stored
	ErrorBeforeSend  = "before_send" // the attempt was not begun
	ErrorAfterSend   = "after_send"  // the attempt was made, its outcome was not stored
	ErrorReadingCRM  = "reading_crm" // what was read of a CRM was not stored
	ErrorReconciling = "reconciling" // what a provider has listed was not stored
	ErrorComputing   = "computing"   // a part of the figures was not stored
	ErrorWaiting     = "waiting"     // benign: the delivery, or other work, is deferred
	ErrorRetrying    = "retrying"    // benign: the attempt failed, another follows
)

// stageError returns the error of a stage for Temporal. Its text holds the stage
// and a code. The cause may quote names and numbers, so it goes to the log only.
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

// retryable reports whether trying again may help. It does not if the row is gone
// or the change contradicts what is stored.
func retryable(err error) bool {
	code := fault.CodeOf(err)
	return code != fault.NotFound && code != fault.Conflict
}

// retryAfter returns the delay that the database asks for when it is away, or 0
// to use the retry policy. Local activities always use the policy: a delay of
// seconds would keep their workflow task open and heartbeating, which fills the
// history.
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

// benign returns the error of a refusal that is part of normal operation: it is
// not counted as a failure, not logged, and retried after the delay. Temporal
// shows the text.
func benign(errorType, text string, delay time.Duration) error {
	return temporal.NewApplicationErrorWithOptions(text, errorType, temporal.ApplicationErrorOptions{
		NextRetryDelay: max(delay, time.Millisecond), // 0 would mean "by the policy"
		Category:       temporal.ApplicationErrorCategoryBenign,
	})
}

// deferred returns the error of an activity beside the deliveries that the gate refuses a
// place, nil if err is none of the gate's. Temporal calls it again when it may come back.
func deferred(err error) error {
	var full *delivery.FullError
	if !errors.As(err, &full) {
		return nil
	}
	return benign(ErrorWaiting, "waiting: "+string(full.Limit), full.ReturnIn)
}
