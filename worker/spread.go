package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"

	"ringback/workflows"
)

// ErrSpreading means that something is set, and that it is not known whether all queues of
// the server go by it.
var ErrSpreading = errors.New("it is set, but not known to have reached all queues of Temporal")

const (
	// spreadWithin is how long it may take until the queues of the server go by what was set.
	spreadWithin = 10 * time.Minute
	// notedAfter is how many questions it takes at most, usually, until the server has noted
	// that they do.
	notedAfter = int(5 * time.Second / askEvery)
)

// AwaitSpread waits until the queues of the server go by what was set. It calls late once
// if that takes longer than usual. Its errors are ErrSpreading.
//
// The server notes when all partitions of all queues do. But it loses that note at times
// (temporalio/temporal#11842), and what was set counts as unfinished for ever. So
// after a while the queues themselves are asked.
func (d Deployment) AwaitSpread(ctx context.Context, late func()) error {
	asked := 0
	_, err := untilDone(ctx, spreadWithin, mayPass, func() (struct{}, error) {
		asked++
		rollout, err := d.rollout(ctx)
		if err == nil && rollout.Spreading && (asked < notedAfter || !d.isSpread(ctx, rollout)) {
			err = ErrSpreading
		}
		if err != nil && asked == notedAfter {
			late()
		}
		return struct{}{}, err
	})
	if err != nil && !errors.Is(err, ErrSpreading) {
		err = fmt.Errorf("%w: %w", ErrSpreading, err)
	}
	return err
}

// versioned are the queues whose tasks go to versions.
var versioned = map[string]enumspb.TaskQueueType{
	workflows.QueueConversions: enumspb.TASK_QUEUE_TYPE_WORKFLOW,
	workflows.QueueDispatch:    enumspb.TASK_QUEUE_TYPE_ACTIVITY,
}

// isSpread reports whether the queues are known to go by a rollout. Each is asked at its root
// partition, from which the others learn at once what has changed.
func (d Deployment) isSpread(ctx context.Context, rollout Rollout) bool {
	for name, kind := range versioned {
		queue, err := d.Client.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
			Namespace: d.Namespace, TaskQueue: &taskqueuepb.TaskQueue{Name: name, Kind: enumspb.TASK_QUEUE_KIND_NORMAL}, TaskQueueType: kind,
		})
		info := queue.GetVersioningInfo()
		if err != nil || info.GetCurrentDeploymentVersion().GetBuildId() != rollout.Current ||
			info.GetRampingDeploymentVersion().GetBuildId() != rollout.Ramping || info.GetRampingVersionPercentage() != rollout.Percent {
			return false
		}
	}
	return true
}
