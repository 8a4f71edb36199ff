package cli

import (
	"bytes"
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	deploymentpb "go.temporal.io/api/deployment/v1"
	enumspb "go.temporal.io/api/enums/v1"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/grpc"

	"ringback/internal/app"
	"ringback/worker"
)

func TestRolloutStatusNamesWhatCanBeStopped(t *testing.T) {
	t.Parallel()
	rollout := worker.Rollout{Current: "two", Ramping: "three", Percent: 12.5}
	for want, v := range map[string]worker.VersionState{
		"current":               {Build: "two"},
		"ramping, 12.5 percent": {Build: "three"},
		"draining: it still has runs, keep its workers": {Build: "one", Draining: true},
		"drained: its workers can be stopped":           {Build: "one", Drained: true},
		"waiting to be promoted":                        {Build: "four"},
	} {
		require.Equal(t, want, stateOf(v, rollout))
	}
	rollout.Spreading = true
	require.Equal(t, "drained, but keep its workers until all queues go by this", stateOf(worker.VersionState{Build: "one", Drained: true}, rollout))
}

// routed is a Temporal that only answers whether its queues go by what was set.
type routed struct {
	workflowservice.WorkflowServiceClient
	reads int // until they do; -1 if they never do
	set   []string
}

// routedClient is a client of it.
type routedClient struct {
	client.Client
	routed routed
}

func (c *routedClient) WorkflowService() workflowservice.WorkflowServiceClient { return &c.routed }

func (r *routed) DescribeWorkerDeployment(
	context.Context, *workflowservice.DescribeWorkerDeploymentRequest, ...grpc.CallOption,
) (*workflowservice.DescribeWorkerDeploymentResponse, error) {
	info := &deploymentpb.WorkerDeploymentInfo{RoutingConfigUpdateState: enumspb.ROUTING_CONFIG_UPDATE_STATE_COMPLETED}
	if r.reads != 0 {
		r.reads--
		info.RoutingConfigUpdateState = enumspb.ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS
	}
	return &workflowservice.DescribeWorkerDeploymentResponse{WorkerDeploymentInfo: info}, nil
}

func (r *routed) DescribeTaskQueue(
	context.Context, *workflowservice.DescribeTaskQueueRequest, ...grpc.CallOption,
) (*workflowservice.DescribeTaskQueueResponse, error) {
	other := &deploymentpb.WorkerDeploymentVersion{DeploymentName: "ringback", BuildId: "other"}
	return &workflowservice.DescribeTaskQueueResponse{VersioningInfo: &taskqueuepb.TaskQueueVersioningInfo{CurrentDeploymentVersion: other}}, nil
}

func TestRolloutSaysWhatItWaitsFor(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		reads    int
		out, err string
	}{
		"soon":  {reads: 3},
		"late":  {reads: 500, out: "Waiting until all queues"},
		"never": {reads: -1, out: "Waiting until all queues", err: "keep the workers of all versions running, and run 'ringback rollout off' to wait for it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var out bytes.Buffer
				d := app.Deployment{Deployment: worker.Deployment{Client: &routedClient{routed: routed{reads: c.reads}}, Namespace: "default", Name: "ringback"}}
				err := awaitSpread(t.Context(), d, "ringback rollout off", streams{err: &out})
				if c.err == "" {
					require.NoError(t, err)
				} else {
					require.ErrorContains(t, err, c.err)
				}
				require.Equal(t, c.out != "", out.Len() > 0)
				require.Contains(t, out.String(), c.out)
			})
		})
	}
}

func (r *routed) SetWorkerDeploymentCurrentVersion(
	_ context.Context, in *workflowservice.SetWorkerDeploymentCurrentVersionRequest, _ ...grpc.CallOption,
) (*workflowservice.SetWorkerDeploymentCurrentVersionResponse, error) {
	r.set = append(r.set, in.GetBuildId())
	return &workflowservice.SetWorkerDeploymentCurrentVersionResponse{}, nil
}

// A second 'rollout back' makes the build current again from which the first one went back. So
// one that is interrupted names the command that does not.
func TestBack_ThatIsInterruptedNamesTheBuildToWaitFor(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	server := &routedClient{routed: routed{reads: -1}}
	d := app.Deployment{Deployment: worker.Deployment{Client: server, Namespace: "default", Name: "ringback"}}
	for leaving, again := range map[string]string{"": "'ringback rollout promote one'", "one": "'ringback rollout promote one --leave-running'"} {
		err := promote(ctx, d, "one", leaving, streams{})
		require.ErrorIs(t, err, worker.ErrSpreading)
		require.ErrorContains(t, err, again)
	}
	require.Equal(t, []string{"one", "one"}, server.routed.set)
}

func TestPromote_LeavesTheSameRunsWhenItIsRunAgain(t *testing.T) {
	t.Parallel()
	now := time.Now()
	before := worker.Rollout{Current: "one", Versions: []worker.VersionState{{Build: "one", LastCurrent: now.Add(-time.Hour)}, {Build: "two"}}}
	require.Equal(t, "one", leftBy("two", before))
	after := worker.Rollout{Current: "two", Versions: []worker.VersionState{{Build: "one", LastCurrent: now.Add(-time.Hour)}, {Build: "two", LastCurrent: now}}}
	require.Equal(t, "one", leftBy("two", after))
	only := worker.Rollout{Current: "one", Versions: []worker.VersionState{{Build: "one", LastCurrent: now}}}
	require.Equal(t, "one", leftBy("one", only), "there is nothing to leave")
}

func TestRolloutNeedsABuildAndAPercentage(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"--percent must be from 0 to 100":        {"ramp", "two", "--percent", "101"},
		"missing flags: --percent":               {"ramp", "two"},
		"--worker-build (RINGBACK_WORKER_BUILD)": {"promote"},
		"expected \"<build>\"":                   {"move"},
	} {
		_, errOut, err := command(t, append([]string{"rollout"}, args...)...)
		require.Error(t, err)
		require.Contains(t, errOut, want)
	}
}
