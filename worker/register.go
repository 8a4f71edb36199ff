package worker

import (
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/workflow"

	"ringback/workflows"
)

// WorkflowRegistry registers workflows: a worker, the test environment or the
// replayer.
type WorkflowRegistry interface {
	RegisterWorkflowWithOptions(w any, options workflow.RegisterOptions)
}

// ActivityRegistry registers activities: a worker or the test environment.
type ActivityRegistry interface {
	RegisterActivityWithOptions(a any, options activity.RegisterOptions)
}

// RegisterWorkflows registers every workflow under its name, and with whether its runs
// stay with the version of the workers that they began on.
func RegisterWorkflows(r WorkflowRegistry) {
	register := func(name string, w any) {
		r.RegisterWorkflowWithOptions(w, workflow.RegisterOptions{Name: name, VersioningBehavior: behaviors[name]})
	}
	register(workflows.CallWorkflow, workflows.Call)
	register(workflows.LeadWorkflow, workflows.Lead)
	register(workflows.ResendWorkflow, workflows.Resend)
	register(workflows.ReadCRMWorkflow, workflows.Reading)
	register(workflows.RecomputeWorkflow, workflows.Recompute)
	register(workflows.ReconcileWorkflow, workflows.Reconcile)
}

// RegisterConversionActivities registers the local activities under their names.
func RegisterConversionActivities(r ActivityRegistry, a workflows.ConversionActivities) {
	registerActivity(r, workflows.PlanActivity, a.Plan)
	registerActivity(r, workflows.DecideActivity, a.Decide)
	registerActivity(r, workflows.PrepareResendActivity, a.PrepareResend)
	registerActivity(r, workflows.GiveUpActivity, a.GiveUp)
	registerActivity(r, workflows.FinishActivity, a.Finish)
}

// RegisterDispatchActivities registers the dispatch activity under its name.
func RegisterDispatchActivities(r ActivityRegistry, a workflows.DispatchActivities) {
	registerActivity(r, workflows.DispatchActivity, a.Dispatch)
}

// RegisterReadingActivities registers the activity that reads CRMs under its name.
func RegisterReadingActivities(r ActivityRegistry, a workflows.ReadingActivities) {
	registerActivity(r, workflows.ReadCRMActivity, a.ReadCRM)
}

// RegisterRecomputingActivities registers the activity that computes figures under its name.
func RegisterRecomputingActivities(r ActivityRegistry, a workflows.RecomputingActivities) {
	registerActivity(r, workflows.RecomputeActivity, a.Recompute)
}

// RegisterReconcilingActivities registers the activity that reconciles sources under its
// name.
func RegisterReconcilingActivities(r ActivityRegistry, a workflows.ReconcilingActivities) {
	registerActivity(r, workflows.ReconcileActivity, a.Reconcile)
}

func registerActivity(r ActivityRegistry, name string, a any) {
	r.RegisterActivityWithOptions(a, activity.RegisterOptions{Name: name})
}
