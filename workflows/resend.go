package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"
)

// Resend is the workflow of a delivery that a person requested again. It decides
// nothing: the delivery and its payload are stored.
func Resend(ctx workflow.Context, in ResendInput) error {
	progress := &Progress{SiteID: in.SiteID, Stage: StageDispatching}
	if err := answerProgress(ctx, progress); err != nil {
		return err
	}
	var delivery Delivery
	if err := workflow.ExecuteLocalActivity(withDatabase(ctx), PrepareResendActivity, in).Get(ctx, &delivery); err != nil {
		return fmt.Errorf("preparing the resend of %s: %w", in.DeliveryID, err)
	}
	progress.SiteName = delivery.SiteName
	deliveries := newFanOut(ctx, progress)
	deliveries.dispatch(ctx, []Delivery{delivery})
	deliveries.wait(ctx)

	progress.Cancelled = ctx.Err() != nil
	progress.enter(StageDone, time.Time{})
	showDetails(ctx, progress)
	if err := new(attributes).upsert(ctx, finished(progress)); err != nil {
		return err
	}
	return ctx.Err()
}
