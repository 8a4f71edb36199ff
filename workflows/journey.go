package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"

	"ringback/conversion"
)

// journey is what calls and leads have in common: decide, dispatch each in
// parallel, finish.
type journey struct {
	in         ConversionInput
	progress   *Progress
	deliveries *fanOut
	attributes attributes
}

// newJourney begins a journey whose starter set these search attributes.
func newJourney(ctx workflow.Context, in ConversionInput, set attributes) (*journey, error) {
	progress := &Progress{ConversionID: in.ConversionID, SiteID: in.SiteID, Kind: in.Kind, Stage: StagePlanning}
	j := &journey{in: in, progress: progress, deliveries: newFanOut(ctx, progress), attributes: set}
	if err := answerProgress(ctx, progress); err != nil {
		return nil, err
	}
	return j, nil
}

// answerProgress serves ProgressQuery.
func answerProgress(ctx workflow.Context, progress *Progress) error {
	options := workflow.QueryHandlerOptions{Description: "Where the conversion stands with each integration."}
	answer := func() (Progress, error) { return *progress, nil }
	if err := workflow.SetQueryHandlerWithOptions(ctx, ProgressQuery, answer, options); err != nil {
		return fmt.Errorf("setting the progress query: %w", err)
	}
	return nil
}

// enter shows the next stage.
func (j *journey) enter(ctx workflow.Context, stage Stage, until time.Time) {
	j.progress.enter(stage, until)
	showDetails(ctx, j.progress)
}

// decide makes every decision that is still open, and begins the deliveries.
func (j *journey) decide(ctx workflow.Context, moment conversion.Moment) error {
	var decided Decided
	in := DecideInput{ConversionID: j.in.ConversionID, Moment: moment}
	if err := workflow.ExecuteLocalActivity(withDatabase(ctx), DecideActivity, in).Get(ctx, &decided); err != nil {
		return fmt.Errorf("deciding %s: %w", j.in.ConversionID, err)
	}
	j.progress.CallStatus = decided.Status
	j.progress.skip(decided.Skipped)
	j.deliveries.dispatch(ctx, decided.Deliveries)
	j.progress.forgetWaiting()
	return nil
}

// finish waits until every delivery has its end state, and records that. A
// workflow that was cancelled ends as cancelled.
func (j *journey) finish(ctx workflow.Context) error {
	j.enter(ctx, StageDispatching, time.Time{})
	j.deliveries.wait(ctx)
	in := FinishInput{ConversionID: j.in.ConversionID}
	if err := workflow.ExecuteLocalActivity(withDatabase(ctx), FinishActivity, in).Get(ctx, nil); err != nil {
		return fmt.Errorf("finishing %s: %w", j.in.ConversionID, err)
	}
	j.progress.Cancelled = ctx.Err() != nil
	j.enter(ctx, StageDone, time.Time{})
	if err := j.attributes.upsert(ctx, finished(j.progress)); err != nil {
		return err
	}
	return ctx.Err()
}
