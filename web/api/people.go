package api

import (
	"context"
	"time"

	"ringback/models"
	"ringback/models/crm"
	"ringback/models/revenue"
	"ringback/models/websites"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/validate"
	"ringback/web/internal/wire"
)

type crmStore interface {
	PutCRMPerson(ctx context.Context, accountID string, p *crm.Person) error
	CRMPerson(ctx context.Context, accountID, siteID, id string) (crm.Person, error)
	CRMPeople(ctx context.Context, accountID, siteID string, page models.Page, behind ...revenue.Behind) ([]crm.Person, string, error)
	PutCRMPeople(ctx context.Context, accountID, siteID string, people []crm.Person) (changed int, err error)
	PutCRMOpportunities(ctx context.Context, accountID, siteID string, opportunities []crm.Opportunity) (changed int, err error)
	DeleteCRMPerson(ctx context.Context, accountID, siteID, id string) error
	PutOpportunity(ctx context.Context, accountID string, o *crm.Opportunity) error
	Opportunity(ctx context.Context, accountID, siteID, id string) (crm.Opportunity, error)
	Opportunities(ctx context.Context, accountID, siteID string, page models.Page, behind ...revenue.Behind) ([]crm.Opportunity, string, error)
	DeleteOpportunity(ctx context.Context, accountID, siteID, id string) error
}

func (h *Handler) crmRoutes(a *openapi.API) {
	g := a.Group(openapi.Group{
		Name: "People and opportunities", Order: orderCRM,
		Description: "The leads, contacts and deals of your CRM. They are your records, and stay until you delete them.",
	})
	add(g, openapi.Operation{
		ID: "put-person", Route: "POST /sites/{site}/people", Access: auth.Intake, Summary: "Report a person of your CRM",
		Description: "Post a lead or contact again whenever it changes. The same external_id is the same person, and each report replaces the one before as a whole.",
	}, h.putPerson)
	add(g, openapi.Operation{ID: "list-people", Route: "GET /sites/{site}/people", Access: auth.Viewer, Summary: "List the people of your CRM"}, h.listPeople)
	add(g, openapi.Operation{ID: "read-person", Route: "GET /sites/{site}/people/{id}", Access: auth.Viewer, Summary: "Read a person of your CRM"}, h.readPerson)
	add(g, openapi.Operation{
		ID: "delete-person", Route: "DELETE /sites/{site}/people/{id}", Access: auth.Editor, Summary: "Delete a person of your CRM",
		Description: "Erases what was reported of the person. Calls, leads and visits stay.",
	}, h.deletePerson)
	h.opportunityRoutes(g)
	h.importRoutes(g)
}

// OfCRM are the parameters of everything about one person or opportunity.
type OfCRM struct {
	sites.InSite
	ID string `path:"id" doc:"The id that Ringback answered with." example:"opp_01jdq00000000000000000000"`
}

type personBody struct {
	ExternalID string     `json:"external_id" pattern:"^[A-Za-z0-9._:~-]{1,128}$" patternDescription:"1 to 128 letters, digits and . _ : ~ -" doc:"Your id of the lead or contact." example:"00Q000000000001AAA"`
	Account    string     `json:"account,omitempty" maxLength:"128" doc:"Your id of the account that the person belongs to." example:"001000000000001AAA"`
	Email      string     `json:"email,omitempty" maxLength:"254" doc:"The e-mail address by which forms on your site are matched with the person." example:"visitor@example.com"`
	Phone      string     `json:"phone,omitempty" maxLength:"64" doc:"The number by which calls and forms are matched with the person, preferably in E.164." example:"+12025550123"`
	AddedAt    *time.Time `json:"added_at,omitempty" doc:"When your CRM got to have the person (RFC 3339)." example:"2026-01-31T12:17:00Z"`
}

type personView struct {
	ID         string     `json:"id" example:"cpe_01jdq00000000000000000000"`
	SiteID     string     `json:"site_id" example:"site_01jdq00000000000000000000"`
	ExternalID string     `json:"external_id" example:"00Q000000000001AAA"`
	Account    string     `json:"account,omitempty" example:"001000000000001AAA"`
	Email      string     `json:"email,omitempty" example:"visitor@example.com"`
	Phone      string     `json:"phone,omitempty" doc:"In E.164." example:"+12025550123"`
	AddedAt    *time.Time `json:"added_at,omitempty"`
	CreatedAt  time.Time  `json:"created_at" doc:"When the person was first reported."`
	UpdatedAt  time.Time  `json:"updated_at" doc:"When a report last changed something."`
}

func viewPerson(p crm.Person) personView {
	return personView{
		ID: p.ID, SiteID: p.SiteID, ExternalID: p.ExternalID, Account: p.Account, Email: p.Email, Phone: p.Phone,
		AddedAt: p.AddedAt, CreatedAt: p.CreatedAt, UpdatedAt: p.UpdatedAt,
	}
}

// person checks the body and returns the person. The region is the site's, for
// numbers without a country code.
func (b personBody) person(site websites.Site) (crm.Person, error) {
	var c validate.Checker
	p := crm.Person{SiteID: site.ID, ExternalID: b.ExternalID, Account: b.Account, Email: b.Email, AddedAt: b.AddedAt}
	c.Email("email", b.Email)
	p.Phone = c.Phone("phone", b.Phone, site.Region).E164
	return p, c.Err()
}

func (h *Handler) putPerson(ctx context.Context, in *struct {
	sites.InSite
	Body personBody
}) (*wire.Answer[personView], error) {
	site, err := h.sites.Site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	p, err := in.Body.person(site)
	if err != nil {
		return nil, err
	}
	if err := h.store.PutCRMPerson(ctx, reqctx.Account(ctx), &p); err != nil {
		return nil, err
	}
	return wire.Body(viewPerson(p)), nil
}

func (h *Handler) listPeople(ctx context.Context, in *struct {
	sites.InSite
	wire.Paging
	BehindCredit
}) (*wire.Listing[personView], error) {
	behind, err := in.behind()
	if err != nil {
		return nil, err
	}
	people, next, err := h.store.CRMPeople(ctx, reqctx.Account(ctx), in.Site, in.Page(), behind...)
	if err != nil {
		return nil, err
	}
	return wire.List(people, next, viewPerson), nil
}

func (h *Handler) readPerson(ctx context.Context, in *OfCRM) (*wire.Answer[personView], error) {
	p, err := h.store.CRMPerson(ctx, reqctx.Account(ctx), in.Site, in.ID)
	if err != nil {
		return nil, err
	}
	return wire.Body(viewPerson(p)), nil
}

func (h *Handler) deletePerson(ctx context.Context, in *OfCRM) (*wire.NoBody, error) {
	return nil, h.store.DeleteCRMPerson(ctx, reqctx.Account(ctx), in.Site, in.ID)
}
