package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"
)

// RecomputeInput starts the workflow that computes the touchpoints and the credit of a
// site anew, and its activity.
type RecomputeInput struct {
	SiteID string `json:"site_id"`
}

// Recomputed is how far the new figures are. They are shown once they are complete.
type Recomputed struct {
	Done  int64 `json:"done"` // of Total calls, leads, people and opportunities; both are zero once nothing is to be computed
	Total int64 `json:"total"`
	More  bool  `json:"more,omitempty"` // there is more to compute or to remove

	SiteName string `json:"site_name,omitempty"`
}

// recomputePart is how long one part may take: a little longer than the time after which
// the activity ends itself, and one transaction.
const recomputePart = 2 * time.Minute

// Recompute is the workflow that computes the figures of a site anew, after a change of
// its choices or its time zone. How far that is is in the database, so that it may end and
// begin again at any time.
func Recompute(ctx workflow.Context, in RecomputeInput) error {
	changed := workflow.GetSignalChannel(ctx, SignalRecompute)
	about := in.SiteID
	for range partsPerRun {
		drain(changed)
		var part Recomputed
		if err := workflow.ExecuteActivity(withFigures(ctx, in, about), RecomputeActivity, in).Get(ctx, &part); err != nil {
			return fmt.Errorf("computing the figures of %s anew: %w", in.SiteID, err)
		}
		if part.SiteName != "" {
			about = part.SiteName + " (" + in.SiteID + ")"
		}
		showRecomputed(ctx, part, about)
		if !part.More && !changed.ReceiveAsync(nil) {
			return nil
		}
		if workflow.GetInfo(ctx).GetContinueAsNewSuggested() {
			break
		}
	}
	drain(changed)
	return workflow.NewContinueAsNewError(ctx, RecomputeWorkflow, in)
}

// showRecomputed shows the progress in the Temporal UI (D2), as showDetails does.
func showRecomputed(ctx workflow.Context, part Recomputed, site string) {
	text := "**Removing what is not shown any more**"
	if part.Total > 0 {
		text = fmt.Sprintf("**Computing anew: %d of %d calls, leads, people and opportunities**", part.Done, part.Total) //workflowcheck:ignore
	}
	workflow.SetCurrentDetails(ctx, text+"\n\nSite: "+site+".") //workflowcheck:ignore
}

// withFigures returns the context of the activity that computes figures. It is retried
// without end, because only the database can make it fail. Its summary is what it is about.
func withFigures(ctx workflow.Context, in RecomputeInput, about string) workflow.Context {
	return workflow.WithActivityOptions(ctx, workflow.ActivityOptions{
		TaskQueue:           QueueDispatch,
		StartToCloseTimeout: recomputePart,
		HeartbeatTimeout:    aliveWithin,
		WaitForCancellation: true,
		RetryPolicy: &temporal.RetryPolicy{
			InitialInterval:    time.Second,
			BackoffCoefficient: 2,
			MaximumInterval:    databaseBackoff,
		},
		Priority: temporal.Priority{FairnessKey: in.SiteID, FairnessWeight: 1},
		Summary:  about,
	})
}
