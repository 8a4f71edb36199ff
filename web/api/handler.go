// Package api has the operations of the API by which owners set up sites, sources and
// integrations, and read what became of calls and leads. Each resource has one file,
// with its routes, bodies and checks. The package must not know how calls and leads are
// reported, nor the pages for people.
package api

import (
	"context"

	"github.com/jonboulle/clockwork"

	"ringback/destinations"
	"ringback/internal/delivery"
	"ringback/models/outbox"
	"ringback/models/websites"
	"ringback/sources"
	"ringback/web/internal/conversionview"
	"ringback/web/internal/openapi"
	"ringback/web/internal/sites"
	"ringback/web/internal/turns"
)

// The order of the groups in the document. Intake comes first. The script and the
// numbers, which are of package tracking, stand between the sites and the integrations.
const (
	orderSites        = 20
	orderIntegrations = 10 * (iota + 4)
	orderConversions
	orderCRM
	orderAccount
)

// Relay delivers stored signals to their workflows. Offer never blocks.
type Relay interface {
	Offer(outbox.Signal)
}

// Store is what the operations need of the database. Every method that reads is
// scoped by account: the rows of another account are not found (G9).
type Store interface {
	accountStore
	limitStore
	siteStore
	sourceStore
	integrationStore
	conversionStore
	deliveryStore
	crmStore
}

// Options are what a Handler needs.
type Options struct {
	Store        Store
	Relay        Relay
	Sites        *sites.Directory
	SiteChanged  func(websites.Site) // called after every change of a site
	Conversions  *conversionview.Reader
	Destinations *destinations.Registry
	Sources      *sources.Registry
	Outbound     delivery.Doer // sends test events
	Clock        clockwork.Clock
	PublicURL    string       // as providers and browsers reach this service, without a slash at the end
	Files        *turns.Turns // of the pieces of files that are imported, by their sites
}

// Handler answers the operations.
type Handler struct {
	store        Store
	relay        Relay
	sites        *sites.Directory
	siteChanged  func(websites.Site)
	view         *conversionview.Reader
	destinations *destinations.Registry
	sources      *sources.Registry
	outbound     delivery.Doer
	clock        clockwork.Clock
	publicURL    string
	files        *turns.Turns
}

// New returns a Handler.
func New(o Options) *Handler {
	return &Handler{
		store: o.Store, relay: o.Relay, sites: o.Sites, siteChanged: o.SiteChanged, view: o.Conversions,
		destinations: o.Destinations, sources: o.Sources, outbound: o.Outbound,
		clock: o.Clock, publicURL: o.PublicURL, files: o.Files,
	}
}

// Mount adds the operations.
func (h *Handler) Mount(a *openapi.API) {
	h.siteRoutes(a)
	h.integrationRoutes(a)
	h.conversionRoutes(a)
	h.crmRoutes(a)
	h.accountRoutes(a)
}

// add adds an operation with the examples of its body.
func add[I, O any](g openapi.Group, o openapi.Operation, handle func(context.Context, *I) (*O, error)) {
	o.Examples = examples[o.Route]
	openapi.Add(g, o, handle)
}
