package preview

import (
	"context"
	"fmt"

	"ringback/conversion"
	"ringback/decision"
	"ringback/internal/instant"
	"ringback/models"
	"ringback/models/integrations"
	"ringback/models/judged"
	"ringback/models/websites"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/wire"
)

// trial is what is tried, and against what.
type trial struct {
	site    websites.Site
	tried   integrations.Integration
	current *integrations.Integration // nil if it does not exist yet
}

// outcome is what a trial comes to for one call or lead.
type outcome struct {
	of      judged.Conversion
	tried   conversion.Decision
	current *conversion.Decision // nil if the integration does not exist yet
	rebuilt bool                 // nothing was kept of its decisions
}

// change returns what the settings change, empty if nothing.
func (o outcome) change() Change {
	switch {
	case o.current == nil || o.tried.Verdict == o.current.Verdict:
		return ""
	case o.tried.Verdict == conversion.Send:
		return Gained
	default:
		return Lost
	}
}

// judge answers with one page of a trial, when it is the account's turn.
func (h *Handler) judge(ctx context.Context, t trial, asked Asked) (*wire.Answer[View], error) {
	end, err := h.turns.Begin(ctx, reqctx.Account(ctx))
	if err != nil {
		return nil, err
	}
	defer end()
	ctx = models.Viewing(ctx)
	t.tried.Enabled = true
	from, err := h.place(ctx, t.site, asked)
	if err != nil {
		return nil, err
	}
	page, err := h.Store.DecidedAfter(ctx, from.decided(t.site), from.after(), asked.limit())
	if err != nil {
		return nil, err
	}
	view := newView(from, len(page), asked.limit())
	for _, c := range page {
		o, err := h.outcome(ctx, t, c)
		if err != nil {
			return nil, err
		}
		view.add(reqctx.Writer(ctx), o, asked.Show)
	}
	view.finish(reqctx.Writer(ctx), page)
	return wire.Body(view.View), nil
}

// place returns where the page begins: as the cursor says, or at the beginning of the
// last days.
func (h *Handler) place(ctx context.Context, site websites.Site, asked Asked) (place, error) {
	if asked.Cursor != "" {
		return parsePlace(asked.Cursor)
	}
	now := instant.Now(h.Clock)
	p := place{From: now.AddDate(0, 0, -asked.days()), To: now}
	var err error
	p.Total, err = h.Store.CountDecided(ctx, p.decided(site))
	return p, err
}

// outcome judges one call or lead by the settings that are tried, and by those that there
// are.
func (h *Handler) outcome(ctx context.Context, t trial, c judged.Conversion) (outcome, error) {
	o := outcome{of: c, rebuilt: len(c.Facts) == 0}
	if o.rebuilt {
		facts, err := decision.LoadFacts(ctx, h.Store, c.ID)
		if err != nil {
			return o, fmt.Errorf("reading what is known of a call or lead: %w", err)
		}
		o.of.Facts = []judged.Facts{facts}
	}
	o.tried = h.Decider.Preview(t.site, o.of.Facts, t.tried)
	if t.current != nil {
		o.current = new(h.Decider.Preview(t.site, o.of.Facts, *t.current))
	}
	return o, nil
}
