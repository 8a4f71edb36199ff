package workflows_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/temporal"

	"ringback/workflows"
)

// atSecondDispatch makes the first dispatch of each delivery wait for eight hours, and the
// next one deliver.
func atSecondDispatch(b *bundle) {
	var seen sync.Map // activities of different deliveries run side by side
	b.activities.OnDispatch = func(_ context.Context, in workflows.DispatchInput) (workflows.Dispatched, error) {
		if _, again := seen.LoadOrStore(in.DeliveryID, true); !again {
			return workflows.Dispatched{}, retryIn(8 * time.Hour)
		}
		return workflows.Dispatched{State: "delivered", Class: "delivered", Status: 200, Attempts: 1}, nil
	}
}

func (b *bundle) retryAt(after time.Duration, deliveryID string) {
	b.RegisterDelayedCallback(func() { b.SignalWorkflow(workflows.SignalRetry, workflows.RetrySignal{DeliveryID: deliveryID}) }, after)
}

func TestRetry_ADeliveryThatWaitsIsTriedNow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	atSecondDispatch(b)
	b.retryAt(time.Minute, "dlv_a")
	b.ExecuteWorkflow(workflows.LeadWorkflow, input)
	b.requireCompleted(t)
	require.Equal(t, time.Minute, b.took())
	require.Equal(t, workflows.StandingDelivered, b.standing(t, "int_a").State)
	require.Empty(t, b.activities.GivenUp())
}

func TestRetry_ARetryConcernsNoOtherDelivery(t *testing.T) {
	t.Parallel()
	b := setup(t)
	atSecondDispatch(b)
	b.activities.OnDecide = func(workflows.DecideInput) (workflows.Decided, error) {
		return decided(delivery("a"), delivery("b")), nil
	}
	b.retryAt(time.Minute, "dlv_a")
	b.retryAt(2*time.Minute, "dlv_none")
	b.ExecuteWorkflow(workflows.LeadWorkflow, input)
	b.requireCompleted(t)
	require.Equal(t, 8*time.Hour, b.took(), "the other one waits as long as it would have")
	require.Empty(t, b.activities.GivenUp())
}

// A retry that the workflow gets before the delivery is known changes nothing, and one that
// ends in an error does not hide it.
func TestRetry_ARetryThatFailsIsGivenUpAsUsual(t *testing.T) {
	t.Parallel()
	b := setup(t)
	first := true
	b.activities.OnDispatch = func(context.Context, workflows.DispatchInput) (workflows.Dispatched, error) {
		if first {
			first = false
			return workflows.Dispatched{}, retryIn(8 * time.Hour)
		}
		return workflows.Dispatched{}, temporal.NewNonRetryableApplicationError("no such delivery", "not_found", nil)
	}
	b.retryAt(time.Minute, "dlv_a")
	b.ExecuteWorkflow(workflows.LeadWorkflow, input)
	b.requireCompleted(t)
	require.Equal(t, []workflows.GiveUpInput{{DeliveryID: "dlv_a", Cause: workflows.CauseBroken}}, b.activities.GivenUp())
}
