package tracking

import (
	"context"

	"ringback/conversion"
	"ringback/models"
	"ringback/models/visitors"
	"ringback/reports"
	"ringback/web/internal/conversionview"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

// SessionFilter are the parameters that select sessions.
type SessionFilter struct {
	Visitor  string `query:"visitor" maxLength:"64" doc:"Only those of this visitor, by visitor_id."`
	DayFrom  string `query:"day_from" maxLength:"10" doc:"Only those that began on this day or later, in the time zone of the site. It needs day_to." example:"2026-11-01"`
	DayTo    string `query:"day_to" maxLength:"10" doc:"Only those that began on this day or earlier. It needs day_from." example:"2026-11-30"`
	Channel  string `query:"channel" maxLength:"255" doc:"Only those of this channel. For this and the next ones, (not set) selects what is not known."`
	Source   string `query:"source" maxLength:"255" doc:"Only those of this source."`
	Medium   string `query:"medium" maxLength:"255" doc:"Only those of this medium."`
	Campaign string `query:"campaign" maxLength:"255" doc:"Only those of this campaign."`
}

// filter returns the filter of a site's sessions.
func (h *Handler) filter(ctx context.Context, site string, f SessionFilter) (visitors.SessionFilter, error) {
	filter := visitors.SessionFilter{VisitorID: f.Visitor, Traffic: wire.ValuesOf(map[string]string{
		"channel": f.Channel, "source": f.Source, "medium": f.Medium, "campaign": f.Campaign,
	})}
	days, err := wire.DaysOf(f.DayFrom, f.DayTo)
	if err != nil || days == nil {
		return filter, err
	}
	of, err := h.sites.Site(ctx, site)
	if err != nil {
		return filter, err
	}
	zone := reports.Zone(of.TimeZone)
	filter.From, filter.To = new(days.From.Start(zone)), new((days.To + 1).Start(zone))
	return filter, nil
}

// visitView is a session with what it led to.
type visitView struct {
	conversionview.SessionView
	Numbers     int                      `json:"numbers" doc:"How many numbers of pools the visitor was shown."`
	Conversions []sessionConversionsView `json:"conversions,omitempty" doc:"The calls and leads that belong to the session."`
}

// sessionConversionsView are the calls or the leads of a session.
type sessionConversionsView struct {
	Kind     conversion.Kind `json:"kind" enum:"call,lead"`
	Count    int             `json:"count"`
	NewestID string          `json:"newest_id" doc:"The id of the one that came last." example:"cnv_01jdq00000000000000000000"`
}

// viewVisits returns the views of sessions in their order.
func (h *Handler) viewVisits(ctx context.Context, site string, sessions ...visitors.Session) ([]visitView, error) {
	ids := make([]string, 0, len(sessions))
	for _, m := range sessions {
		ids = append(ids, m.ID)
	}
	results, err := h.store.SessionResults(ctx, reqctx.Account(ctx), site, ids)
	if err != nil {
		return nil, err
	}
	w, views := reqctx.Writer(ctx), make([]visitView, 0, len(sessions))
	for _, m := range sessions {
		views = append(views, visitView{
			SessionView: conversionview.ViewSession(w, m), Numbers: results[m.ID].Numbers, Conversions: viewSessionConversions(results[m.ID].Conversions),
		})
	}
	return views, nil
}

func viewSessionConversions(all []models.SessionConversions) (views []sessionConversionsView) {
	for _, m := range all {
		views = append(views, sessionConversionsView(m))
	}
	return views
}

func (h *Handler) listSessions(ctx context.Context, in *struct {
	sites.InSite
	wire.Paging
	SessionFilter
}) (*wire.Listing[visitView], error) {
	filter, err := h.filter(ctx, in.Site, in.SessionFilter)
	if err != nil {
		return nil, err
	}
	if openapi.OnlyChecked(ctx) {
		return &wire.Listing[visitView]{}, nil
	}
	sessions, next, err := h.store.Sessions(ctx, reqctx.Account(ctx), in.Site, filter, in.Page())
	if err != nil {
		return nil, err
	}
	views, err := h.viewVisits(ctx, in.Site, sessions...)
	if err != nil {
		return nil, err
	}
	return wire.List(views, next, func(v visitView) visitView { return v }), nil
}

func (h *Handler) readSession(ctx context.Context, in *struct {
	sites.InSite
	ID string `path:"id" doc:"The session's id." example:"ses_01jdq00000000000000000000"`
}) (*wire.Answer[visitView], error) {
	session, err := h.store.Session(ctx, reqctx.Account(ctx), in.Site, in.ID)
	if err != nil {
		return nil, err
	}
	views, err := h.viewVisits(ctx, in.Site, session)
	if err != nil {
		return nil, err
	}
	return wire.Body(views[0]), nil
}
