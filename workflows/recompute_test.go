package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"go.temporal.io/api/sdk/v1"
	"go.temporal.io/sdk/workflow"

	"ringback/workflows"
)

var recompute = workflows.RecomputeInput{SiteID: "site_1"}

func TestNewFiguresAreComputedUntilTheyAreComplete(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.activities.OnRecompute = func(workflows.RecomputeInput) (workflows.Recomputed, error) {
		n := int64(len(b.activities.Recomputed()))
		return workflows.Recomputed{Done: n * 100, Total: 300, More: n < 3}, nil
	}
	b.ExecuteWorkflow(workflows.RecomputeWorkflow, recompute)
	require.NoError(t, b.GetWorkflowError())
	require.Equal(t, []workflows.RecomputeInput{recompute, recompute, recompute}, b.activities.Recomputed())
}

func TestTheSiteOfNewFiguresIsShownByItsName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"Sample": "Site: Sample (site_1).", "": "Site: site_1."} {
		b := setup(t)
		b.activities.OnRecompute = func(workflows.RecomputeInput) (workflows.Recomputed, error) {
			return workflows.Recomputed{SiteName: name}, nil
		}
		b.ExecuteWorkflow(workflows.RecomputeWorkflow, recompute)
		require.NoError(t, b.GetWorkflowError())
		value, err := b.QueryWorkflow("__temporal_workflow_metadata")
		require.NoError(t, err)
		var shown sdk.WorkflowMetadata
		require.NoError(t, value.Get(&shown))
		require.Contains(t, shown.GetCurrentDetails(), want)
	}
}

// TestAChangeDuringTheLastPartIsComputedToo changes the choices again while the workflow
// takes itself to be done.
func TestAChangeDuringTheLastPartIsComputedToo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.activities.OnRecompute = func(workflows.RecomputeInput) (workflows.Recomputed, error) {
		if len(b.activities.Recomputed()) == 1 {
			b.SignalWorkflow(workflows.SignalRecompute, nil)
		}
		return workflows.Recomputed{}, nil
	}
	b.ExecuteWorkflow(workflows.RecomputeWorkflow, recompute)
	require.NoError(t, b.GetWorkflowError())
	require.Len(t, b.activities.Recomputed(), 2)
}

func TestRecomputingContinuesAsNewBeforeItsHistoryIsLong(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.activities.OnRecompute = func(workflows.RecomputeInput) (workflows.Recomputed, error) {
		return workflows.Recomputed{More: true}, nil
	}
	b.ExecuteWorkflow(workflows.RecomputeWorkflow, recompute)
	var next *workflow.ContinueAsNewError
	require.ErrorAs(t, b.GetWorkflowError(), &next)
	require.Equal(t, workflows.RecomputeWorkflow, next.WorkflowType.Name)
	require.Len(t, b.activities.Recomputed(), 200)
}
