package intake

import (
	"context"

	"ringback/conversion"
	"ringback/models"
	"ringback/web/internal/reqctx"
	"ringback/workflows"
)

// AcceptStore stores what was reported. Each method stores it together with the
// signal to its workflow, in one transaction (G1).
type AcceptStore interface {
	AcceptCallEvent(ctx context.Context, event models.CallEvent) (models.Accepted, error)
	AcceptLead(ctx context.Context, lead models.NewLead) (models.Accepted, error)
}

// Relay delivers stored signals to their workflows. Offer is called right after the
// commit and never blocks. A signal that it drops is found in the outbox later.
type Relay interface {
	Offer(models.Signal)
}

// Metrics counts what came in. The outcome of what was accepted is new, duplicate,
// ignored or late, that of a provider's message is read, left_out or unread.
type Metrics interface {
	Accepted(kind, source, outcome string)
	Received(source, outcome string)
}

// Acceptor stores call events and leads, whichever way they came, and passes them
// on to their workflows.
type Acceptor struct {
	store   AcceptStore
	relay   Relay
	metrics Metrics
}

// NewAcceptor returns an Acceptor.
func NewAcceptor(store AcceptStore, relay Relay, metrics Metrics) *Acceptor {
	return &Acceptor{store: store, relay: relay, metrics: metrics}
}

// AcceptCallEvent stores an event of a call.
func (a *Acceptor) AcceptCallEvent(ctx context.Context, e models.CallEvent) (models.Accepted, error) {
	e.WorkflowID = workflows.CallID(e.SiteID, e.Source, e.ExternalID)
	e.Trace = reqctx.Trace(ctx)
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
	l.Trace = reqctx.Trace(ctx)
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
