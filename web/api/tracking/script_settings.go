package tracking

import (
	"context"
	"html"
	"maps"
	"time"

	"ringback/forms"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/models/visitors"
	"ringback/models/websites"
	"ringback/tracker"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

func (h *Handler) scriptRoutes(a *openapi.API) {
	g := a.Group(openapi.Group{Name: "Script and visits", Order: orderScript, Description: "The script on the sites' pages, and the visits that it reported."})
	add(g, openapi.Operation{
		ID: "list-visitor-id-presets", Route: "GET /visitor-id-presets", Access: auth.Viewer, AnySite: true, Summary: "List the known visitor ids",
		Description: "The systems whose visitor ids the script finds when only the name of the system is set.",
	}, h.listVisitorIDPresets)
	add(g, openapi.Operation{
		ID: "read-script", Route: "GET /sites/{site}/script", Access: auth.Viewer, Summary: "Read the script of a site",
		Description: "The tag to paste into the site's pages, and what the script does there.",
	}, h.readScript)
	add(g, openapi.Operation{
		ID: "change-script", Route: "PATCH /sites/{site}/script", Access: auth.Editor, Summary: "Change the script of a site",
		Description: "Fields that are left out keep their values. Lists are replaced as a whole. Browsers get the change with the script, within five minutes.",
	}, h.changeScript)
	add(g, openapi.Operation{
		ID: "check-page", Route: "POST /sites/{site}/check", Access: auth.Editor, Summary: "Check a page of a site",
		Description: "Fetches one page, without running its scripts, and reports what keeps the site's script, forms and numbers from working there. The page must be on a domain of the site, below one, or on one of the script's origins.",
	}, h.checkPage)
	add(g, openapi.Operation{
		ID: "list-sessions", Route: "GET /sites/{site}/sessions", Access: auth.Viewer, Summary: "List the sessions",
		Description: "The visits that the script reported, those that began last first, with what each led to.",
	}, h.listSessions)
	add(g, openapi.Operation{ID: "read-session", Route: "GET /sites/{site}/sessions/{id}", Access: auth.Viewer, Summary: "Read a session"}, h.readSession)
	add(g, openapi.Operation{ID: "list-session-views", Route: "GET /sites/{site}/sessions/{id}/views", Access: auth.Viewer, Summary: "List the page views of a session"}, h.listSessionViews)
}

// scriptChanges are what an owner sets for the script on the site's pages. What
// is left out keeps its value.
type scriptChanges struct {
	ConsentRequired  *bool              `json:"consent_required,omitempty" doc:"If true, nothing is stored or sent before the page calls ringback('consent', true). Default false." example:"false"`
	Forms            *forms.Capture     `json:"forms,omitempty" enum:"marked,all,none" doc:"Which forms become leads when they are sent: marked forms only (those with data-ringback), all forms except those with data-ringback=\"ignore\", or none, so that only calls of ringback('lead', ...) make leads. Default marked." example:"marked"`
	Fields           map[string]*string `json:"fields,omitempty" maxProperties:"100" doc:"What the fields of forms hold, by the names of the fields: phone, email, name, never (the field is not read), or the name under which the value is kept. A value replaces the stored one, null removes it, and fields that are left out keep theirs. Fields that are not named are recognised by their type and name." example:"{\"your-tel\": \"phone\"}"`
	VisitorIDs       []visitorIDBody    `json:"visitor_ids,omitempty" maxItems:"20" doc:"Third parties' ids of the visitor that the script reads, in place of those that are set. Default rtbhouse and bizible." example:"[{\"system\": \"rtbhouse\"}]"`
	Origins          []string           `json:"origins,omitempty" maxItems:"50" maxLength:"300" doc:"The origins on which the script may run in addition to the site's domains and their subdomains: scheme and host, with the port if it is not the default one." example:"[\"https://shop.example.net\"]"`
	SessionMinutes   *int               `json:"session_minutes,omitempty" minimum:"1" maximum:"240" doc:"A visitor who does nothing for longer begins a new session. Default 30." example:"30"`
	CarryOver        *bool              `json:"carry_over,omitempty" doc:"If true, a direct session within seven days of the previous one keeps the channel of that one. A return from a sign-in page does not begin a session. Default true." example:"true"`
	IgnoredReferrers []string           `json:"ignored_referrers,omitempty" maxItems:"100" maxLength:"253" doc:"Hosts that bring nobody, such as a payment page that visitors come back from. Each stands for all below it." example:"[\"pay.example.net\"]"`
	LeadTags         []string           `json:"lead_tags,omitempty" maxItems:"50" maxLength:"100" doc:"The tags that leads of the site's pages may have. Other tags are left out. Anybody can send a lead in the name of a page, so list the tags if integrations filter by them. [] means none, and [\"*\"] any, which is the default." example:"[\"chat\"]"`
	KeepDays         *int               `json:"keep_days,omitempty" minimum:"1" maximum:"3650" doc:"Sessions older than this are deleted, with their page views and numbers. It must be at least lookback_days of the site, because attribution cannot use deleted visits. Default 400." example:"400"`
	SwapAfterLoad    *bool              `json:"swap_after_load,omitempty" doc:"If true, numbers are swapped only after the page has loaded. Use it for pages that a server renders and a script hydrates (Next.js, Nuxt). Default false." example:"false"`
}

// visitorIDBody is a third party's id of the visitor, and where the script finds it.
type visitorIDBody struct {
	System  string   `json:"system" doc:"The name of the id everywhere in Ringback: 1 to 40 lower-case letters, digits and underscores. For those that GET /visitor-id-presets lists it is enough." example:"rtbhouse"`
	Cookies []string `json:"cookies,omitempty" maxItems:"10" doc:"Names of cookies. The first that has a value counts." example:"[\"visitor_id\"]"`
	Storage []string `json:"storage,omitempty" maxItems:"10" doc:"Names of entries of the local storage, looked at when no cookie has a value."`
}

// scriptView are the settings of the site's script, with the tag to paste.
type scriptView struct {
	ScriptURL        string            `json:"script_url" doc:"Where the script is. It is public." example:"https://ringback.example.com/s/3MBYGLJDNBXS2XK5RHMQJVPFQY.js"`
	Snippet          string            `json:"snippet" doc:"The tag to paste into the head of every page." example:"<script async src=\"https://ringback.example.com/s/3MBYGLJDNBXS2XK5RHMQJVPFQY.js\"></script>"`
	ExtendedSnippet  string            `json:"extended_snippet" doc:"The tag to paste in place of the other into pages that need more than the usual script does, such as numbers in components. The check of a page finds them." example:"<script async src=\"https://ringback.example.com/s/3MBYGLJDNBXS2XK5RHMQJVPFQY-extended.js\"></script>"`
	Version          string            `json:"version" doc:"Of the script that is served now. Browsers have it within minutes." example:"1a2b3c4d"`
	ExtendedVersion  string            `json:"extended_version" doc:"Of the extended script." example:"5e6f7a8b"`
	LastSeenAt       *time.Time        `json:"last_seen_at,omitempty" doc:"The last activity of the newest session. Missing if the script has not reported a session."`
	ConsentRequired  bool              `json:"consent_required"`
	Forms            forms.Capture     `json:"forms" enum:"marked,all,none" example:"marked"`
	Fields           map[string]string `json:"fields"`
	VisitorIDs       []visitorIDBody   `json:"visitor_ids"`
	Origins          []string          `json:"origins"`
	SessionMinutes   int               `json:"session_minutes" example:"30"`
	CarryOver        bool              `json:"carry_over"`
	IgnoredReferrers []string          `json:"ignored_referrers"`
	LeadTags         []string          `json:"lead_tags" example:"[\"*\"]"`
	KeepDays         int               `json:"keep_days" example:"400"`
	SwapAfterLoad    bool              `json:"swap_after_load"`
}

// apply puts what is given into the settings and checks it.
func (b scriptChanges) apply(to *websites.ScriptSettings) error {
	var c checker
	wire.Set(&to.ConsentRequired, b.ConsentRequired)
	wire.Set(&to.Forms, b.Forms)
	wire.Set(&to.SessionMinutes, b.SessionMinutes)
	wire.Set(&to.CarryOver, b.CarryOver)
	wire.Set(&to.KeepDays, b.KeepDays)
	wire.Set(&to.SwapAfterLoad, b.SwapAfterLoad)
	if b.Fields != nil {
		to.Fields = c.fieldMapping("fields", wire.Merge(to.Fields, b.Fields))
	}
	if b.VisitorIDs != nil {
		to.VisitorIDs = c.visitorIDSources("visitor_ids", b.VisitorIDs)
	}
	if b.Origins != nil {
		to.Origins = c.origins("origins", b.Origins)
	}
	if b.IgnoredReferrers != nil {
		to.Ignored = c.hosts("ignored_referrers", b.IgnoredReferrers)
	}
	if b.LeadTags != nil {
		to.LeadTags = append(forms.AllowedTags{}, c.Tags("lead_tags", b.LeadTags)...) // not nil, which means any
	}
	return c.Err()
}

// scriptTag returns the tag that loads a script.
func scriptTag(url string) string {
	return `<script async src="` + html.EscapeString(url) + `"></script>`
}

func (h *Handler) viewScript(site websites.Site, lastSeen *time.Time) scriptView {
	set, url := site.Script, sites.ScriptURL(h.publicURL, site)
	fields := map[string]string{}
	maps.Copy(fields, set.Fields)
	return scriptView{
		ScriptURL: url, Snippet: scriptTag(url), ExtendedSnippet: scriptTag(sites.ExtendedScriptURL(h.publicURL, site)),
		Version: tracker.Version, ExtendedVersion: tracker.ExtendedVersion, LastSeenAt: lastSeen,
		ConsentRequired: set.ConsentRequired, Forms: set.Forms, Fields: fields,
		VisitorIDs: wire.Views(set.VisitorIDs, func(m websites.VisitorIDSource) visitorIDBody { return visitorIDBody(m) }),
		Origins:    wire.Copy(set.Origins), SessionMinutes: set.SessionMinutes, CarryOver: set.CarryOver,
		IgnoredReferrers: wire.Copy(set.Ignored), LeadTags: wire.Copy([]string(set.LeadTags.OrAny())), KeepDays: set.KeepDays,
		SwapAfterLoad: set.SwapAfterLoad,
	}
}

// answerScript shows a site's script settings.
func (h *Handler) answerScript(ctx context.Context, site websites.Site) (*wire.Answer[scriptView], error) {
	newest, _, err := h.store.Sessions(ctx, reqctx.Account(ctx), site.ID, visitors.SessionFilter{}, models.Page{Limit: 1})
	if err != nil {
		return nil, err
	}
	var lastSeen *time.Time
	if len(newest) > 0 {
		lastSeen = &newest[0].LastActivityAt
	}
	return wire.Body(h.viewScript(site, lastSeen)), nil
}

func (h *Handler) readScript(ctx context.Context, in *sites.InSite) (*wire.Answer[scriptView], error) {
	site, err := h.store.Site(ctx, reqctx.Account(ctx), in.Site)
	if err != nil {
		return nil, err
	}
	return h.answerScript(ctx, site)
}

func (h *Handler) changeScript(ctx context.Context, in *struct {
	sites.InSite
	Body scriptChanges
}) (*wire.Answer[scriptView], error) {
	site, err := h.store.UpdateSite(ctx, reqctx.Actor(ctx), in.Site, func(site *websites.Site) error {
		if err := in.Body.apply(&site.Script); err != nil {
			return err
		}
		if in.Body.KeepDays != nil && site.KeepsTooShort() {
			return fault.InvalidFields(fault.Field{Path: "keep_days", Expected: fault.Expect("keep_at_least").Counting(site.LookbackDays)})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	h.siteChanged(site)
	return h.answerScript(ctx, site)
}
