package api

import (
	"context"
	"fmt"
	"time"

	"ringback/internal/fault"
	"ringback/models/crm"
	"ringback/touchpoints"
	"ringback/touchpoints/credit"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/validate"
	"ringback/web/internal/wire"
)

func (h *Handler) opportunityRoutes(g openapi.Group) {
	add(g, openapi.Operation{
		ID: "put-opportunity", Route: "POST /sites/{site}/opportunities", Access: auth.Intake, Summary: "Report an opportunity of your CRM",
		Description: "Post a deal again whenever it changes. The same external_id is the same opportunity, and each report replaces the one before as a whole.",
	}, h.putOpportunity)
	add(g, openapi.Operation{ID: "list-opportunities", Route: "GET /sites/{site}/opportunities", Access: auth.Viewer, Summary: "List the opportunities of your CRM"}, h.listOpportunities)
	add(g, openapi.Operation{ID: "read-opportunity", Route: "GET /sites/{site}/opportunities/{id}", Access: auth.Viewer, Summary: "Read an opportunity of your CRM"}, h.readOpportunity)
	add(g, openapi.Operation{
		ID: "delete-opportunity", Route: "DELETE /sites/{site}/opportunities/{id}", Access: auth.Editor, Summary: "Delete an opportunity of your CRM",
	}, h.deleteOpportunity)
}

type roleBody struct {
	Person  string `json:"person" pattern:"^[A-Za-z0-9._:~-]{1,128}$" patternDescription:"1 to 128 letters, digits and . _ : ~ -" doc:"The external_id of the person, who may be reported later." example:"00Q000000000001AAA"`
	Primary bool   `json:"primary,omitempty" doc:"If true, the person is the primary contact."`
}

type stageBody struct {
	Stage string    `json:"stage" minLength:"1" maxLength:"200" doc:"The name of the stage." example:"Demo Scheduled"`
	At    time.Time `json:"at" doc:"When the opportunity entered it (RFC 3339)." example:"2026-01-31T12:17:00Z"`
}

type opportunityBody struct {
	ExternalID string      `json:"external_id" pattern:"^[A-Za-z0-9._:~-]{1,128}$" patternDescription:"1 to 128 letters, digits and . _ : ~ -" doc:"Your id of the opportunity." example:"006000000000001AAA"`
	Account    string      `json:"account,omitempty" maxLength:"128" doc:"Your id of the account." example:"001000000000001AAA"`
	OpenedAt   time.Time   `json:"opened_at" doc:"When it was created in your CRM (RFC 3339)." example:"2026-01-31T12:17:00Z"`
	ClosedAt   *time.Time  `json:"closed_at,omitempty" doc:"When it was won or lost. Leave it out while it is open." example:"2026-02-28T09:00:00Z"`
	Won        bool        `json:"won,omitempty" doc:"If true, it was won."`
	Amount     int64       `json:"amount,omitempty" doc:"In minor units, such as cents." example:"250000"`
	Currency   string      `json:"currency,omitempty" maxLength:"3" doc:"By ISO 4217." example:"USD"`
	People     []roleBody  `json:"people,omitempty" maxItems:"500" doc:"Its contacts. Without an account they are the people of the opportunity."`
	Stages     []stageBody `json:"stages,omitempty" maxItems:"500" doc:"The stages that it entered, in any order."`
}

type opportunityView struct {
	ID     string `json:"id" example:"opp_01jdq00000000000000000000"`
	SiteID string `json:"site_id" example:"site_01jdq00000000000000000000"`
	opportunityBody
	CreatedAt time.Time `json:"created_at" doc:"When the opportunity was first reported."`
	UpdatedAt time.Time `json:"updated_at" doc:"When a report last changed something."`
}

func viewOpportunity(o crm.Opportunity) opportunityView {
	v := opportunityView{
		ID: o.ID, SiteID: o.SiteID, CreatedAt: o.CreatedAt, UpdatedAt: o.UpdatedAt,
		opportunityBody: opportunityBody{
			ExternalID: o.ExternalID, Account: o.Account, OpenedAt: o.OpenedAt, ClosedAt: o.ClosedAt, Won: o.Won,
			Amount: o.Amount, Currency: o.Currency,
		},
	}
	for _, role := range o.People {
		v.People = append(v.People, roleBody(role))
	}
	for _, entry := range o.Stages {
		v.Stages = append(v.Stages, stageBody(entry))
	}
	return v
}

// opportunity checks the body and returns the opportunity.
func (b opportunityBody) opportunity(siteID string) (crm.Opportunity, error) {
	var c validate.Checker
	o := crm.Opportunity{
		SiteID: siteID, ExternalID: b.ExternalID, Account: b.Account, OpenedAt: b.OpenedAt, ClosedAt: b.ClosedAt, Won: b.Won,
		Amount: b.Amount, Currency: b.Currency,
	}
	if b.Won && b.ClosedAt == nil {
		c.Add("closed_at", fault.Expect("won_at"))
	}
	if b.ClosedAt != nil && b.ClosedAt.Before(b.OpenedAt) {
		c.Add("closed_at", fault.Expect("not_before").With("Field", "opened_at"))
	}
	if !credit.IsAmount(b.Amount) {
		c.Add("amount", fault.Expect("amount_minor"))
	}
	if b.Currency == "" && b.Amount != 0 || b.Currency != "" && !credit.IsCurrency(b.Currency) {
		c.Add("currency", fault.Expect("currency"))
	}
	for i, entry := range b.Stages {
		if entry.At.IsZero() {
			c.Add(fmt.Sprintf("stages[%d].at", i), fault.Expect("time"))
		}
		o.Stages = append(o.Stages, touchpoints.StageEntry(entry))
	}
	for _, role := range b.People {
		o.People = append(o.People, touchpoints.Role(role))
	}
	return o, c.Err()
}

func (h *Handler) putOpportunity(ctx context.Context, in *struct {
	sites.InSite
	Body opportunityBody
}) (*wire.Answer[opportunityView], error) {
	o, err := in.Body.opportunity(in.Site)
	if err != nil {
		return nil, err
	}
	if err := h.store.PutOpportunity(ctx, reqctx.Account(ctx), &o); err != nil {
		return nil, err
	}
	return wire.Body(viewOpportunity(o)), nil
}

func (h *Handler) listOpportunities(ctx context.Context, in *struct {
	sites.InSite
	wire.Paging
	BehindCredit
}) (*wire.Listing[opportunityView], error) {
	behind, err := in.behind()
	if err != nil {
		return nil, err
	}
	found, next, err := h.store.Opportunities(ctx, reqctx.Account(ctx), in.Site, in.Page(), behind...)
	if err != nil {
		return nil, err
	}
	return wire.List(found, next, viewOpportunity), nil
}

func (h *Handler) readOpportunity(ctx context.Context, in *OfCRM) (*wire.Answer[opportunityView], error) {
	o, err := h.store.Opportunity(ctx, reqctx.Account(ctx), in.Site, in.ID)
	if err != nil {
		return nil, err
	}
	return wire.Body(viewOpportunity(o)), nil
}

func (h *Handler) deleteOpportunity(ctx context.Context, in *OfCRM) (*wire.NoBody, error) {
	return nil, h.store.DeleteOpportunity(ctx, reqctx.Account(ctx), in.Site, in.ID)
}
