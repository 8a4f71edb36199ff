package upkeep

import (
	"context"

	"ringback/internal/fault"
	"ringback/models/audit"
	"ringback/models/erasing"
	"ringback/models/websites"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

type retentionStore interface {
	Retention(ctx context.Context, accountID, siteID string) (erasing.Retention, error)
	ChangeRetention(ctx context.Context, actor audit.Actor, siteID string, change func(*erasing.Retention) error) (erasing.Retention, error)
}

func (h *Handler) retentionRoutes(g openapi.Group) {
	add(g, openapi.Operation{
		ID: "read-retention", Route: "GET /sites/{site}/retention", Access: auth.Viewer, Summary: "Read for how many days a site keeps what",
		Description: "For how long visits are kept is keep_days of the script's settings.",
	}, h.readRetention)
	add(g, openapi.Operation{
		ID: "change-retention", Route: "PATCH /sites/{site}/retention", Access: auth.Admin, Summary: "Change for how many days a site keeps what",
		Description: "Fields that are left out keep their values. What is older is erased within an hour and cannot be brought back. A site that was deleted has a retention too, so that what is left of it can be erased.",
	}, h.changeRetention)
}

type retentionBody struct {
	Conversions   *int `json:"conversions,omitempty" minimum:"0" maximum:"3650" doc:"Days after which calls and leads that are done are erased, with their events, decisions and deliveries. Reports keep their totals; touchpoints and credit are computed again without them. At least the uniqueness_days of the site. 0 keeps them for ever. Default 0." example:"730"`
	RawBodies     *int `json:"raw_bodies,omitempty" minimum:"0" maximum:"3650" doc:"Days after which the reports and messages that calls and leads came with are erased. What was read of them stays. 0 keeps them as long as the call or lead. Default 0." example:"90"`
	AttemptBodies *int `json:"attempt_bodies,omitempty" minimum:"0" maximum:"3650" doc:"Days after which the requests and answers of attempts to deliver are erased. When and with what result stays. 0 keeps them as long as the call or lead. Default 0." example:"90"`
	PageViews     *int `json:"page_views,omitempty" minimum:"0" maximum:"3650" doc:"Days after which page views are erased. Their visits stay. 0 keeps them as long as the visit. Default 0." example:"90"`
	Messages      *int `json:"messages,omitempty" minimum:"0" maximum:"3650" doc:"Days after which messages of providers that could not be read, and the last message of a mapped source, are erased. 0 keeps them as long as visits are kept. Default 0." example:"30"`
}

type retentionView struct {
	Conversions   int `json:"conversions" doc:"Calls and leads with everything below them. 0 means for ever." example:"730"`
	RawBodies     int `json:"raw_bodies" doc:"What calls and leads came with." example:"90"`
	AttemptBodies int `json:"attempt_bodies" doc:"Requests and answers of attempts to deliver." example:"90"`
	PageViews     int `json:"page_views" example:"90"`
	Messages      int `json:"messages" doc:"Unread and last messages of providers." example:"30"`
}

func viewRetention(r erasing.Retention) retentionView {
	return retentionView{Conversions: r.Conversions, RawBodies: r.RawBodies, AttemptBodies: r.AttemptBodies, PageViews: r.PageViews, Messages: r.Messages}
}

// apply puts what is given into the retention of a site.
func (b retentionBody) apply(r *erasing.Retention, site websites.Site) error {
	wire.Set(&r.Conversions, b.Conversions)
	wire.Set(&r.RawBodies, b.RawBodies)
	wire.Set(&r.AttemptBodies, b.AttemptBodies)
	wire.Set(&r.PageViews, b.PageViews)
	wire.Set(&r.Messages, b.Messages)
	if r.Conversions > 0 && r.Conversions < site.UniquenessDays {
		return fault.InvalidFields(fault.Field{Path: "conversions", Expected: fault.Expect("conversions_at_least").Counting(site.UniquenessDays)})
	}
	return nil
}

func (h *Handler) readRetention(ctx context.Context, in *sites.InSite) (*wire.Answer[retentionView], error) {
	r, err := h.store.Retention(ctx, reqctx.Account(ctx), in.Site)
	if err != nil {
		return nil, err
	}
	return wire.Body(viewRetention(r)), nil
}

func (h *Handler) changeRetention(ctx context.Context, in *struct {
	sites.InSite
	Body retentionBody
}) (*wire.Answer[retentionView], error) {
	site, err := h.sites.Site(ctx, in.Site)
	if err != nil && fault.CodeOf(err) != fault.NotFound { // what is left of a deleted site can be erased
		return nil, err
	}
	r, err := h.store.ChangeRetention(ctx, reqctx.Actor(ctx), in.Site, func(r *erasing.Retention) error { return in.Body.apply(r, site) })
	if err != nil {
		return nil, err
	}
	return wire.Body(viewRetention(r)), nil
}
