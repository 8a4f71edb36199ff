package activities_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/delivery"
	"ringback/models/deliveries"
	"ringback/workflows"
)

func TestG4_GiveUpHasAReason(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		state  deliveries.State
		cause  workflows.GiveUpCause
		wanted string
		reason string
	}{
		"time ran out":     {deliveries.Waiting, workflows.CauseTimeRanOut, "failed", "gave up: the time for it ran out while it waited"},
		"cancelled":        {deliveries.Retrying, workflows.CauseCancelled, "failed", "gave up: an operator cancelled the workflow"},
		"broken":           {deliveries.Pending, workflows.CauseBroken, "failed", "gave up: the delivery could not be processed; the log says why"},
		"an unknown cause": {deliveries.Pending, "", "failed", "gave up: the delivery could not be processed; the log says why"},
		"delivered stays":  {deliveries.Delivered, workflows.CauseTimeRanOut, "delivered", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(callCase(nil, integration("int_1", conversion.MetricAll)))
			w.store.deliveries = []deliveries.Delivery{{ID: "dlv_1", IntegrationType: "place", State: test.state, Attempts: 4, Class: delivery.ClassTimeout}}
			got, err := runLocal(t, w.GiveUp, workflows.GiveUpInput{DeliveryID: "dlv_1", Cause: test.cause})
			require.NoError(t, err)
			require.Equal(t, workflows.Dispatched{State: test.wanted, Class: "timeout", Attempts: 4}, got)
			require.Equal(t, test.reason, text(w.store.deliveries[0].Reason))

			_, err = runLocal(t, w.GiveUp, workflows.GiveUpInput{DeliveryID: "dlv_1", Cause: test.cause})
			require.NoError(t, err, "a second run changes nothing")
			if test.wanted == "delivered" {
				require.Empty(t, w.count)
				return
			}
			require.Equal(t, decisionCounter{"place failed": 1}, w.count)
			require.Equal(t, 1, strings.Count(w.log.String(), "msg=delivery.failed"))
			require.Contains(t, w.log.String(), test.reason)
		})
	}
}

// An owner wants to know what a delivery waited for until its time was over.
func TestG4_GiveUpKeepsWhatTheDeliveryWaitedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(callCase(nil, integration("int_1", conversion.MetricAll)))
	w.store.deliveries = []deliveries.Delivery{{
		ID: "dlv_1", IntegrationType: "place", State: deliveries.Waiting, Reason: delivery.Reason{Code: delivery.ReasonUnreadable},
	}}
	_, err := runLocal(t, w.GiveUp, workflows.GiveUpInput{DeliveryID: "dlv_1", Cause: workflows.CauseTimeRanOut})
	require.NoError(t, err)
	require.Equal(t, delivery.Reason{Code: delivery.ReasonTimeRanOut, Last: &delivery.Reason{Code: delivery.ReasonUnreadable}}, w.store.deliveries[0].Reason)
	require.Contains(t, text(w.store.deliveries[0].Reason), "it waited because: its credentials cannot be read")
}

func TestPrepareResend(t *testing.T) {
	t.Parallel()
	w := newWorld(callCase(nil, integration("int_1", conversion.MetricAll)))
	w.store.deliveries = []deliveries.Delivery{{
		ID: "dlv_2", IntegrationID: "int_1", IntegrationType: "place", ResendNumber: 1, GiveUpAt: noon.Add(time.Hour),
		Event: delivery.Payload{SiteName: "Sample"},
	}}
	got, err := runLocal(t, w.PrepareResend, workflows.ResendInput{DeliveryID: "dlv_2", SiteID: "site_1"})
	require.NoError(t, err)
	require.Equal(t, workflows.Delivery{
		DeliveryID: "dlv_2", IntegrationID: "int_1", IntegrationType: "place",
		RetryFor: 58 * time.Minute, Timeout: 10 * time.Second, IntegrationName: "Place", SiteName: "Sample",
	}, got)
}

func TestFinish(t *testing.T) {
	t.Parallel()
	w := newWorld(callCase(nil))
	require.NoError(t, w.Finish(t.Context(), workflows.FinishInput{ConversionID: "cnv_1"}))
	require.Equal(t, []string{"cnv_1"}, w.store.finished)
	w.store.err = away
	require.ErrorContains(t, w.Finish(t.Context(), workflows.FinishInput{ConversionID: "cnv_1"}), "deciding: unavailable")
}
