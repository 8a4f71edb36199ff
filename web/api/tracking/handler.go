// Package tracking has the operations of the API by which owners set up what happens on
// their sites' pages: the script, the tracking numbers and their pools. It also lists the
// visits that the script reported, and checks pages. Each resource has one file. The
// package must not know of integrations and deliveries. Of conversions it knows only how
// many belong to a visit.
package tracking

import (
	"context"

	"github.com/jonboulle/clockwork"

	"ringback/internal/delivery"
	"ringback/models/audit"
	"ringback/models/quotas"
	"ringback/models/websites"
	"ringback/web/internal/openapi"
	"ringback/web/internal/sites"
)

// The order of the groups in the document, between the sites and the integrations.
const (
	orderScript  = 30
	orderNumbers = 40
)

// Store is what the operations need of the database. Every method that reads is scoped
// by account: the rows of another account are not found (G9).
type Store interface {
	Site(ctx context.Context, accountID, id string) (websites.Site, error)
	UpdateSite(ctx context.Context, actor audit.Actor, id string, change func(*websites.Site) error) (websites.Site, error)
	LimitsOf(ctx context.Context, accountID string) (quotas.Limits, error)
	RecordCheck(ctx context.Context, actor audit.Actor, siteID, url string) error
	visitStore
	poolStore
	numberStore
}

// Options are what a Handler needs.
type Options struct {
	Store       Store
	Sites       *sites.Directory
	SiteChanged func(websites.Site) // called after every change of a site's script, pools or numbers
	Pages       delivery.Doer       // fetches the pages of sites
	Clock       clockwork.Clock
	PublicURL   string // as browsers reach this service, without a slash at the end
}

// Handler answers the operations.
type Handler struct {
	store       Store
	sites       *sites.Directory
	siteChanged func(websites.Site)
	pages       delivery.Doer
	clock       clockwork.Clock
	publicURL   string
	checks      *pageChecks
}

// New returns a Handler.
func New(o Options) *Handler {
	return &Handler{
		store: o.Store, sites: o.Sites, siteChanged: o.SiteChanged, pages: o.Pages,
		clock: o.Clock, publicURL: o.PublicURL, checks: newPageChecks(),
	}
}

// Mount adds the operations.
func (h *Handler) Mount(a *openapi.API) {
	h.scriptRoutes(a)
	h.numberRoutes(a)
}

// add adds an operation with the examples of its body.
func add[I, O any](g openapi.Group, o openapi.Operation, handle func(context.Context, *I) (*O, error)) {
	o.Examples = examples[o.Route]
	openapi.Add(g, o, handle)
}
