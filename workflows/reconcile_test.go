package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/workflow"

	"ringback/workflows"
)

var reconciled = workflows.ReconcileInput{SiteID: "site_1", Source: "callrail"}

// reconciles answers the parts of a reconciliation in order, and then that it is off.
func (b *bundle) reconciles(parts ...workflows.Reconciled) {
	b.activities.OnReconcile = func(workflows.ReconcileInput) (workflows.Reconciled, error) {
		if n := len(b.activities.Reconciliations()); n <= len(parts) {
			return parts[n-1], nil
		}
		return workflows.Reconciled{Off: true}, nil
	}
}

func TestReconciliationGoesOnUntilItIsOff(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reconciles(workflows.Reconciled{Listed: 250}, workflows.Reconciled{Listed: 3, Wait: 10 * time.Minute})
	b.ExecuteWorkflow(workflows.ReconcileWorkflow, reconciled)
	require.NoError(t, b.GetWorkflowError())
	require.Equal(t, []workflows.ReconcileInput{reconciled, reconciled, reconciled}, b.activities.Reconciliations(), "at once where there is more, then after the wait")
	require.Equal(t, 10*time.Minute, b.Now().Sub(callStart).Truncate(time.Minute))
}

func TestReconciliationThatIsAskedForDoesNotWait(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reconciles(workflows.Reconciled{Wait: 10 * time.Minute})
	b.RegisterDelayedCallback(func() { b.SignalWorkflow(workflows.SignalReconcile, nil) }, time.Minute)
	b.ExecuteWorkflow(workflows.ReconcileWorkflow, reconciled)
	require.NoError(t, b.GetWorkflowError())
	require.Len(t, b.activities.Reconciliations(), 2)
	require.Equal(t, time.Minute, b.Now().Sub(callStart).Truncate(time.Minute))
}

func TestReconciliationContinuesAsNewBeforeItsHistoryIsLong(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.activities.OnReconcile = func(workflows.ReconcileInput) (workflows.Reconciled, error) {
		return workflows.Reconciled{Listed: 250}, nil
	}
	b.ExecuteWorkflow(workflows.ReconcileWorkflow, reconciled)
	var next *workflow.ContinueAsNewError
	require.ErrorAs(t, b.GetWorkflowError(), &next)
	require.Equal(t, workflows.ReconcileWorkflow, next.WorkflowType.Name)
}
