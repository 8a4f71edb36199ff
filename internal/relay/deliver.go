package relay

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/propagation"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"ringback/conversion"
	"ringback/models/journeys"
	"ringback/models/outbox"
	"ringback/models/readings"
	"ringback/models/reconciliations"
	"ringback/workflows"
)

// startOrSignal starts or signals the workflow of one signal. A workflow id runs
// to its end once (G2): a late event finds its completed workflow and starts no
// second one, which is no error.
func (r *Relay) startOrSignal(ctx context.Context, s outbox.Signal) error {
	if s.Kind == journeys.KindRecompute {
		s.WorkflowID = workflows.RecomputeID(s.SiteID) // the row has none
	}
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier(s.Trace))
	err := r.start(ctx, s)
	var started *serviceerror.WorkflowExecutionAlreadyStarted
	if err == nil || errors.As(err, &started) {
		return nil
	}
	return fmt.Errorf("starting or signalling workflow %s: %w", s.WorkflowID, err)
}

func (r *Relay) start(ctx context.Context, s outbox.Signal) error {
	if s.EventType == outbox.EventRetry {
		return r.retry(ctx, s)
	}
	var err error
	switch s.Kind {
	case conversion.KindCall:
		in, event := conversionInput(s), conversion.EventType(s.EventType)
		_, err = r.Temporal.SignalWithStartWorkflow(ctx, s.WorkflowID,
			workflows.SignalEvent, workflows.EventSignal{Seq: s.Seq, Type: event},
			startOptions(s, workflows.CallStart(s.WorkflowID, in, event)), workflows.CallWorkflow, in)
	case conversion.KindLead:
		in := conversionInput(s)
		_, err = r.Temporal.ExecuteWorkflow(ctx, startOptions(s, workflows.LeadStart(s.WorkflowID, in)), workflows.LeadWorkflow, in)
	case readings.KindReading:
		in := workflows.ReadingInput{IntegrationID: s.IntegrationID, SiteID: s.SiteID}
		_, err = r.Temporal.SignalWithStartWorkflow(ctx, s.WorkflowID, workflows.SignalRead, nil,
			workflows.ReadingStart(s.WorkflowID, in), workflows.ReadCRMWorkflow, in)
	case journeys.KindRecompute:
		in := workflows.RecomputeInput{SiteID: s.SiteID}
		_, err = r.Temporal.SignalWithStartWorkflow(ctx, s.WorkflowID, workflows.SignalRecompute, nil,
			workflows.RecomputeStart(s.WorkflowID, in), workflows.RecomputeWorkflow, in)
	case reconciliations.KindReconciliation:
		in := workflows.ReconcileInput{SiteID: s.SiteID, Source: s.Source}
		_, err = r.Temporal.SignalWithStartWorkflow(ctx, s.WorkflowID, workflows.SignalReconcile, nil,
			workflows.ReconcileStart(s.WorkflowID, in), workflows.ReconcileWorkflow, in)
	default:
		in := workflows.ResendInput{DeliveryID: s.DeliveryID, SiteID: s.SiteID}
		_, err = r.Temporal.ExecuteWorkflow(ctx, startOptions(s, workflows.ResendStart(s.WorkflowID, in)), workflows.ResendWorkflow, in)
	}
	return err
}

// retry signals the workflow of a delivery that is to be tried now. If the workflow is gone,
// it is started again: the delivery has no end state.
func (r *Relay) retry(ctx context.Context, s outbox.Signal) error {
	var options client.StartWorkflowOptions
	var run, in any
	switch conversionOf := conversionInput(s); s.Kind {
	case conversion.KindCall:
		options, run, in = workflows.CallStart(s.WorkflowID, conversionOf, conversion.EventEnded), workflows.CallWorkflow, conversionOf
	case conversion.KindLead:
		options, run, in = workflows.LeadStart(s.WorkflowID, conversionOf), workflows.LeadWorkflow, conversionOf
	default:
		resend := workflows.ResendInput{DeliveryID: s.DeliveryID, SiteID: s.SiteID}
		options, run, in = workflows.ResendStart(s.WorkflowID, resend), workflows.ResendWorkflow, resend
	}
	_, err := r.Temporal.SignalWithStartWorkflow(ctx, s.WorkflowID, workflows.SignalRetry, workflows.RetrySignal{DeliveryID: s.DeliveryID},
		workflows.RestartOptions(options), run, in)
	return err
}

// startOptions returns the options of a start. A requeued signal restarts a
// workflow that has completed.
func startOptions(s outbox.Signal, options client.StartWorkflowOptions) client.StartWorkflowOptions {
	if s.EventType == outbox.EventRequeued {
		return workflows.RestartOptions(options)
	}
	return options
}

func conversionInput(s outbox.Signal) workflows.ConversionInput {
	return workflows.ConversionInput{ConversionID: s.ConversionID, SiteID: s.SiteID, Kind: s.Kind}
}
