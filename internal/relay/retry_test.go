package relay_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"

	"ringback/conversion"
	"ringback/models/outbox"
	"ringback/workflows"
)

func TestRetry_WorkflowsAreSignalledToTryADeliveryNow(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := run(t, newOutbox(
			outbox.Signal{Seq: 1, ConversionID: "cnv_1", DeliveryID: "dlv_1", Kind: conversion.KindCall, WorkflowID: "call/1", EventType: outbox.EventRetry},
			outbox.Signal{Seq: 2, ConversionID: "cnv_2", DeliveryID: "dlv_2", Kind: conversion.KindLead, WorkflowID: "lead/2", EventType: outbox.EventRetry},
			outbox.Signal{Seq: 3, ConversionID: "cnv_3", DeliveryID: "dlv_3", WorkflowID: "resend/3", EventType: outbox.EventRetry},
		), &temporal{})
		<-time.After(5 * time.Second)
		signalled := map[string]any{}
		for _, c := range b.temporal.calls() {
			require.Equal(t, workflows.SignalRetry, c.signal)
			require.Equal(t, enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE, c.options.WorkflowIDReusePolicy, "a workflow that is gone is started again")
			signalled[c.id] = c.signalArg
		}
		b.stop()
		require.Equal(t, map[string]any{
			"call/1": workflows.RetrySignal{DeliveryID: "dlv_1"}, "lead/2": workflows.RetrySignal{DeliveryID: "dlv_2"}, "resend/3": workflows.RetrySignal{DeliveryID: "dlv_3"},
		}, signalled)
	})
}
