package relay

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/propagation"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"

	"ringback/conversion"
	"ringback/models"
	"ringback/workflows"
)

// tell starts or signals the workflow of one signal. Work that has been done
// already is done: a workflow id runs to its end once (guarantee 2), so a late
// event finds its completed workflow and starts no second one.
func (r *Relay) tell(ctx context.Context, s models.Signal) error {
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier(s.Trace))
	err := r.start(ctx, s)
	var started *serviceerror.WorkflowExecutionAlreadyStarted
	if err == nil || errors.As(err, &started) {
		return nil
	}
	return fmt.Errorf("telling workflow %s: %w", s.WorkflowID, err)
}

func (r *Relay) start(ctx context.Context, s models.Signal) error {
	var err error
	switch s.Kind {
	case conversion.KindCall:
		in, event := conversionInput(s), conversion.EventType(s.EventType)
		_, err = r.Temporal.SignalWithStartWorkflow(ctx, s.WorkflowID,
			workflows.SignalEvent, workflows.EventSignal{Seq: s.Seq, Type: event},
			perhapsAgain(s, workflows.CallStart(s.WorkflowID, in, event)), workflows.CallWorkflow, in)
	case conversion.KindLead:
		in := conversionInput(s)
		_, err = r.Temporal.ExecuteWorkflow(ctx, perhapsAgain(s, workflows.LeadStart(s.WorkflowID, in)), workflows.LeadWorkflow, in)
	default:
		in := workflows.ResendInput{DeliveryID: s.DeliveryID, SiteID: s.SiteID}
		_, err = r.Temporal.ExecuteWorkflow(ctx, perhapsAgain(s, workflows.ResendStart(s.WorkflowID, in)), workflows.ResendWorkflow, in)
	}
	return err
}

func perhapsAgain(s models.Signal, options client.StartWorkflowOptions) client.StartWorkflowOptions {
	if s.EventType == models.EventRequeued {
		return workflows.Again(options)
	}
	return options
}

func conversionInput(s models.Signal) workflows.ConversionInput {
	return workflows.ConversionInput{ConversionID: s.ConversionID, SiteID: s.SiteID, Kind: s.Kind}
}
