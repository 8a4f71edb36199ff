package worker_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	deploymentpb "go.temporal.io/api/deployment/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/workflow"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/types/known/timestamppb"

	"ringback/worker"
)

// versionServer is a Temporal that only has the versions of one deployment.
type versionServer struct {
	client.Client
	versions versions
}

// versions answers what is asked about the deployment.
type versions struct {
	workflowservice.WorkflowServiceClient
	info  *deploymentpb.WorkerDeploymentInfo
	late  int // reads until the deployment is known
	taken bool
	set   []string

	unnoted int            // reads until it is noted that the queues go by what was set; -1 if it never is
	behind  map[string]int // by queue: answers until it goes by what was set
	denied  bool           // the queues may not be read

	refuses bool // to show a batch
	asked   int  // how often it was to be shown
}

func (s *versionServer) WorkflowService() workflowservice.WorkflowServiceClient { return &s.versions }

func (s *versions) DescribeWorkerDeployment(
	context.Context, *workflowservice.DescribeWorkerDeploymentRequest, ...grpc.CallOption,
) (*workflowservice.DescribeWorkerDeploymentResponse, error) {
	if s.late > 0 {
		s.late--
		return nil, serviceerror.NewNotFound("no such deployment")
	}
	s.info.RoutingConfigUpdateState = enumspb.ROUTING_CONFIG_UPDATE_STATE_COMPLETED
	if s.unnoted != 0 {
		s.unnoted--
		s.info.RoutingConfigUpdateState = enumspb.ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS
	}
	return &workflowservice.DescribeWorkerDeploymentResponse{WorkerDeploymentInfo: s.info, ConflictToken: []byte("token")}, nil
}

func (s *versions) SetWorkerDeploymentCurrentVersion(
	_ context.Context, in *workflowservice.SetWorkerDeploymentCurrentVersionRequest, _ ...grpc.CallOption,
) (*workflowservice.SetWorkerDeploymentCurrentVersionResponse, error) {
	if s.taken { // by another process, since the versions were read
		s.taken = false
		s.info.RoutingConfig = routing("other")
		return nil, serviceerror.NewFailedPrecondition("conflict token mismatch")
	}
	s.set = append(s.set, in.GetBuildId()+" "+string(in.GetConflictToken()))
	return &workflowservice.SetWorkerDeploymentCurrentVersionResponse{}, nil
}

func (s *versions) CountWorkflowExecutions(
	context.Context, *workflowservice.CountWorkflowExecutionsRequest, ...grpc.CallOption,
) (*workflowservice.CountWorkflowExecutionsResponse, error) {
	return &workflowservice.CountWorkflowExecutionsResponse{Count: 3}, nil
}

func (s *versions) StartBatchOperation(
	context.Context, *workflowservice.StartBatchOperationRequest, ...grpc.CallOption,
) (*workflowservice.StartBatchOperationResponse, error) {
	return &workflowservice.StartBatchOperationResponse{}, nil
}

func (s *versions) DescribeBatchOperation(
	context.Context, *workflowservice.DescribeBatchOperationRequest, ...grpc.CallOption,
) (*workflowservice.DescribeBatchOperationResponse, error) {
	s.asked++
	if s.refuses {
		return nil, serviceerror.NewPermissionDenied("not yours", "")
	}
	state := enumspb.BATCH_OPERATION_STATE_RUNNING
	if s.asked > 2 {
		state = enumspb.BATCH_OPERATION_STATE_COMPLETED
	}
	return &workflowservice.DescribeBatchOperationResponse{State: state}, nil
}

func routing(current string) *deploymentpb.RoutingConfig {
	config := &deploymentpb.RoutingConfig{CurrentVersionChangedTime: timestamppb.Now()}
	if current != "" {
		config.CurrentDeploymentVersion = &deploymentpb.WorkerDeploymentVersion{DeploymentName: "ringback", BuildId: current}
	}
	return config
}

func TestSetFirst_OnlyTheFirstVersionMakesItselfCurrent(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		routing *deploymentpb.RoutingConfig
		late    int
		taken   bool
		current string
		set     []string
	}{
		"the first version":                  {routing: &deploymentpb.RoutingConfig{}, current: "new", set: []string{"new token"}},
		"the first, seen late":               {routing: &deploymentpb.RoutingConfig{}, late: 2, current: "new", set: []string{"new token"}},
		"a version is current":               {routing: routing("old"), current: "old"},
		"this version is current":            {routing: routing("new"), current: "new"},
		"an operator has switched it off":    {routing: routing(""), current: ""},
		"another first one at the same time": {routing: &deploymentpb.RoutingConfig{}, taken: true, current: "other"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &versionServer{versions: versions{info: &deploymentpb.WorkerDeploymentInfo{RoutingConfig: c.routing}, late: c.late, taken: c.taken}}
			d := worker.Deployment{Client: s, Namespace: "default", Name: "ringback"}
			current, err := d.SetFirst(t.Context(), "new")
			require.NoError(t, err)
			require.Equal(t, c.current, current)
			require.Equal(t, c.set, s.versions.set)
		})
	}
}

func TestMove_WaitsForTheBatchUnlessItMayNotSeeIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		refuses bool
		asked   int
	}{"it ends": {false, 3}, "it may not be seen": {true, 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				s := &versionServer{versions: versions{refuses: c.refuses}}
				n, err := worker.Deployment{Client: s, Namespace: "default", Name: "ringback"}.Move(t.Context(), "old")
				require.Equal(t, c.refuses, err != nil, err)
				require.Equal(t, int64(3), n)
				require.Equal(t, c.asked, s.versions.asked)
			})
		})
	}
}

func TestRollout_BackIsWhatWasCurrentBefore(t *testing.T) {
	t.Parallel()
	now := time.Now()
	r := worker.Rollout{Current: "three", Versions: []worker.VersionState{
		{Build: "four"}, {Build: "three", LastCurrent: now}, {Build: "two", LastCurrent: now.Add(-time.Hour)},
		{Build: "one", LastCurrent: now.Add(-2 * time.Hour)},
	}}
	require.Equal(t, "two", r.Before())
	require.Empty(t, worker.Rollout{Current: "one", Versions: []worker.VersionState{{Build: "one", LastCurrent: now}}}.Before())
}

// behaviors collects which workflows stay with their version.
type behaviors map[string]workflow.VersioningBehavior

func (b behaviors) RegisterWorkflowWithOptions(_ any, o workflow.RegisterOptions) {
	b[o.Name] = o.VersioningBehavior
}

// The SDK ends the process if a workflow of workers with a version has no behavior.
func TestRegister_EveryWorkflowHasABehavior(t *testing.T) {
	t.Parallel()
	registered := behaviors{}
	worker.RegisterWorkflows(registered)
	require.NotEmpty(t, registered)
	for name, behavior := range registered {
		require.NotEqual(t, workflow.VersioningBehaviorUnspecified, behavior, name)
	}
	require.Equal(t, workflow.VersioningBehaviorPinned, registered["lead"])
	require.Equal(t, workflow.VersioningBehaviorAutoUpgrade, registered["call"])
}
