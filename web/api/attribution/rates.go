package attribution

import (
	"context"
	"time"

	"ringback/models/journeys"
	"ringback/touchpoints/credit"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

type currencyRateBody struct {
	Currency string `json:"currency" maxLength:"3" doc:"By ISO 4217." example:"EUR"`
	Per      string `json:"per,omitempty" maxLength:"3" doc:"The currency of which one unit is worth so many units. Left out, it is the corporate one." example:"USD"`
	Units    string `json:"units" maxLength:"25" doc:"A decimal number: how many units of the currency one unit of the other is worth." example:"0.92"`
}

type currencyRatesBody struct {
	Corporate string             `json:"corporate_currency" maxLength:"3" doc:"The currency to which the rates lead, by ISO 4217." example:"USD"`
	Rates     []currencyRateBody `json:"rates" maxItems:"300" doc:"At most one for each currency. Following them must lead to the corporate currency, and not in a circle."`
}

type currencyRatesView struct {
	currencyRatesBody
	UpdatedAt *time.Time `json:"updated_at,omitempty" doc:"When they were set. Missing if there are none."`
}

func viewRates(r journeys.Rates) currencyRatesView {
	view := currencyRatesView{currencyRatesBody: currencyRatesBody{
		Corporate: r.Corporate, Rates: wire.Views(r.Rates, func(one credit.Rate) currencyRateBody { return currencyRateBody(one) }),
	}}
	if !r.UpdatedAt.IsZero() {
		view.UpdatedAt = &r.UpdatedAt
	}
	return view
}

func (h *Handler) readRates(ctx context.Context, in *sites.InSite) (*wire.Answer[currencyRatesView], error) {
	rates, err := h.store.Rates(ctx, reqctx.Account(ctx), in.Site)
	if err != nil {
		return nil, err
	}
	return wire.Body(viewRates(rates)), nil
}

func (h *Handler) putRates(ctx context.Context, in *struct {
	sites.InSite
	Body currencyRatesBody
}) (*wire.Answer[currencyRatesView], error) {
	rates := wire.Views(in.Body.Rates, func(r currencyRateBody) credit.Rate { return credit.Rate(r) })
	if _, err := credit.NewRates(in.Body.Corporate, rates); err != nil {
		return nil, err
	}
	if err := h.store.PutRates(ctx, reqctx.Actor(ctx), journeys.Rates{SiteID: in.Site, Corporate: in.Body.Corporate, Rates: rates}); err != nil {
		return nil, err
	}
	return h.readRates(ctx, &in.InSite)
}
