package api

import (
	"context"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
	"golang.org/x/text/language"

	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/audit"
	"ringback/models/websites"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/validate"
	"ringback/web/internal/wire"
)

type siteStore interface {
	CreateSite(ctx context.Context, actor audit.Actor, site *websites.Site) error
	Site(ctx context.Context, accountID, id string) (websites.Site, error)
	Sites(ctx context.Context, accountID string, page models.Page) ([]websites.Site, string, error)
	UpdateSite(ctx context.Context, actor audit.Actor, id string, change func(*websites.Site) error) (websites.Site, error)
	DeleteSite(ctx context.Context, actor audit.Actor, id string) error
}

func (h *Handler) siteRoutes(a *openapi.API) {
	g := a.Group(openapi.Group{Name: "Sites", Order: orderSites, Description: "Web sites, and the sources of their calls."})
	add(g, openapi.Operation{ID: "create-site", Route: "POST /sites", Access: auth.Editor, Summary: "Create a site", Status: http.StatusCreated}, h.createSite)
	add(g, openapi.Operation{ID: "list-sites", Route: "GET /sites", Access: auth.Viewer, AnySite: true, Summary: "List the sites"}, h.listSites)
	add(g, openapi.Operation{ID: "read-site", Route: "GET /sites/{site}", Access: auth.Viewer, Summary: "Read a site"}, h.readSite)
	add(g, openapi.Operation{
		ID: "change-site", Route: "PATCH /sites/{site}", Access: auth.Editor, Summary: "Change a site",
		Description: "Fields that are left out keep their values. Conversions without a decision are judged by the new settings. Decisions that were made stay.",
	}, h.changeSite)
	add(g, openapi.Operation{
		ID: "delete-site", Route: "DELETE /sites/{site}", Access: auth.Admin, Summary: "Delete a site",
		Description: "The site is no longer shown, and nothing is accepted for it. Deliveries that were decided on are still sent.",
	}, h.deleteSite)
	h.sourceRoutes(g)
}

// The default settings of a new site.
const (
	defaultTimeZone       = "UTC"
	defaultRegion         = "US"
	defaultTargetSeconds  = 30
	defaultMaxCallMinutes = 240
	defaultLookbackDays   = 90
)

// SiteSettings are a site's settings but for its name. What is left out keeps
// its value, or gets its default in a new site.
type SiteSettings struct {
	Domains           []string `json:"domains,omitempty" maxItems:"50" maxLength:"253" doc:"Host names of the web site." example:"[\"www.example.com\"]"`
	TimeZone          *string  `json:"time_zone,omitempty" maxLength:"64" doc:"The IANA name of the time zone for times that a source reports without a zone. Default UTC." example:"Europe/Berlin"`
	Region            *string  `json:"region,omitempty" pattern:"^[A-Z]{2}$" patternDescription:"a country's two capital letters (ISO 3166-1), such as US" doc:"Country of phone numbers that come without a country code. Default US." example:"US"`
	TargetCallSeconds *int     `json:"target_call_seconds,omitempty" minimum:"0" maximum:"86400" doc:"A call that was answered and lasted at least so long is a target call. Default 30." example:"30"`
	UniquenessDays    *int     `json:"uniqueness_days,omitempty" minimum:"0" maximum:"3650" doc:"A conversion is unique if there was none of the same person in so many days before it. 0 means ever before. Default 0." example:"30"`
	MaxCallMinutes    *int     `json:"max_call_minutes,omitempty" minimum:"1" maximum:"1440" doc:"A call that has not ended by then is closed as incomplete. Default 240." example:"240"`
	LookbackDays      *int     `json:"lookback_days,omitempty" minimum:"0" maximum:"400" doc:"How many days before a conversion its visits may be. Visits older than keep_days of the site's script are deleted, so they never count; 0 means that keep_days is the only limit. Default 90." example:"90"`
	LinkByForms       *bool    `json:"link_by_forms,omitempty" doc:"Whether a phone number or e-mail address that a visitor wrote in a form may lead to the visits of that visitor, if nothing better is known of a call or lead. Anybody may write anybody's number, so such visits are marked, and they never add a visitor id. Default true." example:"true"`
}

type newSite struct {
	Name string `json:"name" maxLength:"200" pattern:"\\S" patternDescription:"a name that is not blank" doc:"A name for your own use. The operator sees it in Temporal, so it must hold no personal data." example:"Example Shop"`
	SiteSettings
}

type siteChanges struct {
	Name *string `json:"name,omitempty" maxLength:"200" pattern:"\\S" patternDescription:"a name that is not blank" doc:"A name for your own use." example:"Example Shop"`
	SiteSettings
}

// siteView is a site as it is shown.
type siteView struct {
	ID                string    `json:"id" example:"site_01jdq00000000000000000000"`
	Name              string    `json:"name" example:"Example Shop"`
	Domains           []string  `json:"domains"`
	TimeZone          string    `json:"time_zone" example:"UTC"`
	Region            string    `json:"region" example:"US"`
	TargetCallSeconds int       `json:"target_call_seconds" example:"30"`
	UniquenessDays    int       `json:"uniqueness_days" example:"0"`
	MaxCallMinutes    int       `json:"max_call_minutes" example:"240"`
	LookbackDays      int       `json:"lookback_days" example:"90"`
	LinkByForms       bool      `json:"link_by_forms" example:"true"`
	ScriptKey         string    `json:"script_key" doc:"Names the site in the address of its script; GET /sites/{site}/script has the tag. It is public."`
	CreatedAt         time.Time `json:"created_at"`
	UpdatedAt         time.Time `json:"updated_at"`
}

func viewSite(m websites.Site) siteView {
	if m.Domains == nil {
		m.Domains = []string{}
	}
	return siteView{
		ID: m.ID, Name: m.Name, Domains: m.Domains, TimeZone: m.TimeZone, Region: m.Region,
		TargetCallSeconds: m.TargetCallSeconds, UniquenessDays: m.UniquenessDays,
		MaxCallMinutes: m.MaxCallMinutes, LookbackDays: m.LookbackDays, LinkByForms: m.LinkByForms, ScriptKey: m.ScriptKey,
		CreatedAt: m.CreatedAt, UpdatedAt: m.UpdatedAt,
	}
}

// apply puts what is given into a site.
func (c SiteSettings) apply(site *websites.Site) error {
	fields := c.wrong()
	if len(fields) > 0 {
		return fault.InvalidFields(fields...)
	}
	if c.Domains != nil {
		site.Domains = validate.Hosts(c.Domains)
	}
	wire.Set(&site.TimeZone, c.TimeZone)
	wire.Set(&site.Region, c.Region)
	wire.Set(&site.TargetCallSeconds, c.TargetCallSeconds)
	wire.Set(&site.UniquenessDays, c.UniquenessDays)
	wire.Set(&site.MaxCallMinutes, c.MaxCallMinutes)
	wire.Set(&site.LookbackDays, c.LookbackDays)
	wire.Set(&site.LinkByForms, c.LinkByForms)
	if keep := site.Script.KeepDays; c.LookbackDays != nil && site.KeepsTooShort() {
		return fault.InvalidFields(fault.Field{Path: "lookback_days", Expected: fault.Expect("lookback_at_most").Counting(keep)})
	}
	return nil
}

func (c SiteSettings) wrong() []fault.Field {
	var fields []fault.Field
	for i, domain := range validate.Hosts(c.Domains) {
		switch {
		case !validate.IsHostName(domain):
			fields = append(fields, fault.Field{Path: validate.Item("domains", i), Expected: fault.Expect("host_name")})
		case isEverybodys(domain):
			fields = append(fields, fault.Field{Path: validate.Item("domains", i), Expected: fault.Expect("host_of_site")})
		}
	}
	if c.TimeZone != nil {
		if _, err := time.LoadLocation(*c.TimeZone); err != nil || *c.TimeZone == "" || *c.TimeZone == "Local" {
			fields = append(fields, fault.Field{Path: "time_zone", Expected: fault.Expect("time_zone")})
		}
	}
	if c.Region != nil && !isCountry(*c.Region) {
		fields = append(fields, fault.Field{Path: "region", Expected: fault.Expect("country")})
	}
	return fields
}

// isEverybodys reports whether other people's sites are below a domain.
func isEverybodys(domain string) bool {
	_, err := netip.ParseAddr(domain)
	suffix, _ := publicsuffix.PublicSuffix(domain)
	return err != nil && suffix == domain && domain != "localhost"
}

func isCountry(code string) bool {
	region, err := language.ParseRegion(code)
	return err == nil && region.IsCountry()
}

func (h *Handler) createSite(ctx context.Context, in *struct{ Body newSite }) (*wire.Answer[siteView], error) {
	site := websites.Site{
		AccountID: reqctx.Account(ctx), Name: strings.TrimSpace(in.Body.Name),
		Domains: []string{}, TimeZone: defaultTimeZone, Region: defaultRegion,
		TargetCallSeconds: defaultTargetSeconds, MaxCallMinutes: defaultMaxCallMinutes, LookbackDays: defaultLookbackDays, LinkByForms: true,
		Script: websites.DefaultScript(),
	}
	if err := in.Body.apply(&site); err != nil {
		return nil, err
	}
	if err := h.store.CreateSite(ctx, reqctx.Actor(ctx), &site); err != nil {
		return nil, err
	}
	return wire.Body(viewSite(site)), nil
}

func (h *Handler) listSites(ctx context.Context, in *wire.Paging) (*wire.Listing[siteView], error) {
	sites, next, err := h.store.Sites(ctx, reqctx.Account(ctx), in.Page())
	if err != nil {
		return nil, err
	}
	principal := reqctx.Of(ctx).Principal
	sites = slices.DeleteFunc(sites, func(m websites.Site) bool { return !principal.AllowsAt(m.ID, auth.Viewer) })
	return wire.List(sites, next, viewSite), nil
}

func (h *Handler) readSite(ctx context.Context, in *sites.InSite) (*wire.Answer[siteView], error) {
	site, err := h.store.Site(ctx, reqctx.Account(ctx), in.Site)
	if err != nil {
		return nil, err
	}
	return wire.Body(viewSite(site)), nil
}

func (h *Handler) changeSite(ctx context.Context, in *struct {
	sites.InSite
	Body siteChanges
}) (*wire.Answer[siteView], error) {
	site, err := h.store.UpdateSite(ctx, reqctx.Actor(ctx), in.Site, func(site *websites.Site) error {
		if in.Body.Name != nil {
			site.Name = strings.TrimSpace(*in.Body.Name)
		}
		return in.Body.apply(site)
	})
	if err != nil {
		return nil, err
	}
	h.siteChanged(site)
	return wire.Body(viewSite(site)), nil
}

func (h *Handler) deleteSite(ctx context.Context, in *sites.InSite) (*wire.NoBody, error) {
	site, err := h.store.Site(ctx, reqctx.Account(ctx), in.Site)
	if err != nil {
		return nil, err
	}
	if err := h.store.DeleteSite(ctx, reqctx.Actor(ctx), in.Site); err != nil {
		return nil, err
	}
	h.siteChanged(site)
	return nil, nil
}
