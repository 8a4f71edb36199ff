package workflows

import (
	"fmt"
	"slices"

	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"ringback/conversion"
)

// The search attributes. They are never encrypted, and hold no personal data (G7).
// The worker registers them.
var (
	AttributeSite         = temporal.NewSearchAttributeKeyKeyword("RingbackSite")             // site id
	AttributeKind         = temporal.NewSearchAttributeKeyKeyword("RingbackKind")             // call, lead, resend
	AttributeState        = temporal.NewSearchAttributeKeyKeyword("RingbackState")            // one of the State constants
	AttributeCallStatus   = temporal.NewSearchAttributeKeyKeyword("RingbackCallStatus")       // ringing, answered or ended; at last the outcome, or incomplete
	AttributeIntegrations = temporal.NewSearchAttributeKeyKeywordList("RingbackIntegrations") // ids of the integrations it is sent to
)

// The values of RingbackState.
const (
	StateWaiting     = "waiting"     // for the call to end, or for late data after it
	StateDispatching = "dispatching" // decided; deliveries are in progress
	StateDone        = "done"        // every delivery arrived, or there was none
	StateFailed      = "failed"      // done, but a delivery failed; it can be resent
)

// KindResend is the value of RingbackKind for resends.
const KindResend = "resend"

// The bounds of RingbackIntegrations. Temporal's server terminates a workflow that writes
// more than 2,048 bytes to a search attribute (docs/facts/temporal.md). Integrations
// beyond that are sent to like the others, and are not in the attribute.
const (
	maxAttribute = 2000       // bytes of the list as JSON
	jsonPerID    = len(`"",`) // bytes of JSON beside each id
)

// attributes are the values of the search attributes that change. Each upsert is an
// event in the history and a write to the visibility store, so only changes are
// written; for a lead once, at its end.
type attributes struct {
	state        string
	callStatus   string
	integrations []string
}

// startedAs returns the attributes that CallStart set.
func startedAs(ctx workflow.Context) attributes {
	set := workflow.GetTypedSearchAttributes(ctx)
	state, _ := set.GetKeyword(AttributeState)
	status, _ := set.GetKeyword(AttributeCallStatus)
	return attributes{state: state, callStatus: status}
}

// upsert writes the attributes that changed.
func (a *attributes) upsert(ctx workflow.Context, next attributes) error {
	var updates []temporal.SearchAttributeUpdate
	if next.state != a.state {
		updates = append(updates, AttributeState.ValueSet(next.state))
	}
	if next.callStatus != a.callStatus {
		updates = append(updates, AttributeCallStatus.ValueSet(next.callStatus))
	}
	if !slices.Equal(next.integrations, a.integrations) {
		updates = append(updates, AttributeIntegrations.ValueSet(next.integrations))
	}
	if len(updates) == 0 {
		return nil
	}
	if err := workflow.UpsertTypedSearchAttributes(ctx, updates...); err != nil {
		return fmt.Errorf("updating the search attributes: %w", err)
	}
	*a = next
	return nil
}

// waitingFor returns the attributes of a call that has not ended.
func waitingFor(p *Progress) attributes { return attributesOf(p, StateWaiting) }

// dispatching returns the attributes of a call whose deliveries are in progress.
func dispatching(p *Progress) attributes { return attributesOf(p, StateDispatching) }

// finished returns the attributes at the end.
func finished(p *Progress) attributes {
	if p.has(StandingFailed) {
		return attributesOf(p, StateFailed)
	}
	return attributesOf(p, StateDone)
}

func attributesOf(p *Progress, state string) attributes {
	a := attributes{state: state, callStatus: p.CallStatus}
	size := 0
	for _, s := range p.Integrations {
		if s.DeliveryID == "" {
			continue
		}
		if size += len(s.IntegrationID) + jsonPerID; size > maxAttribute {
			break
		}
		a.integrations = append(a.integrations, s.IntegrationID)
	}
	return a
}

// statusAfter returns a call's status after its first event.
func statusAfter(event conversion.EventType) string {
	switch event {
	case conversion.EventAnswered:
		return "answered"
	case conversion.EventEnded:
		return "ended"
	default:
		return "ringing"
	}
}
