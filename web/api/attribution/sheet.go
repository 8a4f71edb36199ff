package attribution

import (
	"bytes"
	"context"

	"ringback/touchpoints/attribution"
	"ringback/touchpoints/channels"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

// channelRuleBody is a row of the channel sheet. A cell with a condition holds one value or
// several; the length of each is checked with the sheet.
type channelRuleBody struct {
	Channel          string `json:"channel" doc:"The channel of what fits." example:"Paid Search"`
	Subchannel       string `json:"subchannel,omitempty" doc:"Its part. All rules of a channel have one, or none has." example:"AdWords"`
	Campaign         string `json:"campaign,omitempty" doc:"Fits the name of a campaign. Here and in the next ones a star stands for any characters, several values are separated by semicolons, and an empty one fits anything."`
	Medium           string `json:"medium,omitempty" doc:"Fits the medium of a visit, or the type of a call without one." example:"*email*;newsletter"`
	Source           string `json:"source,omitempty" doc:"Fits the source of a visit."`
	LandingPage      string `json:"landing_page,omitempty" doc:"Fits the address of the first page of a visit."`
	ReferringWebsite string `json:"referring_website,omitempty" doc:"Fits the host of the page that led to the site. Names in brackets, such as [Google Organic Search], stand for traffic that is recognised without a rule of yours." example:"[AdWords Paid Search]"`
	Keep             bool   `json:"keep,omitempty" doc:"True for rows that Marketo Measure marks as not to be removed."`
}

type channelSheetBody struct {
	Rules []channelRuleBody `json:"rules" maxItems:"5000" doc:"The rules, in the order in which they are tried."`
}

type channelSheetView struct {
	channelSheetBody
	BuiltIns []string `json:"built_ins" doc:"The names in brackets that referring_website may hold."`
}

// csvFile is an answer that is a CSV file.
type csvFile struct {
	ContentType string `header:"Content-Type"`
	Disposition string `header:"Content-Disposition"`
	Body        []byte
}

// sheet returns the newest sheet of a site.
func (h *Handler) sheet(ctx context.Context, site string) ([]channels.Rule, error) {
	generations, err := h.store.Generations(ctx, reqctx.Account(ctx), site)
	if err != nil {
		return nil, err
	}
	return newest(generations).Sheet, nil
}

func (h *Handler) readSheet(ctx context.Context, in *sites.InSite) (*wire.Answer[channelSheetView], error) {
	rules, err := h.sheet(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	view := channelSheetView{BuiltIns: channels.BuiltIns()}
	view.Rules = wire.Views(rules, func(r channels.Rule) channelRuleBody { return channelRuleBody(r) })
	return wire.Body(view), nil
}

func (h *Handler) putSheet(ctx context.Context, in *struct {
	sites.InSite
	Body channelSheetBody
}) (*wire.Answer[channelSheetView], error) {
	err := h.setSheet(ctx, in.Site, func() (channels.Sheet, error) {
		return channels.NewSheet(wire.Views(in.Body.Rules, func(r channelRuleBody) channels.Rule { return channels.Rule(r) }))
	})
	if err != nil {
		return nil, err
	}
	return h.readSheet(ctx, &in.InSite)
}

// setSheet replaces the sheet of a site. It is read inside the change, so that a site that
// does not exist is answered before what is wrong with a sheet.
func (h *Handler) setSheet(ctx context.Context, site string, read func() (channels.Sheet, error)) error {
	return h.change(ctx, site, func(r *attribution.Rules) error {
		sheet, err := read()
		if err == nil {
			r.Sheet = sheet.Rules()
		}
		return err
	})
}

func (h *Handler) readSheetCSV(ctx context.Context, in *sites.InSite) (*csvFile, error) {
	rules, err := h.sheet(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	sheet, err := channels.NewSheet(rules)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := sheet.WriteCSV(&out); err != nil {
		return nil, err
	}
	return &csvFile{ContentType: "text/csv; charset=utf-8", Disposition: `attachment; filename="channels.csv"`, Body: out.Bytes()}, nil
}

func (h *Handler) putSheetCSV(ctx context.Context, in *struct {
	sites.InSite
	RawBody []byte `contentType:"text/csv"`
}) (*wire.Answer[channelSheetView], error) {
	err := h.setSheet(ctx, in.Site, func() (channels.Sheet, error) { return channels.ReadCSV(bytes.NewReader(in.RawBody)) })
	if err != nil {
		return nil, err
	}
	return h.readSheet(ctx, &in.InSite)
}
