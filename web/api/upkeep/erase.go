package upkeep

import (
	"context"
	"net/http"
	"strings"

	"ringback/internal/fault"
	"ringback/models/audit"
	"ringback/models/erasing"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/validate"
	"ringback/web/internal/wire"
)

type eraseStore interface {
	CountPerson(ctx context.Context, in erasing.Scope, p erasing.Person) (erasing.Count, error)
	ErasePerson(ctx context.Context, actor audit.Actor, in erasing.Scope, p erasing.Person, expect int64) (erasing.Count, error)
}

func (h *Handler) eraseRoutes(g openapi.Group) {
	add(g, openapi.Operation{
		ID: "erase-person", Route: "POST /sites/{site}/erase", Access: auth.Admin, Summary: "Erase a person", Large: true,
		Description: "Takes two requests. Without expected_count, the answer is how much is stored of the person with this phone number or e-mail address. " +
			"With the total as expected_count, all of it is erased: calls and leads with their events, decisions and deliveries, visits, touchpoints, " +
			"unread messages, and the person in your CRM's data. If the total has changed in between, the answer is 409. What was delivered stays at the destination. " +
			"If a request is cut off, count again and erase the rest.",
		Failures: []int{http.StatusConflict},
	}, h.erasePerson)
}

type eraseBody struct {
	Phone         string `json:"phone,omitempty" maxLength:"64" doc:"The person's phone number, preferably in E.164. Give it, the e-mail address, or both." example:"+12025550123"`
	Email         string `json:"email,omitempty" maxLength:"254" doc:"The person's e-mail address." example:"visitor@example.com"`
	ExpectedCount *int64 `json:"expected_count,omitempty" minimum:"0" doc:"The total from an earlier answer. If it is left out, nothing is erased."`
}

type eraseView struct {
	Conversions int64 `json:"conversions" doc:"Calls and leads." example:"3"`
	Visitors    int64 `json:"visitors" doc:"Browsers, with all their visits." example:"1"`
	People      int64 `json:"people" doc:"People of your CRM, as it was reported or read." example:"1"`
	Messages    int64 `json:"messages" doc:"Messages of providers that could not be read, or that are kept as the last one, and mention the person." example:"0"`
	Total       int64 `json:"total" doc:"The sum: what to send as expected_count." example:"5"`
	Erased      bool  `json:"erased" doc:"False if it was only counted."`
}

// person checks the body and returns the person. The region is the site's, for numbers
// without a country code.
func (b eraseBody) person(region string) (erasing.Person, error) {
	var c validate.Checker
	p := erasing.Person{Email: strings.ToLower(strings.TrimSpace(b.Email))}
	c.Email("email", p.Email)
	p.Phone = c.Phone("phone", b.Phone, region).E164
	if err := c.Err(); err != nil {
		return p, err
	}
	if p == (erasing.Person{}) {
		return p, fault.New(fault.Invalid, "person_needed")
	}
	return p, nil
}

func (h *Handler) erasePerson(ctx context.Context, in *struct {
	sites.InSite
	Body eraseBody
}) (*wire.Answer[eraseView], error) {
	site, err := h.sites.Site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	p, err := in.Body.person(site.Region)
	if err != nil {
		return nil, err
	}
	scope := erasing.Scope{AccountID: reqctx.Account(ctx), SiteID: in.Site}
	var count erasing.Count
	if in.Body.ExpectedCount == nil {
		count, err = h.store.CountPerson(ctx, scope, p)
	} else {
		count, err = h.store.ErasePerson(ctx, reqctx.Actor(ctx), scope, p, *in.Body.ExpectedCount)
	}
	return wire.Body(eraseView{
		Conversions: count.Conversions, Visitors: count.Visitors, People: count.People, Messages: count.Messages,
		Total: count.Total(), Erased: in.Body.ExpectedCount != nil,
	}), err
}
