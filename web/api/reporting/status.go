package reporting

import (
	"context"
	"time"

	"ringback/models/figures"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

// seriesView is what reports go by.
type seriesView struct {
	TimeZone         string     `json:"time_zone" example:"Europe/Berlin"`
	AbandonedSeconds int        `json:"abandoned_seconds" doc:"A missed call that waited less counts as abandoned." example:"15"`
	Since            *time.Time `json:"since,omitempty" doc:"Since when reports go by it."`
	Done             int64      `json:"done,omitempty" doc:"While it is built: how many calls and leads are counted."`
	Total            int64      `json:"total,omitempty" doc:"While it is built: of how many."`
}

type reportStatusView struct {
	Serving  *seriesView `json:"serving,omitempty" doc:"What reports go by now. Missing while the first reports of the site are built."`
	Building *seriesView `json:"building,omitempty" doc:"What they will go by after a change, once it is built."`
}

func viewSeries(s *figures.Series) *seriesView {
	if s == nil {
		return nil
	}
	return &seriesView{TimeZone: s.TimeZone, AbandonedSeconds: s.AbandonedSeconds, Since: s.ServedAt, Done: s.Done, Total: s.Total}
}

func (h *Handler) status(ctx context.Context, in *sites.InSite) (*wire.Answer[reportStatusView], error) {
	serving, building, err := h.store.SeriesOf(ctx, reqctx.Account(ctx), in.Site)
	if err != nil {
		return nil, err
	}
	return wire.Body(reportStatusView{Serving: viewSeries(serving), Building: viewSeries(building)}), nil
}

func (h *Handler) changeRules(ctx context.Context, in *struct {
	sites.InSite
	Body struct {
		AbandonedSeconds *int `json:"abandoned_seconds,omitempty" minimum:"1" maximum:"600" doc:"A missed call that waited less counts as abandoned. A change is counted again from the beginning."`
	}
}) (*wire.Answer[reportStatusView], error) {
	if in.Body.AbandonedSeconds != nil {
		if err := h.store.SetRules(ctx, reqctx.Account(ctx), in.Site, *in.Body.AbandonedSeconds); err != nil {
			return nil, err
		}
	}
	return h.status(ctx, &in.InSite)
}
