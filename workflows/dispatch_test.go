package workflows_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/temporal"

	"ringback/conversion"
	"ringback/workflows"
)

// slowly makes deliveries to int_a arrive only after a while: until then each attempt asks for another.
func slowly(b *bundle, after time.Duration) func(context.Context, workflows.DispatchInput) (workflows.Dispatched, error) {
	return func(_ context.Context, in workflows.DispatchInput) (workflows.Dispatched, error) {
		if in.IntegrationID == "int_a" && b.took() < after {
			return workflows.Dispatched{}, retryIn(after / 4)
		}
		return workflows.Dispatched{State: "delivered", Class: "delivered", Status: 200, Attempts: 1}, nil
	}
}

func TestG6_OneThatHangsForHoursDelaysNoOther(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.know(ended)
	all := []workflows.Delivery{delivery("a")}
	for i := range 20 {
		all = append(all, delivery(fmt.Sprint(i)))
	}
	b.activities.OnDecide = func(workflows.DecideInput) (workflows.Decided, error) { return decided(all...), nil }
	b.activities.OnDispatch = slowly(b, 8*time.Hour)
	b.after(time.Second, func() {
		require.Equal(t, workflows.StandingSending, b.standing(t, "int_a").State)
		require.Equal(t, callStart.Add(72*time.Hour), b.standing(t, "int_a").GivesUpAt.UTC())
		for i := range 20 {
			require.Equal(t, workflows.StandingDelivered, b.standing(t, fmt.Sprintf("int_%d", i)).State)
		}
		require.Empty(t, b.activities.Finished())
	})
	b.runCall()

	b.requireCompleted(t)
	require.Equal(t, workflows.StandingDelivered, b.standing(t, "int_a").State)
	require.Equal(t, 8*time.Hour, b.took())
	require.Len(t, b.activities.Finished(), 1)
}

func TestG1_WhatAKilledWorkerHadIsGivenToAnotherSoon(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.activities.OnDispatch = func(ctx context.Context, _ workflows.DispatchInput) (workflows.Dispatched, error) {
		require.Equal(t, 10*time.Second, activity.GetInfo(ctx).HeartbeatTimeout, "the server notices that it died")
		if asked := len(b.activities.Dispatches()); asked <= 20 {
			return workflows.Dispatched{}, errors.New("died without a word")
		}
		return workflows.Dispatched{State: "delivered", Class: "delivered", Status: 200, Attempts: 21}, nil
	}
	b.ExecuteWorkflow(workflows.LeadWorkflow, input)
	b.requireCompleted(t)
	require.LessOrEqual(t, b.took(), 20*time.Minute, "however often it had been tried or held back before")
}

func TestG4_APausedDeliveryIsDispatchedAgainOnAnotherDay(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.activities.OnDispatch = func(context.Context, workflows.DispatchInput) (workflows.Dispatched, error) {
		if len(b.activities.Dispatches()) <= 5 { // longer than the activity's own time would be
			return workflows.Dispatched{State: workflows.DispatchPaused, ResumeIn: 24 * time.Hour}, nil
		}
		return workflows.Dispatched{State: "delivered", Class: "delivered", Status: 200, Attempts: 1}, nil
	}
	b.after(24*time.Hour+time.Second, func() {
		require.Equal(t, workflows.StandingSending, b.standing(t, "int_a").State)
		require.Equal(t, callStart.Add(4*24*time.Hour), b.standing(t, "int_a").GivesUpAt.UTC())
	})
	b.ExecuteWorkflow(workflows.LeadWorkflow, input)
	b.requireCompleted(t)
	require.Equal(t, 5*24*time.Hour, b.took())
	require.Equal(t, workflows.StandingDelivered, b.standing(t, "int_a").State)
	require.Empty(t, b.activities.GivenUp())
}

func TestG4_CancellingAPausedDeliveryGivesItUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.activities.OnDispatch = func(context.Context, workflows.DispatchInput) (workflows.Dispatched, error) {
		return workflows.Dispatched{State: workflows.DispatchPaused, ResumeIn: 24 * time.Hour}, nil
	}
	b.after(time.Hour, b.CancelWorkflow)
	b.ExecuteWorkflow(workflows.LeadWorkflow, input)
	require.True(t, b.IsWorkflowCompleted())
	require.Equal(t, time.Hour, b.took())
	require.Equal(t, []workflows.GiveUpInput{{DeliveryID: "dlv_a", Cause: workflows.CauseCancelled}}, b.activities.GivenUp())
}

func TestG4_ADispatchThatEndsInAnErrorIsGivenUp(t *testing.T) {
	t.Parallel()
	timedOut := temporal.NewTimeoutError(3 /* schedule to close */, nil)
	cases := map[string]struct {
		err   error
		cause workflows.GiveUpCause
	}{
		"a bug":                   {temporal.NewNonRetryableApplicationError("no such delivery", "not_found", nil), workflows.CauseBroken},
		"time ran out":            {timedOut, workflows.CauseTimeRanOut},
		"cancelled by the server": {temporal.NewCanceledError(), workflows.CauseCancelled},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.activities.OnDecide = func(workflows.DecideInput) (workflows.Decided, error) {
				return decided(delivery("a"), delivery("b")), nil
			}
			b.activities.OnDispatch = refusing("int_a", c.err)
			b.ExecuteWorkflow(workflows.LeadWorkflow, input)

			b.requireCompleted(t)
			require.Equal(t, []workflows.GiveUpInput{{DeliveryID: "dlv_a", Cause: c.cause}}, b.activities.GivenUp())
			require.Equal(t, workflows.StandingFailed, b.standing(t, "int_a").State)
			require.Equal(t, c.cause, b.standing(t, "int_a").Cause)
			require.Equal(t, workflows.StandingDelivered, b.standing(t, "int_b").State)
			require.Len(t, b.activities.Finished(), 1)
		})
	}
}

func TestDispatch_CancelledAfterTheAnswerStaysDelivered(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.activities.OnDispatch = refusing("int_a", temporal.NewNonRetryableApplicationError("died", "", nil))
	b.activities.OnGiveUp = func(workflows.GiveUpInput) (workflows.Dispatched, error) {
		return workflows.Dispatched{State: "delivered", Class: "delivered", Status: 200, Attempts: 2}, nil
	}
	b.ExecuteWorkflow(workflows.LeadWorkflow, input)

	b.requireCompleted(t)
	require.Equal(t, workflows.StandingDelivered, b.standing(t, "int_a").State)
	require.Equal(t, 2, b.standing(t, "int_a").Attempts)
}

func TestDispatch_FailedDeliveriesDoNotFailTheWorkflow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.activities.OnDispatch = func(context.Context, workflows.DispatchInput) (workflows.Dispatched, error) {
		return workflows.Dispatched{State: "failed", Class: "refused", Status: 403, Attempts: 1}, nil
	}
	b.ExecuteWorkflow(workflows.LeadWorkflow, input)

	b.requireCompleted(t)
	want := workflows.Standing{
		IntegrationID: "int_a", IntegrationType: "webhook", DeliveryID: "dlv_a",
		State: workflows.StandingFailed, Attempts: 1, Class: "refused", Status: 403,
	}
	require.Equal(t, want, b.standing(t, "int_a"))
	require.Empty(t, b.activities.GivenUp())
}

func TestG4_CancellingACallThatWaitsDecidesAndGivesUp(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.after(time.Hour, b.CancelWorkflow)
	b.runCall()

	require.True(t, b.IsWorkflowCompleted())
	var cancelled *temporal.CanceledError
	require.ErrorAs(t, b.GetWorkflowError(), &cancelled)
	require.Equal(t, time.Hour, b.took())
	require.Equal(t, []conversion.Moment{conversion.AtCancelled}, b.moments())
	require.Empty(t, b.sent(), "nothing is sent any more")
	require.Equal(t, []workflows.GiveUpInput{{DeliveryID: "dlv_a", Cause: workflows.CauseCancelled}}, b.activities.GivenUp())
	require.Len(t, b.activities.Finished(), 1)
}

func TestG4_CancellingDuringTheDispatchGivesUpWhatIsOpen(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.activities.OnDecide = func(workflows.DecideInput) (workflows.Decided, error) {
		return decided(delivery("a"), delivery("b")), nil
	}
	b.activities.OnDispatch = slowly(b, 8*time.Hour)
	b.after(time.Hour, b.CancelWorkflow)
	b.ExecuteWorkflow(workflows.LeadWorkflow, input)

	require.True(t, b.IsWorkflowCompleted())
	var cancelled *temporal.CanceledError
	require.ErrorAs(t, b.GetWorkflowError(), &cancelled)
	require.Equal(t, []workflows.GiveUpInput{{DeliveryID: "dlv_a", Cause: workflows.CauseCancelled}}, b.activities.GivenUp())
	require.Equal(t, workflows.StandingDelivered, b.standing(t, "int_b").State)
	require.Len(t, b.activities.Finished(), 1)
}

func TestLead_DecidesAtOnceAndWaitsForNothing(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.ExecuteWorkflow(workflows.LeadWorkflow, input)

	b.requireCompleted(t)
	require.Zero(t, b.took())
	require.Empty(t, b.activities.Plans())
	require.Equal(t, []conversion.Moment{conversion.AtEnd}, b.moments())
	require.Equal(t, map[string]int{"dlv_a": 1}, b.sent())
	require.Len(t, b.activities.Finished(), 1)
}

func TestLead_AConversionThatDoesNotExistFailsTheWorkflow(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.activities.OnDecide = func(workflows.DecideInput) (workflows.Decided, error) {
		return workflows.Decided{}, temporal.NewNonRetryableApplicationError("no such conversion", "not_found", nil)
	}
	b.ExecuteWorkflow(workflows.LeadWorkflow, input)

	require.ErrorContains(t, b.GetWorkflowError(), "deciding cnv_1")
	require.Empty(t, b.sent())
}

func TestResend_DispatchesTheOneDelivery(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.activities.OnPrepareResend = func(in workflows.ResendInput) (workflows.Delivery, error) {
		if in.DeliveryID != "dlv_a" {
			return workflows.Delivery{}, errors.New("another delivery")
		}
		return delivery("a"), nil
	}
	b.ExecuteWorkflow(workflows.ResendWorkflow, workflows.ResendInput{DeliveryID: "dlv_a", SiteID: "site_1"})

	b.requireCompleted(t)
	require.Equal(t, map[string]int{"dlv_a": 1}, b.sent())
	require.Empty(t, b.moments())
	require.Equal(t, workflows.StandingDelivered, b.standing(t, "int_a").State)
}

// A delivery that was made together with its decision needs no activity, and its conversion
// no record of its end.
func TestD1_WhatWasSentWithTheDecisionIsNotDispatched(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.know(ended)
	how := workflows.Dispatched{State: "delivered", Class: "delivered", Status: 204, Attempts: 1}
	b.activities.OnDecide = func(workflows.DecideInput) (workflows.Decided, error) {
		return workflows.Decided{Status: "answered", Ended: []workflows.EndedDelivery{{Delivery: delivery("a"), Dispatched: how}}, Done: true}, nil
	}
	b.runCall()

	b.requireCompleted(t)
	require.Empty(t, b.activities.Dispatches())
	require.Empty(t, b.activities.Finished())
	standing := b.standing(t, "int_a")
	require.Equal(t, workflows.StandingDelivered, standing.State)
	require.Equal(t, 204, standing.Status)
	require.Equal(t, 1, standing.Attempts)
}

// The dispatch activity of a delivery whose first attempt was begun with its decision is told
// so, and one that is asked for later is not: it goes at once.
func TestD1_TheDispatchOfABegunDeliveryIsToldSo(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.know(ended)
	begun := delivery("a")
	begun.Begun = true
	b.activities.OnDecide = func(workflows.DecideInput) (workflows.Decided, error) { return decided(begun), nil }
	b.activities.OnDispatch = func(context.Context, workflows.DispatchInput) (workflows.Dispatched, error) {
		if len(b.activities.Dispatches()) == 1 {
			return workflows.Dispatched{State: workflows.DispatchPaused, ResumeIn: time.Hour}, nil
		}
		return workflows.Dispatched{State: "delivered", Attempts: 2}, nil
	}
	b.runCall()

	b.requireCompleted(t)
	all := b.activities.Dispatches()
	require.Len(t, all, 2)
	require.True(t, all[0].Begun)
	require.False(t, all[1].Begun)
}
