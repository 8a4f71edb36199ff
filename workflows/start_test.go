package workflows_test

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"
	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/temporal"

	"ringback/conversion"
	"ringback/workflows"
)

func TestG2_AStartIsRunToItsEndOnce(t *testing.T) {
	t.Parallel()
	resend := workflows.ResendInput{DeliveryID: "dlv_1", SiteID: "site_1"}
	cases := map[string]client.StartWorkflowOptions{
		"call":   workflows.CallStart(workflows.CallID("site_1", "api", "x"), input, conversion.EventStarted),
		"lead":   workflows.LeadStart(workflows.LeadID("site_1", "x"), input),
		"resend": workflows.ResendStart(workflows.ResendID("dlv_1", 2), resend),
	}
	for kind, options := range cases {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			require.Equal(t, enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY, options.WorkflowIDReusePolicy)
			again := workflows.RestartOptions(options)
			require.Equal(t, enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE, again.WorkflowIDReusePolicy)
			require.Equal(t, enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING, again.WorkflowIDConflictPolicy)
			require.Equal(t, enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING, options.WorkflowIDConflictPolicy)
			require.Equal(t, workflows.QueueConversions, options.TaskQueue)
			require.Equal(t, "site_1", options.Priority.FairnessKey)
			require.NotEmpty(t, options.StaticSummary)
			site, _ := options.TypedSearchAttributes.GetKeyword(workflows.AttributeSite)
			require.Equal(t, "site_1", site)
			got, _ := options.TypedSearchAttributes.GetKeyword(workflows.AttributeKind)
			require.Equal(t, kind, got)
		})
	}
}

// upserts runs a workflow and returns what it wrote to the visibility store.
func upserts(b *bundle, run func()) []map[string]any {
	var written []map[string]any
	b.OnUpsertTypedSearchAttributes(mock.Anything).Run(func(args mock.Arguments) {
		values := map[string]any{}
		for key, value := range args.Get(0).(temporal.SearchAttributes).GetUntypedValues() {
			values[key.GetName()] = value
		}
		written = append(written, values)
	}).Return(nil)
	run()
	return written
}

func TestLead_WritesItsSearchAttributesOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.activities.OnDecide = func(workflows.DecideInput) (workflows.Decided, error) {
		return workflows.Decided{Deliveries: []workflows.Delivery{delivery("a"), delivery("b")}}, nil
	}
	written := upserts(b, func() { b.ExecuteWorkflow(workflows.LeadWorkflow, input) })

	b.requireCompleted(t)
	want := map[string]any{"RingbackState": workflows.StateDone, "RingbackIntegrations": []string{"int_a", "int_b"}}
	require.Equal(t, []map[string]any{want}, written)
}

// A signal that comes while the workflow completes has its last task made anew:
// the plan then finds all decided, and no decision is made that tells the status.
func TestCall_ATaskMadeAnewAfterTheDecisionsWritesTheFinalStatus(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.SetTypedSearchAttributesOnStart(workflows.CallStart("call/1", input, conversion.EventEnded).TypedSearchAttributes))
	b.know(workflows.Plan{Decided: true, StartKnown: true, Ended: true, Status: "missed"})
	written := upserts(b, b.runCall)

	b.requireCompleted(t)
	require.Empty(t, b.moments())
	require.Equal(t, []map[string]any{{"RingbackState": workflows.StateDone, "RingbackCallStatus": "missed"}}, written)
}

func TestD2_ACallThatWaitsIsFoundByWhatItIsSentTo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	require.NoError(t, b.SetTypedSearchAttributesOnStart(workflows.CallStart("call/1", input, conversion.EventStarted).TypedSearchAttributes))
	ringing, linked, settling := open, open, ended
	ringing.Status = "ringing"
	linked.Early = []workflows.Delivery{delivery("early")}
	settling.Settle, settling.Early = time.Minute, linked.Early
	b.know(ringing)
	b.at(minutes(1), open)
	b.at(minutes(2), linked)
	b.at(minutes(3), linked)
	b.at(minutes(10), settling)
	b.activities.OnDecide = func(workflows.DecideInput) (workflows.Decided, error) { return decided(delivery("early")), nil }
	b.activities.OnDispatch = func(context.Context, workflows.DispatchInput) (workflows.Dispatched, error) {
		if b.took() < time.Hour {
			return workflows.Dispatched{}, retryIn(15 * time.Minute)
		}
		return workflows.Dispatched{State: "delivered", Class: "delivered", Status: 204, Attempts: 1}, nil
	}
	written := upserts(b, b.runCall)

	b.requireCompleted(t)
	require.Equal(t, workflows.StandingDelivered, b.standing(t, "int_early").State, "%+v", b.standing(t, "int_early"))
	require.Equal(t, []map[string]any{
		{"RingbackCallStatus": "answered"},
		{"RingbackIntegrations": []string{"int_early"}},
		{"RingbackCallStatus": "ended"},
		{"RingbackState": workflows.StateDispatching, "RingbackCallStatus": "answered"},
		{"RingbackState": workflows.StateDone},
	}, written)
}

func TestCall_WritesOnlyTheSearchAttributesThatChanged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	started := workflows.CallStart("call/1", input, conversion.EventAnswered)
	require.NoError(t, b.SetTypedSearchAttributesOnStart(started.TypedSearchAttributes))
	for _, after := range []int{1, 2, 3} {
		b.at(minutes(after), open)
	}
	b.at(minutes(10), ended)
	b.activities.OnDispatch = refusing("int_a", temporal.NewNonRetryableApplicationError("died", "", nil))
	written := upserts(b, b.runCall)

	b.requireCompleted(t)
	require.Equal(t, []map[string]any{
		{"RingbackState": workflows.StateDispatching, "RingbackIntegrations": []string{"int_a"}},
		{"RingbackState": workflows.StateFailed},
	}, written)
}

// TestCaseO01_AHundredIntegrationsFitIntoTheAttribute decides a lead with more integrations
// than Temporal's server accepts in the value of a search attribute.
func TestCaseO01_AHundredIntegrationsFitIntoTheAttribute(t *testing.T) {
	t.Parallel()
	b := setup(t)
	var sent []workflows.Delivery
	for i := range 100 {
		sent = append(sent, delivery(fmt.Sprintf("01jdq000000000000000000%03d", i)))
	}
	b.activities.OnDecide = func(workflows.DecideInput) (workflows.Decided, error) {
		return workflows.Decided{Deliveries: sent}, nil
	}
	written := upserts(b, func() { b.ExecuteWorkflow(workflows.LeadWorkflow, input) })

	b.requireCompleted(t)
	ids := written[0]["RingbackIntegrations"].([]string)
	size, err := json.Marshal(ids)
	require.NoError(t, err)
	require.LessOrEqual(t, len(size), 2048)
	require.GreaterOrEqual(t, len(ids), 60)
	require.Equal(t, workflows.StandingDelivered, b.standing(t, sent[99].IntegrationID).State)
}
