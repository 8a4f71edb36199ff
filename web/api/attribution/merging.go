package attribution

import (
	"context"

	"ringback/explanation"
	"ringback/models/journeys"
	"ringback/touchpoints"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

type mergingView struct {
	ConversionID  string              `json:"conversion_id,omitempty" doc:"The call. Missing for a Task of your CRM that is none of Ringback's calls." example:"cnv_01jdq00000000000000000000"`
	TaskID        string              `json:"task_id,omitempty" doc:"Ringback's id of the Task of your CRM, if one was read." example:"tsk_01jdq00000000000000000000"`
	Day           string              `json:"day,omitempty" doc:"The day of the call in the time zone of the site, missing if not known." example:"2026-05-04"`
	PersonID      string              `json:"person_id,omitempty" doc:"The caller, of your CRM if the id begins with cpe_. Empty if the caller is not known."`
	Outcome       touchpoints.Outcome `json:"outcome" doc:"What became of it." example:"too_late"`
	SessionID     string              `json:"session_id,omitempty" doc:"The visit that it was merged with, or else the nearest one."`
	ApartSeconds  int64               `json:"apart_seconds" doc:"The time between the visit and the call." example:"2880"`
	WindowSeconds int64               `json:"window_seconds" doc:"How far apart they may be." example:"1800"`
	MissedSeconds int64               `json:"missed_seconds" doc:"By how much the call missed the visit." example:"1080"`
	Explanation   string              `json:"explanation" doc:"The same as a sentence." example:"The call began 48 minutes after the last activity of the visit, 18 minutes too late."`
}

func (h *Handler) readMerging(ctx context.Context, in *struct {
	sites.InSite
	ID string `path:"id" doc:"The call." example:"cnv_01jdq00000000000000000000"`
}) (*wire.Answer[mergingView], error) {
	call, err := h.store.CallOutcome(ctx, reqctx.Account(ctx), in.Site, in.ID)
	if err != nil {
		return nil, err
	}
	return wire.Body(viewMerging(reqctx.Writer(ctx), call)), nil
}

func viewMerging(w explanation.Writer, call journeys.Call) mergingView {
	m := call.Merging
	return mergingView{
		ConversionID: call.ConversionID, TaskID: call.TaskID, Day: call.Day, PersonID: call.PersonID, Outcome: call.Outcome, SessionID: m.SessionID,
		ApartSeconds: m.ApartSeconds, WindowSeconds: m.WindowSeconds, MissedSeconds: m.MissedSeconds, Explanation: w.Merging(m),
	}
}

func (h *Handler) listMerging(ctx context.Context, in *struct {
	sites.InSite
	wire.Paging
	Outcome touchpoints.Outcome `query:"outcome" enum:"merged,too_late,too_early,no_session,no_time_of_day,no_bizible_id,unusable_bizible_id,no_time,deleted" doc:"Only calls of which this became."`
	DayFrom string              `query:"day_from" maxLength:"10" doc:"Only calls from this day on, in the site's time zone." example:"2026-11-01"`
	DayTo   string              `query:"day_to" maxLength:"10" doc:"Only calls up to this day, with day_from." example:"2026-11-30"`
}) (*wire.Listing[mergingView], error) {
	first, last, err := daysOf(in.DayFrom, in.DayTo)
	if err != nil {
		return nil, err
	}
	f := journeys.CallFilter{AccountID: reqctx.Account(ctx), SiteID: in.Site, Outcome: in.Outcome, DayFrom: first, DayTo: last}
	calls, next, err := h.store.Calls(ctx, f, in.Page())
	if err != nil {
		return nil, err
	}
	w := reqctx.Writer(ctx)
	return wire.List(calls, next, func(c journeys.Call) mergingView { return viewMerging(w, c) }), nil
}
