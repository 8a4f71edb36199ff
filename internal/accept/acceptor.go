// Package accept stores what was reported about calls and leads, and passes it on to
// the workflows: reports of the API, messages that providers sent, and calls that
// providers list. A message that cannot be read is kept with the reason.
//
// It must not know HTTP, or how a message came in and was verified.
package accept

import (
	"context"

	"go.opentelemetry.io/otel/propagation"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/outbox"
	"ringback/workflows"
)

// Store stores what was reported. Each method stores it together with the signal to
// its workflow, in one transaction (G1).
type Store interface {
	AcceptCallEvent(ctx context.Context, event models.CallEvent) (models.Accepted, error)
	AcceptLead(ctx context.Context, lead models.NewLead) (models.Accepted, error)
}

// Relay delivers stored signals to their workflows. Offer is called right after the
// commit and never blocks. A signal that it drops is found in the outbox later.
type Relay interface {
	Offer(outbox.Signal)
}

// Metrics counts what was stored. The outcome is new, duplicate, ignored or late.
type Metrics interface {
	Accepted(kind, source, outcome string)
}

// Acceptor stores call events and leads, whichever way they came, and passes them
// on to their workflows.
type Acceptor struct {
	store   Store
	relay   Relay
	metrics Metrics
}

// New returns an Acceptor.
func New(store Store, relay Relay, metrics Metrics) *Acceptor {
	return &Acceptor{store: store, relay: relay, metrics: metrics}
}

// AcceptCallEvent stores an event of a call.
func (a *Acceptor) AcceptCallEvent(ctx context.Context, e models.CallEvent) (models.Accepted, error) {
	e.WorkflowID = workflows.CallID(e.SiteID, e.Source, e.ExternalID)
	e.Trace = traceOf(ctx)
	accepted, err := a.store.AcceptCallEvent(ctx, e)
	if err != nil {
		return models.Accepted{}, err
	}
	a.finish(conversion.KindCall, e.Source, accepted)
	return accepted, nil
}

// AcceptLead stores a lead.
func (a *Acceptor) AcceptLead(ctx context.Context, l models.NewLead) (models.Accepted, error) {
	l.WorkflowID = workflows.LeadID(l.SiteID, l.ExternalID)
	l.Trace = traceOf(ctx)
	accepted, err := a.store.AcceptLead(ctx, l)
	if err != nil {
		return models.Accepted{}, err
	}
	a.finish(conversion.KindLead, l.Source, accepted)
	return accepted, nil
}

// finish offers the signal of what was stored to the relay, and counts it.
func (a *Acceptor) finish(kind conversion.Kind, source string, accepted models.Accepted) {
	if accepted.Signal != nil {
		a.relay.Offer(*accepted.Signal)
	}
	a.metrics.Accepted(string(kind), source, outcome(accepted))
}

func outcome(a models.Accepted) string {
	switch {
	case a.Duplicate:
		return "duplicate"
	case a.Ignored:
		return "ignored"
	case a.Late:
		return "late"
	default:
		return "new"
	}
}

// traceParent is the header of the W3C trace context that names a trace and a span.
const traceParent = "traceparent"

// traceOf returns the trace that a report belongs to, which the workflow goes on with,
// nil if there is none. It is stored, so it holds nothing that callers put beside it:
// tracestate and baggage are texts of their own.
func traceOf(ctx context.Context) map[string]string {
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(ctx, carrier)
	if carrier[traceParent] == "" {
		return nil
	}
	return map[string]string{traceParent: carrier[traceParent]}
}
