package workflows

import (
	"fmt"
	"time"

	"go.temporal.io/sdk/workflow"
)

// ReconcileInput starts the workflow that reconciles a source, and its activity.
type ReconcileInput struct {
	SiteID string `json:"site_id"`
	Source string `json:"source"`
}

// Reconciled is how one part of a reconciliation went. The calls are in the database.
type Reconciled struct {
	Off    bool          `json:"off,omitempty"` // the owner does not want it any more
	State  string        `json:"state"`
	Wait   time.Duration `json:"wait"`   // until the next part; zero if there is more to read now
	Listed int           `json:"listed"` // calls that the provider has listed
	Found  int           `json:"found"`  // of these, calls that were not known

	SiteName string `json:"site_name,omitempty"`
}

// Reconcile is the workflow that asks a source's provider for calls whose messages never
// came. It runs as long as the owner wants it. How far the list was read is in the
// database, so that it may end and begin again at any time.
func Reconcile(ctx workflow.Context, in ReconcileInput) error {
	key := in.SiteID + "/" + in.Source
	about := key
	reconcile := inParts{signal: SignalReconcile, summary: "until calls are asked for again", part: func() (off bool, wait time.Duration, err error) {
		var part Reconciled
		if err := workflow.ExecuteActivity(withReading(ctx, key, about), ReconcileActivity, in).Get(ctx, &part); err != nil {
			return false, 0, fmt.Errorf("reconciling %s: %w", key, err)
		}
		if part.SiteName != "" {
			about = atSite(key, part.SiteName)
			workflow.SetCurrentDetails(ctx, about)
		}
		return part.Off, part.Wait, nil
	}}
	if off, err := reconcile.run(ctx); off || err != nil {
		return err
	}
	return workflow.NewContinueAsNewError(ctx, ReconcileWorkflow, in)
}
