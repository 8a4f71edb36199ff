package api

import (
	"context"
	"strings"

	"ringback/conversion"
	"ringback/models"
	"ringback/web/internal/auth"
	"ringback/web/internal/conversionview"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/validate"
	"ringback/web/internal/wire"
)

type conversionStore interface {
	Conversions(ctx context.Context, filter models.ConversionFilter, page models.Page) ([]models.Conversion, string, error)
}

func (h *Handler) conversionRoutes(a *openapi.API) {
	g := a.Group(openapi.Group{Name: "Conversions and deliveries", Order: orderConversions, Description: "What became of calls and leads, and why."})
	add(g, openapi.Operation{
		ID: "list-conversions", Route: "GET /sites/{site}/conversions", Access: auth.Viewer, Summary: "List the conversions",
		Description: "Calls and leads, those accepted last first. With `from` or `to`, those that began last come first.",
	}, h.listConversions)
	add(g, openapi.Operation{
		ID: "read-conversion", Route: "GET /conversions/{id}", Access: auth.Viewer, AnySite: true, Summary: "Read a conversion",
		Description: "All that is stored of a call or lead: events, tags, decisions with every check, deliveries with every attempt, and its state for each integration.",
	}, h.readConversion)
	h.deliveryRoutes(g)
}

func (h *Handler) listConversions(ctx context.Context, in *struct {
	sites.InSite
	wire.Paging
	wire.Period
	Kind       conversion.Kind        `query:"kind" enum:"call,lead" doc:"Only calls or only leads."`
	State      models.ConversionState `query:"state" enum:"waiting,dispatching,done" doc:"Only those in this state."`
	Tag        string                 `query:"tag" maxLength:"100" doc:"Only those with this tag."`
	ExternalID string                 `query:"external_id" maxLength:"200" doc:"Only the one with this id of yours."`
	ReportedBy string                 `query:"reported_by" maxLength:"64" doc:"Only those of which the token with this id reported an event." example:"tok_01jdq00000000000000000000"`
	SessionID  string                 `query:"session_id" maxLength:"64" doc:"Only those of this visit." example:"ses_01jdq00000000000000000000"`
	Person     string                 `query:"person" maxLength:"255" doc:"Only those of the person with this phone number or e-mail address. A lead with both is found by its phone number. A number without a country code is one of the site's region." example:"+12025550123"`
	BehindFigure
}) (*wire.Listing[conversionview.ConversionView], error) {
	filter := models.ConversionFilter{
		AccountID: reqctx.Account(ctx), SiteID: in.Site, Kind: in.Kind, State: in.State, Tag: in.Tag, ExternalID: in.ExternalID, Token: in.ReportedBy, SessionID: in.SessionID,
	}
	filter.From, filter.To = in.Bounds()
	var err error
	if filter.Figure, err = in.filter(); err != nil {
		return nil, err
	}
	site, err := h.sites.Site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	if filter.Person, err = personOf(in.Person, site.Region); err != nil {
		return nil, err
	}
	if openapi.OnlyChecked(ctx) {
		return &wire.Listing[conversionview.ConversionView]{}, nil
	}
	conversions, next, err := h.store.Conversions(ctx, filter, in.Page())
	if err != nil {
		return nil, err
	}
	return wire.List(conversions, next, func(m models.Conversion) conversionview.ConversionView { return h.view.Conversion(ctx, m) }), nil
}

// personOf returns a person as conversions name one: by a phone number in E.164, or by an
// e-mail address in lower case.
func personOf(text, region string) (string, error) {
	if text == "" || strings.Contains(text, "@") {
		return strings.ToLower(strings.TrimSpace(text)), nil
	}
	var c validate.Checker
	number := c.Phone("person", text, region)
	return number.E164, c.Err()
}

func (h *Handler) readConversion(ctx context.Context, in *struct {
	ID string `path:"id" doc:"The conversion's id." example:"cnv_01jdq00000000000000000000"`
}) (*wire.Answer[conversionview.DetailView], error) {
	detail, err := h.view.Detail(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return wire.Body(detail), nil
}
