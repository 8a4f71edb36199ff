package reporting

import (
	"context"
	"slices"
	"time"

	"ringback/internal/fault"
	"ringback/models/journeys"
	"ringback/models/revenue"
	"ringback/reports"
	"ringback/touchpoints/credit"
	"ringback/web/internal/reqctx"
)

type revenueStore interface {
	Revenue(ctx context.Context, accountID, siteID string, queries ...revenue.Query) ([]revenue.Answer, error)
	ReadRevenue(ctx context.Context, accountID, siteID string, finest revenue.Dimension, read func(revenue.Ask) error) error
	EachRevenue(ctx context.Context, accountID, siteID string, q revenue.Query, f func(revenue.Value) error) error
	RevenueZone(ctx context.Context, accountID, siteID string) (*time.Location, error)
	Rates(ctx context.Context, accountID, siteID string) (journeys.Rates, error)
	Generations(ctx context.Context, accountID, siteID string) ([]journeys.Generation, error)
}

// AskedRevenue are the parameters of the report on channels and revenue.
type AskedRevenue struct {
	Asked
	By         revenue.Dimension `query:"by" enum:"channel,subchannel,source,medium,campaign" default:"channel" doc:"What to divide by. A subchannel has its channel, a source has these too, and so on."`
	Channel    string            `query:"channel" maxLength:"255" doc:"Only rows of this channel. For this and the next ones, (not set) selects what is not known."`
	Subchannel string            `query:"subchannel" maxLength:"255" doc:"Only rows of this subchannel of the channel."`
	Source     string            `query:"source" maxLength:"255" doc:"Only rows of this source of the subchannel."`
	Medium     string            `query:"medium" maxLength:"255" doc:"Only rows of this medium of the source."`
	Contains   string            `query:"contains" maxLength:"100" doc:"Only rows that contain this text."`
	OrderBy    string            `query:"order_by" maxLength:"64" default:"revenue_u_shaped" doc:"The figure whose largest rows come first, with its model."`
	Currency   string            `query:"currency" maxLength:"3" doc:"The currency of amounts, by ISO 4217. The default is the corporate currency of the site's rates. Without rates it is the first of the currencies that there are." example:"USD"`
	Rows       int               `query:"rows" minimum:"1" maximum:"1000" default:"100" doc:"How many rows to return at most. The CSV has all."`
}

// above returns the values above the rows that are asked for.
func (in AskedRevenue) above() ([]string, error) {
	var above []string
	columns := in.By.Columns()
	for i, value := range []string{in.Channel, in.Subchannel, in.Source, in.Medium} {
		switch {
		case value == "":
			continue
		case i >= len(columns):
			return nil, fault.InvalidFields(fault.Field{Path: "by", Expected: fault.OneOf(finer(i))})
		case i > len(above):
			return nil, fault.InvalidFields(fault.Field{Path: revenue.Columns[len(above)], Expected: fault.Expect("required_parameter")})
		case value == reports.NotSet:
			value = ""
		}
		above = append(above, reports.Key(value))
	}
	return above, nil
}

// finer returns the dimensions whose keys have a column.
func finer(column int) []revenue.Dimension {
	return slices.DeleteFunc(revenue.Dimensions(), func(d revenue.Dimension) bool { return len(d.Columns()) <= column })
}

// query returns the query of the rows, without their order.
func (in AskedRevenue) query(span reports.Span) (revenue.Query, error) {
	above, err := in.above()
	return revenue.Query{Dimension: in.By, Span: span, Under: above, Like: in.Contains}, err
}

// revenueView is the answer of the report on channels and revenue.
type revenueView struct {
	reportView
	Currency string            `json:"currency" doc:"The currency of amounts. Empty if there are none." example:"USD"`
	Mixed    bool              `json:"mixed,omitempty" doc:"Whether some amounts are not in the sums because their currency has no rate. They are under left."`
	Models   []reportModelView `json:"models" doc:"The attribution models, in order."`
}

type reportModelView struct {
	Model string `json:"model" example:"u_shaped"`
	Name  string `json:"name" example:"U-Shaped"`
}

// revenueAsked is what a request for revenue asks for.
type revenueAsked struct {
	asked
	by     revenue.Dimension
	query  revenue.Query
	order  reports.CreditFigure // the figure whose largest rows come first
	model  string               // its model, empty if it has none
	limit  int
	rates  credit.Rates
	rated  []string // the currencies with a rate
	custom bool     // the owner has a model
	money  string   // the currency of amounts, empty if it is to be found
	shown  []shownFigure
}

// shownFigure is a figure of a row by a model, empty if it has none.
type shownFigure struct {
	reports.CreditFigure
	model, name string
	behind      string // the beginning of the address of what it counts, empty if it counts nothing by itself
}

// readRevenue reads the parameters in the time zone that the site's revenue goes by.
func (h *Handler) readRevenue(ctx context.Context, in AskedRevenue) (a revenueAsked, err error) {
	account := reqctx.Account(ctx)
	zone, err := h.store.RevenueZone(ctx, account, in.Site)
	if err != nil {
		return a, err
	}
	a.by, a.limit, a.money = in.By, in.Rows, in.Currency
	if a.asked, err = h.readIn(ctx, in.Asked, zone); err != nil {
		return a, err
	}
	if a.query, err = in.query(a.spans[0]); err != nil {
		return a, err
	}
	var known bool
	if a.order, a.model, known = reports.ParseCreditName(in.OrderBy); !known {
		return a, fault.InvalidFields(fault.Field{Path: "order_by", Expected: fault.OneOf(reports.CreditNames())})
	}
	if in.Currency != "" && !credit.IsCurrency(in.Currency) {
		return a, fault.InvalidFields(fault.Field{Path: "currency", Expected: fault.Expect("currency")})
	}
	if err := h.readRates(ctx, account, in.Site, &a); err != nil {
		return a, err
	}
	a.shown = a.figures()
	return a, nil
}

// figures returns the figures of a row. They are the same for all rows of a report, of which
// there are hundreds.
func (a revenueAsked) figures() (shown []shownFigure) {
	for _, f := range reports.CreditFigures {
		for _, model := range a.models(f.Names()) {
			one := shownFigure{CreditFigure: f, model: model, name: f.Name(model)}
			if f.ID != reports.Coverage {
				one.behind = a.behind(f, model)
			}
			shown = append(shown, one)
		}
	}
	return shown
}

// readRates reads the rates of the site, and whether it has a model of its own.
func (h *Handler) readRates(ctx context.Context, account, site string, a *revenueAsked) error {
	generations, err := h.store.Generations(ctx, account, site)
	if err != nil {
		return err
	}
	a.custom = len(generations) > 0 && generations[0].Rules.Custom != nil
	stored, err := h.store.Rates(ctx, account, site)
	if err != nil || stored.Corporate == "" {
		return err
	}
	if a.rates, err = credit.NewRates(stored.Corporate, stored.Rates); err != nil {
		return err
	}
	a.rated = []string{stored.Corporate}
	for _, rate := range stored.Rates {
		a.rated = append(a.rated, rate.Currency)
	}
	if a.money == "" {
		a.money = stored.Corporate
	}
	return nil
}

func (h *Handler) revenue(ctx context.Context, in AskedRevenue) (revenueView, error) {
	a, err := h.readRevenue(ctx, in)
	if err != nil {
		return revenueView{}, err
	}
	var view revenueView
	err = h.store.ReadRevenue(ctx, a.account, a.site, a.by, func(ask revenue.Ask) error {
		days, err := ask(revenue.Query{Dimension: revenue.Whole, Span: a.spans[0], ByDay: true})
		if err != nil {
			return err
		}
		totals := []revenue.Answer{days[0].Total()}
		a.findCurrency(totals)
		rest, err := ask(a.rest()...)
		if err != nil {
			return err
		}
		view = a.revenueView(reqctx.Writer(ctx), append(totals, rest[1:]...), rest[0])
		view.Days = a.creditDays(days[0])
		return nil
	})
	return view, err
}

// rest returns the queries of what follows the totals of the period: the first rows of the
// period, with the same rows of what it is compared with, and the totals of that.
func (a revenueAsked) rest() []revenue.Query {
	q := a.query
	q.Limit, q.Order = a.limit, &revenue.Order{Figure: a.order.ID, Model: a.model, Worth: a.worth()}
	if len(a.spans) < 2 {
		return []revenue.Query{q}
	}
	q.Compared = &a.spans[1]
	return []revenue.Query{q, {Dimension: revenue.Whole, Span: a.spans[1]}}
}

// findCurrency sets the currency of amounts, if none is asked for and there are no rates.
func (a *revenueAsked) findCurrency(totals []revenue.Answer) {
	if a.money != "" {
		return
	}
	for _, v := range totals[0].Values {
		if credit.IsCurrency(v.Currency) && (a.money == "" || v.Currency < a.money) {
			a.money = v.Currency
		}
	}
}

// worth returns what one minor unit of each currency is worth, nil if the rows are not in
// the order of amounts.
func (a revenueAsked) worth() map[string]float64 {
	if !a.order.Money {
		return nil
	}
	worth := map[string]float64{}
	for _, currency := range append([]string{a.money}, a.rated...) {
		if one, known := a.rates.Worth(currency, a.money); known {
			worth[currency] = one
		}
	}
	return worth
}
