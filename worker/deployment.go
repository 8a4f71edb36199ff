package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cenkalti/backoff/v5"
	deploymentpb "go.temporal.io/api/deployment/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
)

// Deployment is what Temporal stores about the versions of Ringback's workers: which
// there are, and which of them takes new runs.
type Deployment struct {
	Client    client.Client
	Namespace string
	Name      string
}

// Rollout is which versions get runs.
type Rollout struct {
	Current  string // the build that takes new runs; empty if workers without a version do
	Ramping  string // the build that takes a part of them; empty if none does
	Percent  float32
	EverSet  bool // a current version was set at some time
	Versions []VersionState
	// Spreading reports whether some queues of the server may not go by what was set yet.
	Spreading bool
	conflicts []byte // detects changes that others make meanwhile
}

// VersionState is one version of the workers, and how many runs still need it.
type VersionState struct {
	Build       string
	Created     time.Time
	LastCurrent time.Time // when it became current the last time; zero if never
	// Drained reports whether no run needs this version any more.
	Drained bool
	// Draining reports whether the version takes no new runs, and some still need it.
	Draining bool
}

// Rollout returns the versions, the newest first. Its error is a serviceerror.NotFound if
// no worker of the deployment has ever polled.
func (d Deployment) Rollout(ctx context.Context) (Rollout, error) {
	return untilDone(ctx, answeredWithin, isBusy, func() (Rollout, error) {
		rollout, err := d.rollout(ctx)
		if err == nil && rollout.Spreading {
			rollout.Spreading = !d.isSpread(ctx, rollout)
		}
		return rollout, err
	})
}

// answeredWithin is how long the versions may take to be read: the server answers few such
// requests a second.
const answeredWithin = 30 * time.Second

// isBusy reports whether the server refused a request because there were too many.
func isBusy(err error) bool { return errors.As(err, new(*serviceerror.ResourceExhausted)) }

// rollout returns the versions. Its field Spreading is what the server has noted, see isSpread.
func (d Deployment) rollout(ctx context.Context) (Rollout, error) {
	answer, err := d.Client.WorkflowService().DescribeWorkerDeployment(ctx, &workflowservice.DescribeWorkerDeploymentRequest{
		Namespace: d.Namespace, DeploymentName: d.Name,
	})
	if err != nil {
		return Rollout{}, fmt.Errorf("reading the deployment %s: %w", d.Name, err)
	}
	info := answer.GetWorkerDeploymentInfo()
	routing := info.GetRoutingConfig()
	rollout := Rollout{
		Current: routing.GetCurrentDeploymentVersion().GetBuildId(),
		Ramping: routing.GetRampingDeploymentVersion().GetBuildId(), Percent: routing.GetRampingVersionPercentage(),
		EverSet: routing.GetCurrentVersionChangedTime() != nil, conflicts: answer.GetConflictToken(),
		Spreading: info.GetRoutingConfigUpdateState() == enumspb.ROUTING_CONFIG_UPDATE_STATE_IN_PROGRESS,
	}
	for _, v := range info.GetVersionSummaries() {
		rollout.Versions = append(rollout.Versions, versionState(v))
	}
	slices.SortFunc(rollout.Versions, func(a, b VersionState) int { return b.Created.Compare(a.Created) })
	return rollout, nil
}

func versionState(v *deploymentpb.WorkerDeploymentInfo_WorkerDeploymentVersionSummary) VersionState {
	state := VersionState{
		Build: v.GetDeploymentVersion().GetBuildId(), Created: v.GetCreateTime().AsTime(),
		Draining: v.GetStatus() == enumspb.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINING,
		Drained:  v.GetStatus() == enumspb.WORKER_DEPLOYMENT_VERSION_STATUS_DRAINED,
	}
	if t := v.GetLastCurrentTime(); t != nil {
		state.LastCurrent = t.AsTime()
	}
	return state
}

// Before returns the build that was current before the current one. It is empty if there
// was none.
func (r Rollout) Before() string {
	var last VersionState
	for _, v := range r.Versions {
		if v.Build != r.Current && v.LastCurrent.After(last.LastCurrent) {
			last = v
		}
	}
	return last.Build
}

// SetCurrent makes a build take new runs, and those that go on with the current version.
// An empty build means workers without a version. Temporal refuses a build whose workers
// do not poll all queues. AwaitSpread waits until all queues of the server go by it.
func (d Deployment) SetCurrent(ctx context.Context, build string) error {
	return d.setCurrent(ctx, build, nil)
}

func (d Deployment) setCurrent(ctx context.Context, build string, conflicts []byte) error {
	_, err := d.Client.WorkflowService().SetWorkerDeploymentCurrentVersion(ctx, &workflowservice.SetWorkerDeploymentCurrentVersionRequest{
		Namespace: d.Namespace, DeploymentName: d.Name, BuildId: build, ConflictToken: conflicts, Identity: identity,
	})
	if err != nil {
		return fmt.Errorf("making %q the current version of %s: %w", build, d.Name, err)
	}
	return nil
}

// Ramp makes a build take this part of the new runs, in percent. 0 ends that. AwaitSpread
// waits until all queues of the server go by it.
func (d Deployment) Ramp(ctx context.Context, build string, percent float32) error {
	if percent == 0 {
		build = "" // this ends the trial: with its name the build would still be the one that is tried
	}
	_, err := d.Client.WorkflowService().SetWorkerDeploymentRampingVersion(ctx, &workflowservice.SetWorkerDeploymentRampingVersionRequest{
		Namespace: d.Namespace, DeploymentName: d.Name, BuildId: build, Percentage: percent, Identity: identity,
	})
	if err != nil {
		return fmt.Errorf("ramping %q of %s: %w", build, d.Name, err)
	}
	return nil
}

// identity is by whom changes of a deployment are made, as Temporal's UI shows it.
const identity = "ringback"

// registeredWithin is how long the server may take to list workers that poll.
const registeredWithin = 90 * time.Second

// SetFirst makes a build the current version if none ever was. It waits until the server
// has seen the workers of the build, which must have been started. It returns the build
// that is current then.
func (d Deployment) SetFirst(ctx context.Context, build string) (current string, err error) {
	set := func() (string, error) {
		rollout, err := d.rollout(ctx)
		if err != nil || rollout.EverSet {
			return rollout.Current, err
		}
		return build, d.setCurrent(ctx, build, rollout.conflicts)
	}
	return untilDone(ctx, registeredWithin, mayPass, set)
}

// askEvery is how often the server is asked whether it has done something.
const askEvery = 200 * time.Millisecond

// untilDone repeats an operation until it succeeds, trying again does not help against its
// error, or the time has passed.
func untilDone[T any](ctx context.Context, within time.Duration, helps func(error) bool, do backoff.Operation[T]) (T, error) {
	unlessFinal := func() (T, error) {
		done, err := do()
		if err != nil && !helps(err) {
			return done, backoff.Permanent(err)
		}
		return done, err
	}
	return backoff.Retry(ctx, unlessFinal, backoff.WithBackOff(backoff.NewConstantBackOff(askEvery)), backoff.WithMaxElapsedTime(within))
}

// mayPass reports whether an error may be gone after a while.
func mayPass(err error) bool {
	return !errors.As(err, new(*serviceerror.Unimplemented)) && !errors.As(err, new(*serviceerror.PermissionDenied))
}
