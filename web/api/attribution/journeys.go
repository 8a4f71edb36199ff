package attribution

import (
	"context"
	"time"

	"ringback/explanation"
	"ringback/models/journeys"
	"ringback/touchpoints"
	"ringback/touchpoints/credit"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

// OfPerson are the parameters of an answer about one person, with sentences.
type OfPerson struct {
	sites.InSite
	ID string `path:"id" doc:"The person." example:"cpe_01jdq00000000000000000000"`
}

// OfOpportunity are the parameters of an answer about one opportunity.
type OfOpportunity struct {
	sites.InSite
	ID string `path:"id" doc:"The opportunity." example:"opp_01jdq00000000000000000000"`
}

type touchpointView struct {
	ID           string                `json:"id" example:"tpt_01jdq00000000000000000000"`
	Kind         touchpoints.Kind      `json:"kind" doc:"What it is: a visit, a form or a call." example:"call"`
	At           time.Time             `json:"at" doc:"The start of the visit, or of the call if there is none."`
	Day          string                `json:"day" doc:"The day in the time zone of the site." example:"2026-05-04"`
	SessionID    string                `json:"session_id,omitempty" doc:"The visit, if there is one."`
	ConversionID string                `json:"conversion_id,omitempty" doc:"The call or lead, if there is one."`
	Type         string                `json:"type" example:"Call"`
	Medium       string                `json:"medium,omitempty" example:"cpc"`
	Source       string                `json:"source" example:"google"`
	Channel      string                `json:"channel" example:"Paid Search"`
	Subchannel   string                `json:"subchannel,omitempty" example:"AdWords"`
	Campaign     string                `json:"campaign,omitempty" example:"spring"`
	LandingPage  string                `json:"landing_page,omitempty" example:"https://www.example.com/"`
	Positions    touchpoints.Positions `json:"positions" doc:"Its positions in this journey; docs/touchpoints.md lists them."`
	Position     string                `json:"position" doc:"The positions as Marketo Measure writes them, or - if there is none." example:"FT, LC, Form"`
	Reasons      []string              `json:"reasons" doc:"Why it is what it is, one sentence each." example:"[\"The call began 5 minutes after the last activity of the visit.\"]"`
}

func viewTouchpoint(w explanation.Writer, t journeys.Touchpoint, positions touchpoints.Positions) touchpointView {
	return touchpointView{
		ID: t.ID, Kind: t.Kind, At: t.At, Day: t.Day, SessionID: t.SessionID, ConversionID: t.ConversionID,
		Type: t.Type, Medium: t.Medium, Source: t.Source, Channel: t.Channel, Subchannel: t.Subchannel,
		Campaign: t.Campaign, LandingPage: t.LandingPage, Positions: append(touchpoints.Positions{}, positions...), Position: positions.String(),
		Reasons: w.Touchpoint(t.Detail),
	}
}

// weightsView is what a touchpoint counts for by each model of people.
type weightsView struct {
	FirstTouch   int `json:"first_touch" doc:"What it counts for in the model First Touch of the person, in hundredths of a percent." example:"10000"`
	LeadCreation int `json:"lead_creation" doc:"The same for Lead Creation." example:"10000"`
	UShaped      int `json:"u_shaped" doc:"The same for U-Shaped." example:"8000"`
}

func weightsOf(t journeys.Touchpoint) weightsView {
	return weightsView{FirstTouch: t.FirstTouch, LeadCreation: t.LeadCreation, UShaped: t.UShaped}
}

// personTouchpoint is a touchpoint in the journey of a person.
type personTouchpoint struct {
	touchpointView
	weightsView
}

type personJourneyView struct {
	Touchpoints []personTouchpoint `json:"touchpoints" doc:"Those that count in reports, the oldest first."`
	NextCursor  string             `json:"next_cursor" doc:"Pass it as cursor to read the next ones. Empty if there are no more."`
}

func (h *Handler) readPersonJourney(ctx context.Context, in *struct {
	OfPerson
	wire.Paging
}) (*wire.Answer[personJourneyView], error) {
	found, next, err := h.store.PersonJourney(ctx, reqctx.Account(ctx), in.Site, in.ID, in.Page())
	if err != nil {
		return nil, err
	}
	w := reqctx.Writer(ctx)
	view := personJourneyView{NextCursor: next}
	view.Touchpoints = wire.Views(found, func(t journeys.Touchpoint) personTouchpoint {
		return personTouchpoint{touchpointView: viewTouchpoint(w, t, t.Positions), weightsView: weightsOf(t)}
	})
	return wire.Body(view), nil
}

type shareView struct {
	TouchpointID string `json:"touchpoint_id" example:"tpt_01jdq00000000000000000000"`
	Credit       int    `json:"credit" doc:"In hundredths of a percent." example:"4000"`
	Amount       int64  `json:"amount" doc:"In minor units of the currency." example:"40000"`
	Explanation  string `json:"explanation" doc:"What the credit is for." example:"40 % of the credit: first touch (20 %), lead creation (20 %)."`
}

type modelView struct {
	Model    string      `json:"model" example:"u_shaped"`
	Name     string      `json:"name" example:"U-shaped"`
	Shares   []shareView `json:"shares" doc:"One for each touchpoint of the page, in their order. Over all pages the credit adds up to 10000, and the amounts to that of the opportunity, if there is a touchpoint."`
	Currency string      `json:"currency,omitempty" doc:"ISO 4217, empty if not known." example:"USD"`
	Notes    []string    `json:"notes" doc:"How the credit was divided where it is not simply by the weights of the model." example:"[]"`
}

type opportunityJourneyView struct {
	Touchpoints []touchpointView `json:"touchpoints"`
	Models      []modelView      `json:"models"`
	Open        bool             `json:"open" doc:"Whether the opportunity is still open."`
	NextCursor  string           `json:"next_cursor" doc:"Pass it as cursor to read the next touchpoints and their shares. Empty if there are no more."`
	Empty       string           `json:"empty,omitempty" doc:"Why there is no touchpoint, if there is none."`
}

func (h *Handler) readOpportunityJourney(ctx context.Context, in *struct {
	OfOpportunity
	wire.Paging
}) (*wire.Answer[opportunityJourneyView], error) {
	j, err := h.store.OpportunityJourney(ctx, reqctx.Account(ctx), in.Site, in.ID, in.Page())
	if err != nil {
		return nil, err
	}
	w := reqctx.Writer(ctx)
	view := opportunityJourneyView{NextCursor: j.Next, Touchpoints: []touchpointView{}, Models: []modelView{}, Open: j.Open, Empty: w.EmptyJourney(j.Empty)}
	for _, step := range j.Steps {
		view.Touchpoints = append(view.Touchpoints, viewTouchpoint(w, j.Touchpoints[step.TouchpointID], step.Positions))
	}
	for _, result := range j.Results {
		view.Models = append(view.Models, viewModel(w, result, j.Credits))
	}
	return wire.Body(view), nil
}

func viewModel(w explanation.Writer, result credit.Result, credits []journeys.Credit) modelView {
	view := modelView{Model: result.Model, Name: w.CreditModel(result.Model), Shares: []shareView{}, Notes: append([]string{}, w.Division(result)...)}
	amounts := map[string]int64{}
	for _, c := range credits {
		if c.Model == result.Model {
			amounts[c.TouchpointID], view.Currency = c.Amount, c.Currency
		}
	}
	for _, s := range result.Shares {
		view.Shares = append(view.Shares, shareView{TouchpointID: s.TouchpointID, Credit: s.Credit, Amount: amounts[s.TouchpointID], Explanation: w.Share(s)})
	}
	return view
}
