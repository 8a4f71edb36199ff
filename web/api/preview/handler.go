// Package preview has the operations of the API that try an integration's settings on the
// calls and leads of the last days. Nothing is stored or sent by them. The package must not
// know how a decision is made, nor how what it goes by is stored.
package preview

import (
	"context"

	"github.com/jonboulle/clockwork"

	"ringback/decision"
	"ringback/destinations"
	"ringback/models/integrations"
	"ringback/models/judged"
	"ringback/web/internal/auth"
	"ringback/web/internal/integrationform"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/turns"
	"ringback/web/internal/wire"
)

// orderPreview is the place of the group in the document, after the integrations.
const orderPreview = 55

// maxWaiting is how many pages of one account may wait while another one is judged.
const maxWaiting = 2

// Store is what the operations need of the database. What is listed is scoped by account
// (G9), and only what was listed is read as a case.
type Store interface {
	decision.Store
	Integration(ctx context.Context, accountID, siteID, id string) (integrations.Integration, error)
	CountDecided(ctx context.Context, d judged.Decided) (int, error)
	DecidedAfter(ctx context.Context, d judged.Decided, after judged.Place, limit int) ([]judged.Conversion, error)
}

// Options are what a Handler needs.
type Options struct {
	Store        Store
	Sites        *sites.Directory
	Destinations *destinations.Registry
	Decider      decision.Decider
	Clock        clockwork.Clock
}

// Handler answers the operations.
type Handler struct {
	Options
	turns *turns.Turns
}

// New returns a Handler. It judges one page of each account at a time.
func New(o Options) *Handler { return &Handler{Options: o, turns: turns.New(1, maxWaiting)} }

// paged is what the descriptions of both operations say.
const paged = " The calls and leads of the last days that are decided are judged as if the integration were switched on, by what was known when they were decided and by the site's rules of today. " +
	"Nothing is stored or sent. The newest come first, in pages: total and judged are how many there are and how many are done, and next_cursor continues. Do not ask for the next page to cancel. " +
	"Send the same settings with each page, and add up the counts. One page of an account is judged at a time."

// Mount adds the operations.
func (h *Handler) Mount(a *openapi.API) {
	g := a.Group(openapi.Group{Name: "Trying settings", Order: orderPreview, Description: "What the settings of an integration would have sent, before they are stored."})
	openapi.Add(g, openapi.Operation{
		ID: "preview-new-integration", Route: "POST /sites/{site}/integrations/preview", Access: auth.Viewer, Summary: "Try a new integration",
		Description: "What an integration would have sent if it had existed." + paged,
		Examples: map[string]string{"rtbhouse": `{"type": "rtbhouse", "name": "RTB House",
			"credentials": {"pkey": "your-key", "tagging_hash": "your20lettersordigit"}, "calls": {"metrics": ["target"]}, "days": 30}`},
	}, h.ofNew)
	openapi.Add(g, openapi.Operation{
		ID: "preview-integration", Route: "POST /sites/{site}/integrations/{id}/preview", Access: auth.Viewer, Summary: "Try a change of an integration",
		Description: "What an integration would have sent with other settings, and what is gained and lost against those that it has. Fields that are left out keep their values." + paged,
		Examples:    map[string]string{"tags": `{"calls": {"metrics": ["target"], "tags": {"none": ["spam"]}}, "days": 30, "show": "lost"}`},
	}, h.ofChange)
}

// newBody is an integration to try.
type newBody struct {
	integrationform.NewIntegration
	Asked
}

// changeBody is a change of an integration to try.
type changeBody struct {
	integrationform.IntegrationChanges
	Asked
}

func (h *Handler) ofNew(ctx context.Context, in *struct {
	sites.InSite
	Body newBody
}) (*wire.Answer[View], error) {
	site, err := h.Sites.Site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	tried, err := in.Body.Integration(site.ID, h.Destinations)
	if err != nil {
		return nil, err
	}
	return h.judge(ctx, trial{site: site, tried: tried}, in.Body.Asked)
}

func (h *Handler) ofChange(ctx context.Context, in *struct {
	sites.InSite
	ID   string `path:"id" doc:"The integration's id." example:"int_01jdq00000000000000000000"`
	Body changeBody
}) (*wire.Answer[View], error) {
	site, err := h.Sites.Site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	current, err := h.Store.Integration(ctx, reqctx.Account(ctx), in.Site, in.ID)
	if err != nil {
		return nil, err
	}
	tried := current
	if err := in.Body.Apply(&tried, h.Destinations); err != nil {
		return nil, err
	}
	return h.judge(ctx, trial{site: site, tried: tried, current: &current}, in.Body.Asked)
}
