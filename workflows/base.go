package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"ringback/conversion"
)

// conversionRun is what the workflows of calls and leads have in common: decide,
// dispatch the deliveries in parallel, finish.
type conversionRun struct {
	in         ConversionInput
	progress   *Progress
	deliveries *fanOut
	attributes attributes
	done       bool // the conversion is recorded as done
}

// newConversionRun returns a run. Set holds the search attributes that the workflow
// was started with.
func newConversionRun(ctx workflow.Context, in ConversionInput, set attributes) (*conversionRun, error) {
	progress := &Progress{ConversionID: in.ConversionID, SiteID: in.SiteID, Kind: in.Kind, Stage: StagePlanning}
	r := &conversionRun{in: in, progress: progress, deliveries: newFanOut(ctx, progress), attributes: set}
	if err := answerProgress(ctx, progress); err != nil {
		return nil, err
	}
	return r, nil
}

// answerProgress registers the handler of ProgressQuery.
func answerProgress(ctx workflow.Context, progress *Progress) error {
	options := workflow.QueryHandlerOptions{Description: "Where the conversion stands with each integration."}
	answer := func() (Progress, error) { return *progress, nil }
	if err := workflow.SetQueryHandlerWithOptions(ctx, ProgressQuery, answer, options); err != nil {
		return fmt.Errorf("setting the progress query: %w", err)
	}
	return nil
}

// enter shows the next stage.
func (r *conversionRun) enter(ctx workflow.Context, stage Stage, until time.Time) {
	r.progress.enter(stage, until)
	showDetails(ctx, r.progress)
}

// decide makes every decision that is still open, and starts the deliveries.
func (r *conversionRun) decide(ctx workflow.Context, moment conversion.Moment) error {
	var decided Decided
	in := DecideInput{ConversionID: r.in.ConversionID, Moment: moment}
	if err := workflow.ExecuteLocalActivity(withDatabase(ctx), DecideActivity, in).Get(ctx, &decided); err != nil {
		return fmt.Errorf("deciding %s: %w", r.in.ConversionID, err)
	}
	r.follow(ctx, decided)
	return nil
}

// follow starts the deliveries that were decided on.
func (r *conversionRun) follow(ctx workflow.Context, decided Decided) {
	r.progress.CallStatus = decided.Status
	r.progress.SiteName = decided.SiteName
	r.progress.skip(decided.Skipped)
	r.deliveries.skip(decided.Ended)
	r.deliveries.dispatch(ctx, decided.Deliveries)
	r.done = decided.Done
	r.progress.forgetWaiting()
}

// finish waits until every delivery has its end state, and records that. A cancelled
// workflow ends as cancelled.
func (r *conversionRun) finish(ctx workflow.Context) error {
	r.enter(ctx, StageDispatching, time.Time{})
	r.deliveries.wait(ctx)
	if err := r.record(ctx); err != nil {
		return err
	}
	r.progress.Cancelled = ctx.Err() != nil
	r.enter(ctx, StageDone, time.Time{})
	if err := r.attributes.upsert(ctx, finished(r.progress)); err != nil {
		return err
	}
	return ctx.Err()
}

// record records that the conversion is done, unless its last attempt did.
func (r *conversionRun) record(ctx workflow.Context) error {
	if r.done {
		return nil
	}
	in := FinishInput{ConversionID: r.in.ConversionID}
	if err := workflow.ExecuteLocalActivity(withDatabase(ctx), FinishActivity, in).Get(ctx, nil); err != nil {
		return fmt.Errorf("finishing %s: %w", r.in.ConversionID, err)
	}
	return nil
}
