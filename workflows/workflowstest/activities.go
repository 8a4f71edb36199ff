// Package workflowstest has stand-ins for the activities that the workflows call, so
// that workflows can be tested, and their histories recorded, without a database or
// destinations. It must not know of the real activities.
package workflowstest

import (
	"context"
	"sync"

	"ringback/workflows"
)

// Activities answers as it is told, and remembers what it was asked. What is
// left nil answers with a zero value; Dispatch delivers at the first attempt.
type Activities struct {
	OnPlan          func(workflows.PlanInput) (workflows.Plan, error)
	OnDecide        func(workflows.DecideInput) (workflows.Decided, error)
	OnPrepareResend func(workflows.ResendInput) (workflows.Delivery, error)
	OnDispatch      func(context.Context, workflows.DispatchInput) (workflows.Dispatched, error)
	OnGiveUp        func(workflows.GiveUpInput) (workflows.Dispatched, error)
	OnFinish        func(workflows.FinishInput) error
	OnReadCRM       func(workflows.ReadingInput) (workflows.ReadCRM, error)
	OnRecompute     func(workflows.RecomputeInput) (workflows.Recomputed, error)
	OnReconcile     func(workflows.ReconcileInput) (workflows.Reconciled, error)

	mu         sync.Mutex
	plans      []workflows.PlanInput
	decisions  []workflows.DecideInput
	dispatches []workflows.DispatchInput
	givenUp    []workflows.GiveUpInput
	finished   []workflows.FinishInput
	readings   []workflows.ReadingInput
	recomputed []workflows.RecomputeInput
	reconciled []workflows.ReconcileInput
}

var (
	_ workflows.ConversionActivities  = (*Activities)(nil)
	_ workflows.DispatchActivities    = (*Activities)(nil)
	_ workflows.ReadingActivities     = (*Activities)(nil)
	_ workflows.RecomputingActivities = (*Activities)(nil)
	_ workflows.ReconcilingActivities = (*Activities)(nil)
)

// Plan answers with OnPlan.
func (a *Activities) Plan(_ context.Context, in workflows.PlanInput) (workflows.Plan, error) {
	note(a, &a.plans, in)
	return answer(a.OnPlan, in)
}

// Decide answers with OnDecide.
func (a *Activities) Decide(_ context.Context, in workflows.DecideInput) (workflows.Decided, error) {
	note(a, &a.decisions, in)
	return answer(a.OnDecide, in)
}

// PrepareResend answers with OnPrepareResend.
func (a *Activities) PrepareResend(_ context.Context, in workflows.ResendInput) (workflows.Delivery, error) {
	return answer(a.OnPrepareResend, in)
}

// Dispatch answers with OnDispatch, else with a delivery that arrived.
func (a *Activities) Dispatch(ctx context.Context, in workflows.DispatchInput) (workflows.Dispatched, error) {
	note(a, &a.dispatches, in)
	if a.OnDispatch == nil {
		return workflows.Dispatched{State: "delivered", Class: "delivered", Status: 200, Attempts: 1}, nil
	}
	return a.OnDispatch(ctx, in)
}

// GiveUp answers with OnGiveUp, else with a delivery that failed.
func (a *Activities) GiveUp(_ context.Context, in workflows.GiveUpInput) (workflows.Dispatched, error) {
	note(a, &a.givenUp, in)
	if a.OnGiveUp == nil {
		return workflows.Dispatched{State: "failed", Class: "timeout", Attempts: 1}, nil
	}
	return a.OnGiveUp(in)
}

// Finish answers with OnFinish.
func (a *Activities) Finish(_ context.Context, in workflows.FinishInput) error {
	note(a, &a.finished, in)
	if a.OnFinish == nil {
		return nil
	}
	return a.OnFinish(in)
}

// ReadCRM answers with OnReadCRM.
func (a *Activities) ReadCRM(_ context.Context, in workflows.ReadingInput) (workflows.ReadCRM, error) {
	note(a, &a.readings, in)
	return answer(a.OnReadCRM, in)
}

// Recompute answers with OnRecompute.
func (a *Activities) Recompute(_ context.Context, in workflows.RecomputeInput) (workflows.Recomputed, error) {
	note(a, &a.recomputed, in)
	return answer(a.OnRecompute, in)
}

// Reconcile answers with OnReconcile.
func (a *Activities) Reconcile(_ context.Context, in workflows.ReconcileInput) (workflows.Reconciled, error) {
	note(a, &a.reconciled, in)
	return answer(a.OnReconcile, in)
}

// Plans returns the calls of Plan so far.
func (a *Activities) Plans() []workflows.PlanInput { return noted(a, &a.plans) }

// Decisions returns the calls of Decide so far.
func (a *Activities) Decisions() []workflows.DecideInput { return noted(a, &a.decisions) }

// Dispatches returns the attempts so far, in the order in which they began.
func (a *Activities) Dispatches() []workflows.DispatchInput { return noted(a, &a.dispatches) }

// GivenUp returns the calls of GiveUp so far.
func (a *Activities) GivenUp() []workflows.GiveUpInput { return noted(a, &a.givenUp) }

// Finished returns the calls of Finish so far.
func (a *Activities) Finished() []workflows.FinishInput { return noted(a, &a.finished) }

// Readings returns the calls of ReadCRM so far.
func (a *Activities) Readings() []workflows.ReadingInput { return noted(a, &a.readings) }

// Recomputed returns the calls of Recompute so far.
func (a *Activities) Recomputed() []workflows.RecomputeInput { return noted(a, &a.recomputed) }

// Reconciliations returns the calls of Reconcile so far.
func (a *Activities) Reconciliations() []workflows.ReconcileInput { return noted(a, &a.reconciled) }

func answer[In, Out any](f func(In) (Out, error), in In) (Out, error) {
	if f == nil {
		var zero Out
		return zero, nil
	}
	return f(in)
}

func note[In any](a *Activities, list *[]In, in In) {
	a.mu.Lock()
	defer a.mu.Unlock()
	*list = append(*list, in)
}

func noted[In any](a *Activities, list *[]In) []In {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]In(nil), *list...)
}
