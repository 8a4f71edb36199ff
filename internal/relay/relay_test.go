package relay_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"

	"ringback/conversion"
	"ringback/models/journeys"
	"ringback/models/outbox"
	"ringback/models/readings"
	"ringback/models/reconciliations"
	"ringback/workflows"
)

func TestSignalsBecomeStarts(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		signal outbox.Signal
		wanted call
	}{
		"a call's event signals, and starts its workflow where there is none": {
			outbox.Signal{Seq: 7, SiteID: "site_1", ConversionID: "cnv_1", Kind: conversion.KindCall, EventType: "ended", WorkflowID: "call/site_1/api/x"},
			call{
				workflow: workflows.CallWorkflow, id: "call/site_1/api/x", signal: workflows.SignalEvent,
				signalArg: workflows.EventSignal{Seq: 7, Type: conversion.EventEnded},
				input:     workflows.ConversionInput{ConversionID: "cnv_1", SiteID: "site_1", Kind: conversion.KindCall},
			},
		},
		"a lead starts": {
			outbox.Signal{Seq: 8, SiteID: "site_1", ConversionID: "cnv_2", Kind: conversion.KindLead, EventType: "lead", WorkflowID: "lead/site_1/y"},
			call{
				workflow: workflows.LeadWorkflow, id: "lead/site_1/y",
				input: workflows.ConversionInput{ConversionID: "cnv_2", SiteID: "site_1", Kind: conversion.KindLead},
			},
		},
		"a resend starts": {
			outbox.Signal{Seq: 9, SiteID: "site_1", DeliveryID: "dlv_1", WorkflowID: "resend/dlv_1/1"},
			call{
				workflow: workflows.ResendWorkflow, id: "resend/dlv_1/1",
				input: workflows.ResendInput{DeliveryID: "dlv_1", SiteID: "site_1"},
			},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				test.signal.Trace = map[string]string{"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
				b := run(t, newOutbox(test.signal), &temporal{})
				synctest.Wait()
				calls := b.temporal.calls()
				require.Len(t, calls, 1)
				got := calls[0]
				require.Equal(t, "0af7651916cd43dd8448eb211c80319c", got.traceID, "the request's trace continues")
				require.True(t, got.underLimit)
				require.Equal(t, enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE_FAILED_ONLY, got.options.WorkflowIDReusePolicy)
				require.Equal(t, workflows.QueueConversions, got.options.TaskQueue)
				got.options, got.traceID, got.underLimit = test.wanted.options, "", false
				require.Equal(t, test.wanted, got)
			})
		})
	}
}

func TestReadingStartsOrIsSignalledEvenAfterItHasEnded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox(outbox.Signal{Seq: 1, SiteID: "site_1", IntegrationID: "int_1", Kind: readings.KindReading, WorkflowID: "read-crm/site_1/int_1"})
		o.overdue = []string{"int_2"}
		b := run(t, o, &temporal{})
		synctest.Wait()
		calls := b.temporal.calls()
		require.Len(t, calls, 1)
		require.Equal(t, workflows.ReadCRMWorkflow, calls[0].workflow)
		require.Equal(t, "read-crm/site_1/int_1", calls[0].id)
		require.Equal(t, workflows.SignalRead, calls[0].signal)
		require.Equal(t, workflows.ReadingInput{IntegrationID: "int_1", SiteID: "site_1"}, calls[0].input)
		require.Equal(t, enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE, calls[0].options.WorkflowIDReusePolicy)
		<-time.After(5*time.Minute + time.Second)
		b.stop()
		require.Equal(t, 1, b.logged("relay.reading_requeued"), "a reading whose workflow is gone")
	})
}

func TestNewFiguresAreComputedAfterEachChange(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox(outbox.Signal{Seq: 1, SiteID: "site_1", Kind: journeys.KindRecompute})
		o.still = []string{"site_2"}
		b := run(t, o, &temporal{})
		synctest.Wait()
		calls := b.temporal.calls()
		require.Len(t, calls, 1)
		require.Equal(t, workflows.RecomputeWorkflow, calls[0].workflow)
		require.Equal(t, "recompute/site_1", calls[0].id)
		require.Equal(t, workflows.SignalRecompute, calls[0].signal)
		require.Equal(t, workflows.RecomputeInput{SiteID: "site_1"}, calls[0].input)
		require.Equal(t, enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE, calls[0].options.WorkflowIDReusePolicy)
		<-time.After(5*time.Minute + time.Second)
		b.stop()
		require.Equal(t, 1, b.logged("relay.recomputing_requeued"), "figures whose workflow is gone")
	})
}

func TestReconciliationStartsOrIsSignalledEvenAfterItHasEnded(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		o := newOutbox(outbox.Signal{Seq: 1, SiteID: "site_1", Source: "callrail", Kind: reconciliations.KindReconciliation, WorkflowID: "reconcile/site_1/callrail"})
		o.unreconciled = []reconciliations.Key{{SiteID: "site_2", Source: "callrail"}}
		b := run(t, o, &temporal{})
		synctest.Wait()
		calls := b.temporal.calls()
		require.Len(t, calls, 1)
		require.Equal(t, workflows.ReconcileWorkflow, calls[0].workflow)
		require.Equal(t, workflows.ReconcileID("site_1", "callrail"), calls[0].id)
		require.Equal(t, workflows.SignalReconcile, calls[0].signal)
		require.Equal(t, workflows.ReconcileInput{SiteID: "site_1", Source: "callrail"}, calls[0].input)
		require.Equal(t, enumspb.WORKFLOW_ID_REUSE_POLICY_ALLOW_DUPLICATE, calls[0].options.WorkflowIDReusePolicy)
		<-time.After(5*time.Minute + time.Second)
		b.stop()
		require.Equal(t, 1, b.logged("relay.reconciliation_requeued"), "one whose workflow is gone")
	})
}

func TestOfferedSignalsAreSentAtOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := run(t, newOutbox(), &temporal{})
		synctest.Wait()
		signal := callSignal(1)
		signal.NextTryAt = time.Now().Add(5 * time.Second) // the sweeper leaves it to the offer
		b.outbox.add(signal)
		began := time.Now()
		b.Offer(signal)
		synctest.Wait()
		require.Zero(t, time.Since(began))
		require.Len(t, b.temporal.calls(), 1)
		b.stop()
		require.Zero(t, b.outbox.left(), "a sent row is deleted")
		require.Equal(t, 1, b.metrics.n)
	})
}

// TestTemporalGetsEachSignalOnce checks signals that wait, are sent, and have been sent when the
// sweeper claims their rows.
func TestTemporalGetsEachSignalOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const signals = 300
		b := run(t, newOutbox(), &temporal{delay: 700 * time.Millisecond})
		synctest.Wait()
		for n := range signals {
			signal := leadOf(fmt.Sprint("site_", n%3), n)
			signal.NextTryAt = time.Now().Add(outbox.FastPath)
			b.outbox.add(signal)
			b.Offer(signal)
		}
		<-time.After(time.Minute)
		b.stop()
		require.Len(t, b.temporal.calls(), signals)
		require.Zero(t, b.outbox.left())
		require.Equal(t, signals, b.metrics.n)
	})
}

// TestTemporalGetsEachSignalOnceFromTwoProcesses checks that offers which wait for long are not
// sent by the sweeper of another process, too.
func TestTemporalGetsEachSignalOnceFromTwoProcesses(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const signals = 1000
		rows := newOutbox()
		rows.decides = func(outbox.Signal) bool { return false } // so that few are in progress, and offers wait
		server := &temporal{delay: 100 * time.Millisecond}
		web, worker := run(t, rows, server), run(t, rows, server)
		synctest.Wait()
		for n := range signals {
			signal := leadOf(fmt.Sprint("site_", n%3), n)
			signal.NextTryAt = time.Now().Add(outbox.FastPath)
			rows.add(signal)
			web.Offer(signal)
		}
		<-time.After(5 * time.Minute)
		web.stop()
		worker.stop()
		require.Zero(t, rows.left())
		require.Len(t, server.calls(), signals)
		require.Equal(t, signals, web.metrics.n, "without a pause until they are due")
	})
}

func TestASignalThatIsNotSentIsDueAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &temporal{delay: 4 * time.Second, answer: func(string) error { return serviceerror.NewInternal("refused") }}
		b := run(t, newOutbox(), server)
		signal := callSignal(1)
		signal.NextTryAt = time.Now().Add(outbox.FastPath)
		b.outbox.add(signal)
		b.Offer(signal)
		<-time.After(5 * time.Second)
		require.Empty(t, server.calls())
		server.answerWith(nil)
		<-time.After(2 * time.Minute)
		b.stop()
		require.Len(t, server.calls(), 1)
		require.Zero(t, b.outbox.left())
	})
}

func TestG1_OutboxCatchesUpAfterOutage(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var rows []outbox.Signal
		for seq := range int64(550) {
			rows = append(rows, callSignal(seq))
		}
		server := &temporal{}
		server.answerWith(func(string) error { return serviceerror.NewUnavailable("down") })
		b := run(t, newOutbox(rows...), server)
		<-time.After(24 * time.Hour)
		require.Equal(t, 550, b.outbox.left(), "a day without Temporal loses nothing")

		server.takeTries()
		<-time.After(time.Minute)
		require.LessOrEqual(t, server.takeTries(), 6, "one probe every ten seconds")

		server.answerWith(nil)
		<-time.After(time.Minute + 10*time.Second)
		require.Zero(t, b.outbox.left(), "all rows are sent when Temporal is back")
		require.Len(t, server.calls(), 550)
		b.stop()
		require.Equal(t, 1, b.logged("relay.away"), "logged once, not per row")
		require.Equal(t, 1, b.logged("relay.recovered"))
		require.Equal(t, 550, b.metrics.n)
	})
}

func TestG1_OfferNeverBlocksWhileTemporalHangs(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &temporal{delay: 8 * time.Second}
		b := run(t, newOutbox(), server)
		began := time.Now()
		for seq := range int64(5000) {
			b.Offer(callSignal(seq))
		}
		require.Zero(t, time.Since(began))
	})
}

func TestOffersDuringAnOutageWaitInTheOutbox(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &temporal{}
		server.answerWith(func(string) error { return errDown })
		b := run(t, newOutbox(callSignal(1)), server)
		synctest.Wait()
		server.takeTries()
		for seq := range int64(100) {
			b.Offer(callSignal(seq))
		}
		synctest.Wait()
		require.Zero(t, server.takeTries(), "only the sweeper tests whether Temporal is back")
	})
}

func TestG1_ShutdownSendsWhatWasOffered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &temporal{delay: 100 * time.Millisecond}
		b := run(t, newOutbox(), server)
		synctest.Wait()
		for seq := range int64(200) {
			b.outbox.add(outbox.Signal{Seq: seq, NextTryAt: time.Now().Add(time.Hour)})
			b.Offer(callSignal(seq))
		}
		b.stop()
		require.Len(t, server.calls(), 200)
		require.Zero(t, b.outbox.left())
	})
}

func TestG1_ShutdownDuringAnOutageLeavesTheRows(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &temporal{}
		server.answerWith(func(string) error { return errDown })
		b := run(t, newOutbox(callSignal(1), callSignal(2), callSignal(3)), server)
		synctest.Wait()
		b.Offer(callSignal(2))
		began := time.Now()
		b.stop()
		require.Zero(t, time.Since(began), "it does not hold up the shutdown")
		require.Equal(t, 3, b.outbox.left())
		for seq, s := range b.outbox.rows {
			require.LessOrEqual(t, time.Until(s.NextTryAt), 10*time.Second, "row %d is due for the next process soon", seq)
		}
	})
}

func TestG2_AlreadyStartedIsNoError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &temporal{}
		server.answerWith(func(string) error {
			return serviceerror.NewWorkflowExecutionAlreadyStarted("already started", "", "")
		})
		b := run(t, newOutbox(callSignal(1)), server)
		<-time.After(time.Second)
		require.Zero(t, b.outbox.left())
		require.Equal(t, 1, server.takeTries())
	})
}

// Whatever the lasting error of one row is, the others are sent at their usual pace.
func TestG1_OneRowThatAlwaysFailsDelaysNoOther(t *testing.T) {
	t.Parallel()
	for name, lasting := range map[string]error{
		"refused":       serviceerror.NewInvalidArgument("too long"),
		"internal":      serviceerror.NewInternal("broken"),
		"busy workflow": serviceerror.NewResourceExhausted(enumspb.RESOURCE_EXHAUSTED_CAUSE_BUSY_WORKFLOW, "Workflow is busy."),
		"unknown":       errors.New("unknown"),
		"times out":     context.DeadlineExceeded,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := &temporal{}
				server.answerWith(func(id string) error {
					if strings.HasPrefix(id, "stuck/") {
						return lasting
					}
					return nil
				})
				b := run(t, newOutbox(), server)
				for seq := range int64(300) {
					signal := callSignal(seq)
					if seq < 3 {
						signal.WorkflowID = fmt.Sprintf("stuck/%d", seq)
					}
					b.outbox.add(signal)
				}
				<-time.After(2 * time.Minute)
				require.Equal(t, 3, b.outbox.left())
				for seq := int64(300); seq < 400; seq++ {
					b.outbox.add(callSignal(seq))
				}
				<-time.After(10 * time.Second)
				require.Equal(t, 3, b.outbox.left(), "including those that are added while the stuck rows wait")
			})
		})
	}
}

func TestRefusedRowIsRetriedSoonAndThenRarely(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		server := &temporal{}
		server.answerWith(func(string) error { return serviceerror.NewInvalidArgument("too long") })
		b := run(t, newOutbox(callSignal(1)), server)
		began := time.Now()
		<-time.After(time.Second)
		require.Equal(t, 10*time.Second, b.outbox.postponedUntil(1).Sub(began))
		<-time.After(24 * time.Hour)
		require.LessOrEqual(t, server.takeTries(), 12*24+6, "doubling to five minutes")
		server.answerWith(nil)
		<-time.After(5*time.Minute + 2*time.Second)
		require.Zero(t, b.outbox.left())
	})
}

func TestOutageIsLoggedOnce(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err    error
		wanted string
	}{
		"no namespace":  {serviceerror.NewNamespaceNotFound("ringback"), "the Temporal namespace does not exist"},
		"no permission": {serviceerror.NewPermissionDenied("no", ""), "Temporal refuses the credentials"},
		"busy":          {serviceerror.NewResourceExhausted(enumspb.RESOURCE_EXHAUSTED_CAUSE_RPS_LIMIT, "slow down"), "Temporal has no capacity"},
		"no attributes": {serviceerror.NewInvalidArgument("Namespace default has no mapping defined for search attribute RingbackSite"), "does not have Ringback's search attributes yet"},
		"undefined":     {serviceerror.NewInvalidArgument("search attribute RingbackSite is not defined"), "does not have Ringback's search attributes yet"},
		"deadline":      {context.DeadlineExceeded, "Temporal does not answer"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				server := &temporal{}
				server.answerWith(func(string) error { return test.err })
				b := run(t, newOutbox(callSignal(1), callSignal(2)), server)
				<-time.After(time.Hour)
				b.stop()
				require.Equal(t, 1, b.logged("relay.away"))
				require.Contains(t, b.log.String(), test.wanted)
			})
		})
	}
}

func TestIdleOutboxCostsLittle(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := run(t, newOutbox(), &temporal{})
		<-time.After(time.Minute)
		require.LessOrEqual(t, len(b.outbox.takePolls()), 31)
	})
}

func TestUnreachableDatabaseIsLoggedOnceAndPolledSlowly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := run(t, newOutbox(callSignal(1)), &temporal{})
		<-time.After(3 * time.Second)
		b.outbox.fail(errDown)
		b.outbox.takePolls()
		<-time.After(time.Minute)
		require.LessOrEqual(t, len(b.outbox.takePolls()), 11)
		b.outbox.fail(nil)
		<-time.After(20 * time.Second)
		b.stop()
		require.Equal(t, 1, b.logged("relay.outbox_unreadable"))
		require.Contains(t, b.log.String(), "msg=relay.outbox_readable")
	})
}

// A row whose deletion fails is sent again later: twice is harmless, never is not.
func TestG1_RowThatCannotBeDeletedIsSentAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := run(t, newOutbox(callSignal(1)), &temporal{})
		synctest.Wait()
		require.Len(t, b.temporal.calls(), 1)
		b.outbox.fail(errDown)
		<-time.After(time.Second)
		require.Equal(t, 1, b.outbox.left())
		b.outbox.fail(nil)
		<-time.After(2 * time.Minute)
		require.Zero(t, b.outbox.left())
		require.Len(t, b.temporal.calls(), 2)
	})
}
