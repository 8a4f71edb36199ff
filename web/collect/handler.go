package collect

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/labstack/echo/v4"

	"ringback/internal/geoip"
	"ringback/models"
	"ringback/models/websites"
	"ringback/web/internal/endpoint"
	"ringback/web/internal/turns"
)

// The limits of request bodies, in bytes.
const (
	visitLimit = 16 << 10 // a page view, visitor ids, a withdrawal of consent
	leadLimit  = 64 << 10
)

// Store is what the script's requests need of the database. All of it is scoped by
// the site whose key the request has (G9).
type Store interface {
	SitePlan(ctx context.Context, scriptKey string) (websites.Plan, error)
	RecordActivity(ctx context.Context, plan websites.Plan, activity models.Activity) (models.ActivityResult, error)
	StoreVisitorIDs(ctx context.Context, siteID, visitorID string, ids map[string]string, at time.Time) error
	ForgetVisitor(ctx context.Context, siteID, visitorID string) error
}

// LeadAcceptor stores leads and passes them on to their workflows.
type LeadAcceptor interface {
	AcceptLead(ctx context.Context, lead models.NewLead) (models.Accepted, error)
}

// Metrics counts what the script sends, except leads.
type Metrics interface {
	PageView(outcome string) // new_session, continued, duplicate, bot, forgotten
	PoolExhausted(siteID, poolID string)
	ScriptRefused(reason string) // key, origin, rate, body; no_contact for a form that is no lead
	NumbersWithheld()            // a page got no number because its address has had its share
}

// Locator returns the place where an address is used, the zero Place if it is not known.
type Locator interface {
	Place(address netip.Addr) geoip.Place
}

// Options are what a Handler needs.
type Options struct {
	Store     Store
	Leads     LeadAcceptor
	Metrics   Metrics
	Places    Locator // nil if places are not known
	Clock     clockwork.Clock
	PublicURL string // as browsers reach this service, without a slash at the end
	Limits    Limits
	Reports   *turns.Turns // of reports of calls and leads, by their sites
}

// Handler answers the script.
type Handler struct {
	store   Store
	leads   LeadAcceptor
	metrics Metrics
	places  Locator
	clock   clockwork.Clock
	sites   *siteCache
	limits  rateLimits
	reports *turns.Turns // of reports of calls and leads, by their sites
}

// New returns a Handler.
func New(o Options) *Handler {
	return &Handler{
		store: o.Store, leads: o.Leads, metrics: o.Metrics, places: o.Places, clock: o.Clock,
		sites: newSiteCache(o.Clock, o.PublicURL), limits: newRateLimits(o.Limits, o.Clock), reports: o.Reports,
	}
}

// Mount registers the routes.
func (h *Handler) Mount(e *echo.Echo) {
	endpoint.GetAndHead(e, "/s/:file", h.serveScript)
	e.POST("/s/:key/views", h.handle(visitLimit, h.inTurn(h.limits.views, h.recordView)))
	e.POST("/s/:key/leads", h.handle(leadLimit, h.acceptLead))
	e.POST("/s/:key/ids", h.handle(visitLimit, h.inTurn(h.limits.turns, h.storeVisitorIDs)))
	e.POST("/s/:key/forget", h.handle(visitLimit, h.inTurn(h.limits.turns, h.forgetVisitor)))
}

// SiteChanged makes this process use a change of a site, its pools or its numbers
// at once. Other processes do so within seconds.
func (h *Handler) SiteChanged(site websites.Site) { h.sites.drop(site) }

// accepted answers a lead.
func accepted(r scriptRequest) error { return r.JSON(http.StatusAccepted, struct{}{}) }
