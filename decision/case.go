package decision

import (
	"context"
	"fmt"
	"time"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/integrations"
)

// Store is what loading a case needs of the database. models.Store has it.
type Store interface {
	Case(ctx context.Context, conversionID string) (models.Case, error)
	Earlier(ctx context.Context, c models.Case) (conversion.Earlier, error)
	Visits(ctx context.Context, c models.Case) ([]conversion.Visit, error)
}

// Case is a conversion with everything that its decisions depend on.
type Case struct {
	models.Case
	Visits  []conversion.Visit // the visitor's history, without the visit that came with the conversion itself
	Earlier conversion.Earlier // the person's earlier conversions
}

// Load reads the case of a conversion to decide on it. The history of a
// conversion that is decided is left out, since nothing depends on it any more.
func Load(ctx context.Context, store Store, conversionID string) (Case, error) {
	return load(ctx, store, conversionID, func(c Case) bool { return c.Conversion.DecidedAt == nil })
}

// LoadWaiting reads the case of a conversion to see what is waited for, and what
// can be decided before the end of a call. The history is left out once the call
// has ended, since what is waited for then does not depend on it, unless due reports that the
// case is to be decided now. It may be nil.
func LoadWaiting(ctx context.Context, store Store, conversionID string, due func(Case) bool) (Case, error) {
	return load(ctx, store, conversionID, func(c Case) bool { return c.goesOn() || due != nil && due(c) })
}

// ForDetail returns the case of a conversion whose detail is known already, to see its
// status. The case of a conversion that is decided needs no more than the detail holds.
func ForDetail(ctx context.Context, store Store, d models.Detail) (Case, error) {
	if d.Conversion.DecidedAt == nil {
		return LoadWaiting(ctx, store, d.Conversion.ID, nil)
	}
	return Case{Case: models.Case{Conversion: d.Conversion, Site: d.Site, Events: d.Events, Decisions: d.Decisions}}, nil
}

func load(ctx context.Context, store Store, conversionID string, needsHistory func(Case) bool) (Case, error) {
	stored, err := store.Case(ctx, conversionID)
	if err != nil {
		return Case{}, fmt.Errorf("reading the case: %w", err)
	}
	c := Case{Case: stored}
	if !needsHistory(c) {
		return c, nil
	}
	if c.Visits, err = store.Visits(ctx, stored); err != nil {
		return c, fmt.Errorf("reading the visits: %w", err)
	}
	if c.Conversion.Person != "" { // without a person there is nothing earlier to find
		if c.Earlier, err = store.Earlier(ctx, stored); err != nil {
			return c, fmt.Errorf("reading the earlier conversions: %w", err)
		}
	}
	return c, nil
}

// Call returns the call as folded from the events that were accepted in time, with
// what the caller's session on the web site adds. Late events are shown and never
// count (G5).
func (c Case) Call() conversion.Call {
	call := FoldedCall(c.Events)
	call.SessionID, call.VisitorIDs = c.withSession(call.SessionID, call.VisitorIDs)
	return call
}

// FoldedCall returns the call as folded from those of the events that are not late.
func FoldedCall(events []models.EventRow) conversion.Call {
	var inTime []conversion.CallEvent
	for _, e := range events {
		if e.Call != nil && !e.Late {
			inTime = append(inTime, *e.Call)
		}
	}
	return conversion.FoldCall(inTime)
}

// Lead returns the lead as it was accepted, which is its first event, with what
// the visitor's session adds.
func (c Case) Lead() conversion.Lead {
	for _, e := range c.Events {
		if e.Lead != nil && !e.Late {
			lead := *e.Lead
			lead.SessionID, lead.VisitorIDs = c.withSession(lead.SessionID, lead.VisitorIDs)
			return lead
		}
	}
	return conversion.Lead{At: c.Conversion.At}
}

// Undecided returns the integrations that have no decision yet.
func (c Case) Undecided() []integrations.Integration {
	decided := map[string]bool{}
	for _, d := range c.Decisions {
		decided[d.IntegrationID] = true
	}
	var open []integrations.Integration
	for _, i := range c.Integrations {
		if !decided[i.ID] {
			open = append(open, i)
		}
	}
	return open
}

// goesOn reports whether this is a call that has not ended and is not decided.
func (c Case) goesOn() bool {
	return c.Conversion.Kind == conversion.KindCall && c.Conversion.DecidedAt == nil && !FoldedCall(c.Events).Ended()
}

// acceptedAt returns when the last event that counts was accepted: nothing could be
// decided by it before.
func (c Case) acceptedAt() time.Time {
	last := c.Conversion.CreatedAt
	for _, e := range c.Events {
		if !e.Late && e.ReceivedAt.After(last) {
			last = e.ReceivedAt
		}
	}
	return last
}
