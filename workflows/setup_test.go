package workflows_test

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/log"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/testsuite"

	"ringback/conversion"
	"ringback/worker"
	"ringback/workflows"
	"ringback/workflows/workflowstest"
)

// callStart is when every test's call comes in.
var callStart = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

var input = workflows.ConversionInput{ConversionID: "cnv_1", SiteID: "site_1", Kind: conversion.KindCall}

// open is the plan of a call that has begun and not ended.
var open = workflows.Plan{
	StartKnown: true,
	Status:     "answered",
	CloseAt:    callStart.Add(4 * time.Hour),
	Waiting:    []workflows.Waiting{{IntegrationID: "int_a", IntegrationType: "webhook"}},
}

// ended is the plan of the same call after its end.
var ended = workflows.Plan{
	StartKnown: true, Ended: true, Status: "ended", CloseAt: open.CloseAt, StartGrace: time.Minute, Waiting: open.Waiting,
}

var errDatabaseAway = errors.New("the database is away")

// bundle is a workflow environment with scripted activities. Time skips ahead
// whenever the workflow only waits.
type bundle struct {
	*testsuite.TestWorkflowEnvironment
	activities *workflowstest.Activities

	mu   sync.Mutex
	plan workflows.Plan
}

func setup(t *testing.T) *bundle {
	t.Helper()
	var suite testsuite.WorkflowTestSuite
	suite.SetLogger(log.NewStructuredLogger(slog.New(slog.DiscardHandler)))
	b := &bundle{TestWorkflowEnvironment: suite.NewTestWorkflowEnvironment(), plan: open}
	b.activities = &workflowstest.Activities{
		OnPlan:   func(workflows.PlanInput) (workflows.Plan, error) { return b.planned(), nil },
		OnDecide: func(workflows.DecideInput) (workflows.Decided, error) { return decided(delivery("a")), nil },
	}
	b.SetStartTime(callStart)
	b.SetTestTimeout(time.Minute)
	worker.RegisterWorkflows(b)
	worker.RegisterConversionActivities(b, b.activities)
	worker.RegisterDispatchActivities(b, b.activities)
	worker.RegisterReadingActivities(b, b.activities)
	worker.RegisterRecomputingActivities(b, b.activities)
	worker.RegisterReconcilingActivities(b, b.activities)
	return b
}

// at stores a new plan after a while and signals the workflow, as the intake does.
func (b *bundle) at(after time.Duration, plan workflows.Plan) {
	b.RegisterDelayedCallback(func() {
		b.know(plan)
		b.signal()
	}, after)
}

// after runs a check in the workflow's time.
func (b *bundle) after(d time.Duration, check func()) { b.RegisterDelayedCallback(check, d) }

func (b *bundle) know(plan workflows.Plan) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.plan = plan
}

func (b *bundle) planned() workflows.Plan {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.plan
}

func (b *bundle) signal() {
	b.SignalWorkflow(workflows.SignalEvent, workflows.EventSignal{Seq: 1, Type: conversion.EventTagged})
}

// runCall runs the workflow of the test's call, whose first event has just been stored.
func (b *bundle) runCall() { b.ExecuteWorkflow(workflows.CallWorkflow, input) }

// took is how long the workflow lasted so far.
func (b *bundle) took() time.Duration { return b.Now().Sub(callStart) }

func (b *bundle) progress(t *testing.T) workflows.Progress {
	t.Helper()
	answer, err := b.QueryWorkflow(workflows.ProgressQuery)
	require.NoError(t, err)
	var p workflows.Progress
	require.NoError(t, answer.Get(&p))
	return p
}

// standing is where the conversion stands with an integration.
func (b *bundle) standing(t *testing.T, integrationID string) workflows.Standing {
	t.Helper()
	for _, s := range b.progress(t).Integrations {
		if s.IntegrationID == integrationID {
			return s
		}
	}
	require.Fail(t, "no standing", integrationID)
	return workflows.Standing{}
}

func (b *bundle) requireCompleted(t *testing.T) {
	t.Helper()
	require.True(t, b.IsWorkflowCompleted())
	require.NoError(t, b.GetWorkflowError())
}

func (b *bundle) moments() []conversion.Moment {
	var moments []conversion.Moment
	for _, d := range b.activities.Decisions() {
		moments = append(moments, d.Moment)
	}
	return moments
}

// sent counts the attempts of each delivery.
func (b *bundle) sent() map[string]int {
	counts := map[string]int{}
	for _, d := range b.activities.Dispatches() {
		counts[d.DeliveryID]++
	}
	return counts
}

// delivery is a send to the integration "int_<name>".
func delivery(name string) workflows.Delivery {
	return workflows.Delivery{
		DeliveryID: "dlv_" + name, IntegrationID: "int_" + name, IntegrationType: "webhook",
		RetryFor: 72 * time.Hour, Timeout: 10 * time.Second, PerSecond: 5,
	}
}

func decided(deliveries ...workflows.Delivery) workflows.Decided {
	return workflows.Decided{Status: "answered", Deliveries: deliveries}
}

func minutes(n int) time.Duration { return time.Duration(n) * time.Minute }

// retryIn is how the dispatch activity asks for another attempt.
func retryIn(d time.Duration) error {
	return temporal.NewApplicationErrorWithOptions("answered 503", "unavailable", temporal.ApplicationErrorOptions{
		NextRetryDelay: d, Category: temporal.ApplicationErrorCategoryBenign,
	})
}

// refusing makes one integration's attempts fail with an error, and lets the others arrive.
func refusing(integrationID string, err error) func(context.Context, workflows.DispatchInput) (workflows.Dispatched, error) {
	return func(_ context.Context, in workflows.DispatchInput) (workflows.Dispatched, error) {
		if in.IntegrationID == integrationID {
			return workflows.Dispatched{}, err
		}
		return workflows.Dispatched{State: "delivered", Class: "delivered", Status: 204, Attempts: 1}, nil
	}
}
