package worker

import (
	"go.temporal.io/sdk/workflow"

	sdk "go.temporal.io/sdk/worker"

	"ringback/workflows"
)

// Version is which build of which deployment the workers of a process are. The zero
// value means workers without a version, which take every task.
type Version struct {
	Deployment string // its name in Temporal, such as "ringback"
	Build      string // such as "v1.4.0"
}

// IsZero reports whether the workers have no version.
func (v Version) IsZero() bool { return v == Version{} }

// options returns the options of the SDK's workers.
func (v Version) options() sdk.DeploymentOptions {
	if v.IsZero() {
		return sdk.DeploymentOptions{}
	}
	return sdk.DeploymentOptions{
		UseVersioning: true,
		Version:       sdk.WorkerDeploymentVersion{DeploymentName: v.Deployment, BuildID: v.Build},
	}
}

// behaviors are whether a run stays with the version that it began on. Leads and resends
// send at once and usually end within seconds, so they stay, whatever a new version has
// changed. Calls wait for hours, and the others have no end: they go on with the current
// version, which replays every history that was ever recorded. Workers without a
// version ignore this.
var behaviors = map[string]workflow.VersioningBehavior{
	workflows.CallWorkflow:      workflow.VersioningBehaviorAutoUpgrade,
	workflows.LeadWorkflow:      workflow.VersioningBehaviorPinned,
	workflows.ResendWorkflow:    workflow.VersioningBehaviorPinned,
	workflows.ReadCRMWorkflow:   workflow.VersioningBehaviorAutoUpgrade,
	workflows.RecomputeWorkflow: workflow.VersioningBehaviorAutoUpgrade,
	workflows.ReconcileWorkflow: workflow.VersioningBehaviorAutoUpgrade,
}
