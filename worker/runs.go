package worker

import (
	"context"
	"fmt"
	"strings"
	"time"

	batchpb "go.temporal.io/api/batch/v1"
	deploymentpb "go.temporal.io/api/deployment/v1"
	enumspb "go.temporal.io/api/enums/v1"
	workflowpb "go.temporal.io/api/workflow/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/protobuf/types/known/fieldmaskpb"

	"ringback/internal/ids"
)

// Leave makes all runs of a build stay with it, also those that would go on with the
// current version. It returns how many there are.
func (d Deployment) Leave(ctx context.Context, build string) (int64, error) {
	version := &deploymentpb.WorkerDeploymentVersion{DeploymentName: d.Name, BuildId: build}
	pinned := &workflowpb.VersioningOverride_PinnedOverride{
		Version: version, Behavior: workflowpb.VersioningOverride_PINNED_OVERRIDE_BEHAVIOR_PINNED,
	}
	return d.override(ctx, build, &workflowpb.VersioningOverride{Override: &workflowpb.VersioningOverride_Pinned{Pinned: pinned}})
}

// Move makes all runs of a build go on with the current version. It returns how many there
// are. Those whose history the current version does not replay wait until another
// version is current that does.
func (d Deployment) Move(ctx context.Context, build string) (int64, error) {
	return d.override(ctx, build, &workflowpb.VersioningOverride{Override: &workflowpb.VersioningOverride_AutoUpgrade{AutoUpgrade: true}})
}

// override sets the versioning of all running runs of a build, and waits until the server
// has done it. It returns the number of these runs.
func (d Deployment) override(ctx context.Context, build string, override *workflowpb.VersioningOverride) (int64, error) {
	query := fmt.Sprintf("ExecutionStatus = 'Running' AND TemporalWorkerDeploymentVersion = '%s:%s'", quoted(d.Name), quoted(build))
	found, err := d.Client.WorkflowService().CountWorkflowExecutions(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: d.Namespace, Query: query})
	if err != nil {
		return 0, fmt.Errorf("counting the runs of %s: %w", build, err)
	}
	if found.GetCount() == 0 {
		return 0, nil
	}
	job := ids.New("batch")
	options := &batchpb.BatchOperationUpdateWorkflowExecutionOptions{
		Identity:                 identity,
		WorkflowExecutionOptions: &workflowpb.WorkflowExecutionOptions{VersioningOverride: override},
		UpdateMask:               &fieldmaskpb.FieldMask{Paths: []string{"versioning_override"}},
	}
	_, err = d.Client.WorkflowService().StartBatchOperation(ctx, &workflowservice.StartBatchOperationRequest{
		Namespace: d.Namespace, JobId: job, VisibilityQuery: query, Reason: "the version of the workers of " + build,
		Operation: &workflowservice.StartBatchOperationRequest_UpdateWorkflowOptionsOperation{UpdateWorkflowOptionsOperation: options},
	})
	if err != nil {
		return 0, fmt.Errorf("changing the runs of %s: %w", build, err)
	}
	return found.GetCount(), d.awaitBatch(ctx, job)
}

// quoted returns a value as it stands within the quotes of a query.
func quoted(value string) string { return strings.ReplaceAll(value, "'", "''") }

// batchWithin is how long the server may take for a batch: it does 50 runs a second or so.
const batchWithin = time.Hour

// awaitBatch waits until the server has ended a batch.
func (d Deployment) awaitBatch(ctx context.Context, job string) error {
	ended := func() (*workflowservice.DescribeBatchOperationResponse, error) {
		batch, err := d.Client.WorkflowService().DescribeBatchOperation(ctx, &workflowservice.DescribeBatchOperationRequest{Namespace: d.Namespace, JobId: job})
		if err == nil && batch.GetState() == enumspb.BATCH_OPERATION_STATE_RUNNING {
			return nil, fmt.Errorf("the batch %s is still running", job)
		}
		return batch, err
	}
	batch, err := untilDone(ctx, batchWithin, mayPass, ended)
	if err != nil {
		return fmt.Errorf("waiting for the batch %s: %w", job, err)
	}
	if batch.GetState() == enumspb.BATCH_OPERATION_STATE_FAILED || batch.GetFailureOperationCount() > 0 {
		return fmt.Errorf("the batch %s could not change %d of %d runs", job, batch.GetFailureOperationCount(), batch.GetTotalOperationCount())
	}
	return nil
}
