package activities_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/activities"
	"ringback/conversion"
	"ringback/internal/delivery"
	"ringback/models/deliveries"
	"ringback/workflows"
)

// Behind a breaker nearly all deliveries end by their time, and not by an attempt.
func TestDeliveriesThatExpireBehindABreakerSwitchTheIntegrationOff(t *testing.T) {
	t.Parallel()
	f := open(broken)
	f.store.integration.Settings.Delivery.SwitchOffAfter = 3
	f.store.breaker.Reason = delivery.Reason{Code: delivery.ReasonKeepsFailing}
	for n := range 3 {
		require.True(t, f.store.integration.Enabled)
		f.store.breaker.OpenUntil = new(f.clock.Now().Add(time.Minute))
		id := fmt.Sprintf("dlv_%d", n)
		f.add(id)
		f.store.deliveries[id].GiveUpAt = f.clock.Now().Add(30 * time.Second)
		_, err := f.dispatch(t, id)
		refusal(t, err, activities.ErrorWaiting)
		f.clock.Advance(30 * time.Second)
		ended, err := f.dispatch(t, id)
		require.NoError(t, err)
		require.Equal(t, "failed", ended.State)
	}
	require.False(t, f.store.integration.Enabled)
	require.Equal(t, delivery.ReasonFailuresInRow, f.store.switchedOff.Code)
	require.Zero(t, f.store.breaker.FailedInRow)
	require.Empty(t, f.answers.sent)
}

// What the destination did not cause is not counted.
func TestDeliveriesThatExpireForAnotherReasonAreNotCounted(t *testing.T) {
	t.Parallel()
	f := newField(took)
	f.store.integration.Enabled = false
	_, err := f.dispatch(t, "dlv_1")
	refusal(t, err, activities.ErrorWaiting)
	f.clock.Advance(72 * time.Hour)
	_, err = f.dispatch(t, "dlv_1")
	require.NoError(t, err)
	require.Zero(t, f.store.breaker.FailedInRow)
}

func TestGiveUpCountsOnlyWhatTheDestinationCaused(t *testing.T) {
	t.Parallel()
	failing := delivery.Reason{Code: delivery.ReasonKeepsFailing}
	for name, test := range map[string]struct {
		cause  workflows.GiveUpCause
		waited delivery.Reason
		count  int
	}{
		"its time ran out behind a breaker":   {workflows.CauseTimeRanOut, failing, 1},
		"it was cancelled there":              {workflows.CauseCancelled, failing, 0},
		"its time ran out, never attempted":   {workflows.CauseTimeRanOut, delivery.Reason{}, 0},
		"its time ran out, switched off":      {workflows.CauseTimeRanOut, delivery.Reason{Code: delivery.ReasonSwitchedOff}, 0},
		"a destination's own code is its own": {workflows.CauseTimeRanOut, delivery.Reason{Code: "webhook.gone"}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(callCase(nil, integration("int_1", conversion.MetricAll)))
			w.store.deliveries = []deliveries.Delivery{{ID: "dlv_1", IntegrationType: "place", State: deliveries.Waiting, Reason: test.waited}}
			for range 2 { // a second run counts nothing
				_, err := runLocal(t, w.GiveUp, workflows.GiveUpInput{DeliveryID: "dlv_1", Cause: test.cause})
				require.NoError(t, err)
			}
			require.Equal(t, test.count, w.store.breaker.FailedInRow)
		})
	}
}
