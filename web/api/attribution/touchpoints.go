package attribution

import (
	"context"

	"ringback/models/journeys"
	"ringback/reports"
	"ringback/touchpoints"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

// listedTouchpoint is a touchpoint in a list of those of all people.
type listedTouchpoint struct {
	touchpointView
	weightsView
	PersonID   string `json:"person_id" doc:"Whose it is: a person of your CRM if the id begins with cpe_." example:"cpe_01jdq00000000000000000000"`
	InCRM      bool   `json:"in_crm" doc:"Whether your CRM has the person."`
	Removed    bool   `json:"removed,omitempty" doc:"Whether your exclusions leave it out of the CRM."`
	Suppressed bool   `json:"suppressed,omitempty" doc:"Whether your exclusions leave it out of reports. It has no positions then."`
}

// TouchpointFilter are the parameters that select touchpoints.
type TouchpointFilter struct {
	wire.Period
	DayFrom       string               `query:"day_from" maxLength:"10" doc:"Only from this day on, in the site's time zone." example:"2026-11-01"`
	DayTo         string               `query:"day_to" maxLength:"10" doc:"Only up to this day, with day_from." example:"2026-11-30"`
	PersonID      string               `query:"person_id" maxLength:"64" doc:"Only those of this person."`
	SessionID     string               `query:"session_id" maxLength:"64" doc:"Only the ones of this visit."`
	ConversionID  string               `query:"conversion_id" maxLength:"64" doc:"Only those of this call or lead."`
	Kind          touchpoints.Kind     `query:"kind" enum:"visit,form,call,task_call" doc:"Only visits without a form or call, forms, calls that belong to a visit (call), or calls without one (task_call)."`
	Type          string               `query:"type" maxLength:"255" doc:"Only those of this type, such as Call."`
	Source        string               `query:"source" maxLength:"255" doc:"Only those of this source."`
	Medium        string               `query:"medium" maxLength:"255" doc:"Only those of this medium."`
	Channel       string               `query:"channel" maxLength:"255" doc:"Only those of this channel."`
	Subchannel    string               `query:"subchannel" maxLength:"255" doc:"Only those of this subchannel."`
	Campaign      string               `query:"campaign" maxLength:"255" doc:"Only those of this campaign."`
	Position      touchpoints.Position `query:"position" maxLength:"255" doc:"Only those that have this position in the journey of the person, such as LC."`
	OpportunityID string               `query:"opportunity_id" maxLength:"64" doc:"Only those with credit for this opportunity."`
	Model         string               `query:"model" maxLength:"64" doc:"Only those with credit by this model, such as u_shaped."`
	Suppressed    bool                 `query:"suppressed" doc:"Instead of those that count in reports, those that your exclusions leave out of them."`
	All           bool                 `query:"all" doc:"Those that your exclusions leave out of reports, too. The report on channels and revenue counts all."`
}

// filter returns the filter of a site.
func (in TouchpointFilter) filter(account, site string) (journeys.TouchpointFilter, error) {
	f := journeys.TouchpointFilter{
		AccountID: account, SiteID: site, PersonID: in.PersonID, SessionID: in.SessionID, ConversionID: in.ConversionID,
		Kind: in.Kind, Type: in.Type, Source: in.Source, Medium: in.Medium, Channel: in.Channel, Subchannel: in.Subchannel,
		Campaign: in.Campaign, Position: in.Position, OpportunityID: in.OpportunityID, Model: in.Model, Suppressed: in.Suppressed, All: in.All,
	}
	f.From, f.To = in.Bounds()
	var err error
	f.DayFrom, f.DayTo, err = daysOf(in.DayFrom, in.DayTo)
	return f, err
}

// daysOf checks the parameters day_from and day_to, and returns them as they are stored. Both
// are empty if neither is given.
func daysOf(from, to string) (first, last string, err error) {
	if from == "" && to == "" {
		return "", "", nil
	}
	days, err := reports.ParseDays("day_from", "day_to", from, to)
	return days.From.String(), days.To.String(), err
}

func (h *Handler) listTouchpoints(ctx context.Context, in *struct {
	sites.InSite
	wire.Paging
	TouchpointFilter
}) (*wire.Listing[listedTouchpoint], error) {
	f, err := in.filter(reqctx.Account(ctx), in.Site)
	if err != nil {
		return nil, err
	}
	found, next, err := h.store.Touchpoints(ctx, f, in.Page())
	if err != nil {
		return nil, err
	}
	w := reqctx.Writer(ctx)
	return wire.List(found, next, func(t journeys.Touchpoint) listedTouchpoint {
		return listedTouchpoint{
			touchpointView: viewTouchpoint(w, t, t.Positions), weightsView: weightsOf(t),
			PersonID: t.PersonID, InCRM: t.InCRM, Removed: t.Removed, Suppressed: t.Suppressed,
		}
	}), nil
}
