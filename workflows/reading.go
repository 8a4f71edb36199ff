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

	IntegrationType string `json:"integration_type,omitempty"`
	IntegrationName string `json:"integration_name,omitempty"`
	SiteName        string `json:"site_name,omitempty"`
}

// readPart is how long one part of a reading may take: a little longer than the minute
// after which the activity ends itself, and one query.
const readPart = 4 * time.Minute

// Reading is the workflow that reads an integration's CRM. It runs as long as the owner
// wants it. How far everything has been read is in the database, so that it may end and
// begin again at any time.
func Reading(ctx workflow.Context, in ReadingInput) error {
	about := in.IntegrationID
	read := inParts{signal: SignalRead, summary: "until the CRM is read again", part: func() (off bool, wait time.Duration, err error) {
		var part ReadCRM
		if err := workflow.ExecuteActivity(withReading(ctx, in.IntegrationID, about), ReadCRMActivity, in).Get(ctx, &part); err != nil {
			return false, 0, fmt.Errorf("reading the CRM of %s: %w", in.IntegrationID, err)
		}
		if part.IntegrationName != "" {
			about = atSite(integrationLabel(part.IntegrationType, in.IntegrationID, part.IntegrationName), part.SiteName)
			workflow.SetCurrentDetails(ctx, about)
		}
		return part.Off, part.Wait, nil
	}}
	if off, err := read.run(ctx); off || err != nil {
		return err
	}
	return workflow.NewContinueAsNewError(ctx, ReadCRMWorkflow, in)
}

// withReading returns the context of an activity that reads from the outside. It is
// retried without end, because only the database can make it fail. All readings of one
// key share the queue fairly with those of others. The UI shows the summary.
func withReading(ctx workflow.Context, key, summary string) workflow.Context {
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
		Priority: temporal.Priority{FairnessKey: key, FairnessWeight: 1},
		Summary:  summary,
	})
}
