package worker_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	deploymentpb "go.temporal.io/api/deployment/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"google.golang.org/grpc"

	"ringback/worker"
	"ringback/workflows"
)

func (s *versions) DescribeTaskQueue(
	_ context.Context, in *workflowservice.DescribeTaskQueueRequest, _ ...grpc.CallOption,
) (*workflowservice.DescribeTaskQueueResponse, error) {
	if s.denied {
		return nil, serviceerror.NewPermissionDenied("not yours", "")
	}
	config := s.info.GetRoutingConfig()
	if name := in.GetTaskQueue().GetName(); s.behind[name] > 0 {
		s.behind[name]--
		config = routing("old")
	}
	return &workflowservice.DescribeTaskQueueResponse{VersioningInfo: &taskqueuepb.TaskQueueVersioningInfo{
		CurrentDeploymentVersion: config.GetCurrentDeploymentVersion(),
		RampingDeploymentVersion: config.GetRampingDeploymentVersion(), RampingVersionPercentage: config.GetRampingVersionPercentage(),
	}}, nil
}

// ramping returns a routing in which a tenth of what is new goes to another version.
func ramping(current, other string) *deploymentpb.RoutingConfig {
	config := routing(current)
	config.RampingDeploymentVersion, config.RampingVersionPercentage = &deploymentpb.WorkerDeploymentVersion{BuildId: other}, 10
	return config
}

func TestAwaitSpread_AsksTheQueuesIfTheServerHasLostItsNote(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		routing *deploymentpb.RoutingConfig
		unnoted int
		behind  map[string]int
		denied  bool
		late    int
		longest time.Duration
		err     error
	}{
		"noted at once":              {routing: routing("new"), behind: map[string]int{workflows.QueueDispatch: 1}},
		"noted after a second":       {routing: routing("new"), unnoted: 5, longest: time.Second},
		"the note is lost":           {routing: routing("new"), unnoted: -1, longest: 5 * time.Second},
		"of a trial":                 {routing: ramping("one", "new"), unnoted: -1, longest: 5 * time.Second},
		"of its end":                 {routing: routing(""), unnoted: -1, longest: 5 * time.Second},
		"a queue of runs lags":       {routing: routing("new"), unnoted: -1, behind: map[string]int{workflows.QueueConversions: 300}, late: 1, longest: 65 * time.Second},
		"a queue of sends lags":      {routing: ramping("one", "new"), unnoted: -1, behind: map[string]int{workflows.QueueDispatch: 300}, late: 1, longest: 65 * time.Second},
		"the queues may not be read": {routing: routing("new"), unnoted: 100, denied: true, late: 1, longest: 20 * time.Second},
		"a queue never follows":      {routing: routing("new"), unnoted: -1, behind: map[string]int{workflows.QueueDispatch: 1e6}, late: 1, longest: 10 * time.Minute, err: worker.ErrSpreading},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &versionServer{versions: versions{info: &deploymentpb.WorkerDeploymentInfo{RoutingConfig: c.routing}, unnoted: c.unnoted, behind: c.behind, denied: c.denied}}
				d := worker.Deployment{Client: s, Namespace: "default", Name: "ringback"}
				late, begun := 0, time.Now()
				require.ErrorIs(t, d.AwaitSpread(t.Context(), func() { late++ }), c.err)
				require.Equal(t, c.late, late)
				require.LessOrEqual(t, time.Since(begun), c.longest)
				rollout, err := d.Rollout(t.Context())
				require.NoError(t, err)
				require.Equal(t, c.err != nil, rollout.Spreading)
			})
		})
	}
}

func TestAwaitSpread_SaysThatItIsSetIfItIsInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := &versionServer{versions: versions{info: &deploymentpb.WorkerDeploymentInfo{RoutingConfig: routing("new")}, unnoted: -1}}
	err := worker.Deployment{Client: s, Namespace: "default", Name: "ringback"}.AwaitSpread(ctx, func() {})
	require.ErrorIs(t, err, worker.ErrSpreading)
	require.ErrorIs(t, err, context.Canceled)
}
