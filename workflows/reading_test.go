package workflows_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/workflow"

	"ringback/workflows"
)

var reading = workflows.ReadingInput{IntegrationID: "int_crm", SiteID: "site_1"}

// reads answers the parts of a reading in order, and then that it is off.
func (b *bundle) reads(parts ...workflows.ReadCRM) {
	b.activities.OnReadCRM = func(workflows.ReadingInput) (workflows.ReadCRM, error) {
		if n := len(b.activities.Readings()); n <= len(parts) {
			return parts[n-1], nil
		}
		return workflows.ReadCRM{Off: true}, nil
	}
}

func TestReadingGoesOnUntilItIsOff(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reads(workflows.ReadCRM{Records: 2000}, workflows.ReadCRM{Records: 3, Wait: 5 * time.Minute})
	b.ExecuteWorkflow(workflows.ReadCRMWorkflow, reading)
	require.NoError(t, b.GetWorkflowError())
	require.Len(t, b.activities.Readings(), 3, "at once where there is more, then after the wait")
	require.Equal(t, 5*time.Minute, b.Now().Sub(callStart).Truncate(time.Minute))
}

func TestReadingThatIsAskedForDoesNotWait(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.reads(workflows.ReadCRM{Wait: 5 * time.Minute})
	b.RegisterDelayedCallback(func() { b.SignalWorkflow(workflows.SignalRead, nil) }, time.Minute)
	b.ExecuteWorkflow(workflows.ReadCRMWorkflow, reading)
	require.NoError(t, b.GetWorkflowError())
	require.Len(t, b.activities.Readings(), 2)
	require.Equal(t, time.Minute, b.Now().Sub(callStart).Truncate(time.Minute))
}

func TestReadingContinuesAsNewBeforeItsHistoryIsLong(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.activities.OnReadCRM = func(workflows.ReadingInput) (workflows.ReadCRM, error) {
		return workflows.ReadCRM{Records: 2000}, nil
	}
	b.ExecuteWorkflow(workflows.ReadCRMWorkflow, reading)
	var next *workflow.ContinueAsNewError
	require.ErrorAs(t, b.GetWorkflowError(), &next)
	require.Equal(t, workflows.ReadCRMWorkflow, next.WorkflowType.Name)
	require.Len(t, b.activities.Readings(), 200)
}
