// Package upkeep has the operations of the API by which owners look after what is stored
// and sent. Each subject has one file. The package must not know how calls and leads are
// reported, decided or delivered.
package upkeep

import (
	"context"

	"ringback/models/outbox"
	"ringback/web/internal/openapi"
	"ringback/web/internal/sites"
)

// orderErasing is the place of the group in the document, after the people of the CRM.
const orderErasing = 78

// Store is what the operations need of the database. Every method is scoped by account
// (G9).
type Store interface {
	eraseStore
	retentionStore
	retryStore
}

// Relay delivers stored signals to their workflows. Offer never blocks.
type Relay interface {
	Offer(outbox.Signal)
}

// Handler answers the operations.
type Handler struct {
	store Store
	relay Relay
	sites *sites.Directory
}

// New returns a Handler.
func New(store Store, relay Relay, directory *sites.Directory) *Handler {
	return &Handler{store: store, relay: relay, sites: directory}
}

// Mount adds the operations.
func (h *Handler) Mount(a *openapi.API) {
	g := a.Group(openapi.Group{
		Name: "Erasing and retention", Order: orderErasing,
		Description: "For people who ask you to erase what you store about them, and for how many days a site keeps what.",
	})
	h.eraseRoutes(g)
	h.retentionRoutes(g)
	h.retryRoutes(a.Group(openapi.Group{
		Name: "Retrying", Order: orderRetrying,
		Description: "For deliveries that wait although their destination works again.",
	}))
}

// examples are bodies by route and name that the operations take as they are.
var examples = map[string]map[string]string{
	"PATCH /sites/{site}/retention": {
		"a year": `{"conversions": 365, "raw_bodies": 90, "attempt_bodies": 90, "messages": 30}`,
	},
	"POST /sites/{site}/erase": {
		"count": `{"phone": "+12025550123", "email": "visitor@example.com"}`,
	},
}

// add adds an operation with the examples of its body.
func add[I, O any](g openapi.Group, o openapi.Operation, handle func(context.Context, *I) (*O, error)) {
	o.Examples = examples[o.Route]
	openapi.Add(g, o, handle)
}
