package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// ReadingInput starts the workflow that reads an integration's CRM, and its activity.
type ReadingInput struct {
	IntegrationID string `json:"integration_id"`
	SiteID        string `json:"site_id"`
}

// ReadCRM is how one part of the reading went. What was read is in the database.
type ReadCRM struct {
	Off     bool          `json:"off,omitempty"` // the owner does not want it any more
	State   string        `json:"state"`
	Wait    time.Duration `json:"wait"`    // until the next part; zero if there is more to read now
	Records int           `json:"records"` // that were read
	Changes int           `json:"changes"` // of these
}

// readPart is how long one part of a reading may take: a little longer than the minute
// after which the activity ends itself, and one query.
const readPart = 4 * time.Minute

// partsPerRun is how many parts one run of the workflow reads. Each has about ten events
// in the history.
const partsPerRun = 200

// Reading is the workflow that reads an integration's CRM. It runs as long as the owner
// wants it. How far everything has been read is in the database, so that it may end and
// begin again at any time.
func Reading(ctx workflow.Context, in ReadingInput) error {
	asked := workflow.GetSignalChannel(ctx, SignalRead)
	for range partsPerRun {
		drain(asked)
		var part ReadCRM
		if err := workflow.ExecuteActivity(withCRM(ctx, in), ReadCRMActivity, in).Get(ctx, &part); err != nil {
			return fmt.Errorf("reading the CRM of %s: %w", in.IntegrationID, err)
		}
		if part.Off && !asked.ReceiveAsync(nil) {
			return nil
		}
		if err := pause(ctx, asked, part.Wait); err != nil {
			return err
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			break
		}
	}
	drain(asked)
	return workflow.NewContinueAsNewError(ctx, ReadCRMWorkflow, in)
}

// drain takes the signals that are answered by what follows.
func drain(asked workflow.ReceiveChannel) {
	for asked.ReceiveAsync(nil) {
	}
}

// pause waits for this long, or until somebody asks for a reading. It returns an error if
// the workflow is cancelled.
func pause(ctx workflow.Context, asked workflow.ReceiveChannel, wait time.Duration) error {
	if wait <= 0 {
		return ctx.Err()
	}
	timed, cancel := workflow.WithCancel(ctx)
	defer cancel()
	timer := workflow.NewTimerWithOptions(timed, wait, withTimer("until the CRM is read again"))
	workflow.NewSelector(ctx).
		AddFuture(timer, func(workflow.Future) {}).
		AddReceive(asked, func(c workflow.ReceiveChannel, _ bool) { c.Receive(ctx, nil) }).
		Select(ctx)
	return ctx.Err()
}

// withCRM returns the context of the activity that reads a CRM. It is retried without
// end, because only the database can make it fail.
func withCRM(ctx workflow.Context, in ReadingInput) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           QueueDispatch,
		StartToCloseTimeout: readPart,
		HeartbeatTimeout:    aliveWithin,
		WaitForCancellation: true,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    time.Second,
			BackoffCoefficient: 2,
			MaximumInterval:    databaseBackoff,
		},
		Priority: temporal.Priority{FairnessKey: in.IntegrationID, FairnessWeight: 1},
		Summary:  in.IntegrationID,
	})
}
