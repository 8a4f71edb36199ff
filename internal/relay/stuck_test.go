package relay_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/client"

	"ringback/conversion"
	"ringback/models/outbox"
)

func TestG4_StuckWorkflowsAreStartedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		stuck := []outbox.Signal{
			{Seq: 1, ConversionID: "cnv_1", Kind: conversion.KindCall, WorkflowID: "call/1", EventType: outbox.EventRequeued},
			{Seq: 2, ConversionID: "cnv_2", Kind: conversion.KindLead, WorkflowID: "lead/2", EventType: outbox.EventRequeued},
			{Seq: 3, ConversionID: "cnv_3", DeliveryID: "dlv_3", WorkflowID: "resend/3", EventType: outbox.EventRequeued},
		}
		o := newOutbox()
		o.stuck = stuck
		b := run(t, o, &temporal{})
		<-time.After(5*time.Minute + 5*time.Second)
		started := map[string]client.StartWorkflowOptions{}
		for _, c := range b.temporal.calls() {
			started[c.id] = c.options
		}
		b.stop()
		require.Len(t, started, 3)
		for id, options := range started {
			require.Equal(t, enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE, options.WorkflowIDReusePolicy, "%s: even if a run completed", id)
			require.Equal(t, enumspb.WORKFLOW_ID_CONFLICT_POLICY_USE_EXISTING, options.WorkflowIDConflictPolicy, "%s: a current run is kept", id)
		}
		require.Equal(t, 3, b.logged("relay.requeued"), "one line for each")
	})
}

func TestNothingIsRequeuedWhileTemporalIsDown(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox(callSignal(1))
		o.stuck = []outbox.Signal{callSignal(2)}
		server := &temporal{}
		server.answerWith(func(string) error { return errDown })
		b := run(t, o, server)
		<-time.After(time.Hour)
		require.Equal(t, 1, b.outbox.left())
	})
}
