package api

import (
	"context"
	"net/http"

	"ringback/internal/settings"
	"ringback/models"
	"ringback/models/audit"
	"ringback/models/integrations"
	"ringback/web/internal/auth"
	"ringback/web/internal/integrationform"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

type integrationStore interface {
	CreateIntegration(ctx context.Context, actor audit.Actor, integration *integrations.Integration) error
	Integration(ctx context.Context, accountID, siteID, id string) (integrations.Integration, error)
	Integrations(ctx context.Context, accountID, siteID string, page models.Page) ([]integrations.Integration, string, error)
	UpdateIntegration(ctx context.Context, actor audit.Actor, siteID, id string, change func(*integrations.Integration) error) (integrations.Integration, error)
	DeleteIntegration(ctx context.Context, actor audit.Actor, siteID, id string) error
	RecordTest(ctx context.Context, actor audit.Actor, siteID, id string) error
	IntegrationVersions(ctx context.Context, accountID, siteID, id string, page models.Page) ([]integrations.Version, string, error)
	IntegrationTokens(integrationID string) settings.Tokens
	SiteBreakers(ctx context.Context, siteID string) (map[string]integrations.Breaker, error)
	WaitingDeliveries(ctx context.Context, siteID string) (map[string]int, error)
	readingStore
}

func (h *Handler) integrationRoutes(a *openapi.API) {
	g := a.Group(openapi.Group{Name: "Integrations", Order: orderIntegrations, Description: "The destinations of conversions, and which conversions each of them gets."})
	add(g, openapi.Operation{
		ID: "list-destination-types", Route: "GET /destinations", Access: auth.Viewer, AnySite: true, Summary: "List the types of destinations",
		Description: "The types of integrations, with their options and credentials.",
	}, h.listDestinationTypes)
	add(g, openapi.Operation{
		ID: "create-integration", Route: "POST /sites/{site}/integrations", Access: auth.Editor, Summary: "Create an integration", Status: http.StatusCreated,
		Description: "Sends the site's calls and leads to one destination. All credentials that its type requires must be set. A call or lead is sent if it meets at least one of the metrics of its kind, and both the tag filter and the traffic filter.",
	}, h.createIntegration)
	add(g, openapi.Operation{ID: "list-integrations", Route: "GET /sites/{site}/integrations", Access: auth.Viewer, Summary: "List the integrations"}, h.listIntegrations)
	add(g, openapi.Operation{ID: "read-integration", Route: "GET /sites/{site}/integrations/{id}", Access: auth.Viewer, Summary: "Read an integration"}, h.readIntegration)
	add(g, openapi.Operation{
		ID: "change-integration", Route: "PATCH /sites/{site}/integrations/{id}", Access: auth.Editor, Summary: "Change an integration",
		Description: "Fields that are left out keep their values. The fields calls and leads are replaced as a whole. A decision uses the settings of the time at which it is made. If you change the scheme or host of the destination URL, resend the credentials in the same request.",
		Failures:    []int{http.StatusConflict},
	}, h.changeIntegration)
	add(g, openapi.Operation{ID: "delete-integration", Route: "DELETE /sites/{site}/integrations/{id}", Access: auth.Editor, Summary: "Delete an integration"}, h.deleteIntegration)
	add(g, openapi.Operation{
		ID: "list-integration-versions", Route: "GET /sites/{site}/integrations/{id}/versions", Access: auth.Viewer, Summary: "List the versions of an integration",
		Description: "The settings of each version. A decision names the version that it was made by.",
	}, h.listVersions)
	add(g, openapi.Operation{
		ID: "send-test-event", Route: "POST /sites/{site}/integrations/{id}/test", Access: auth.Editor, Summary: "Send a test event",
		Description: "Sends one event that is marked as a test, once and at once, and returns the response of the destination. The status is 200 whatever that response was; class is how the attempt went. A test event is no conversion; only the audit trail records it.",
		Failures:    []int{http.StatusConflict},
	}, h.testIntegration)
	add(g, openapi.Operation{
		ID: "check-setup", Route: "POST /sites/{site}/integrations/{id}/check", Access: auth.Editor, Summary: "Check the set-up at the destination",
		Description: "Logs in at the destination and checks each condition of a working set-up, such as permissions and fields. It writes nothing there. Only some types have such a check, such as salesforce; for the others the answer is 409.",
		Failures:    []int{http.StatusConflict},
	}, h.checkSetup)
	h.readingRoutes(g)
}

// OfIntegration are the parameters of everything about one integration.
type OfIntegration struct {
	sites.InSite
	ID string `path:"id" doc:"The integration's id." example:"int_01jdq00000000000000000000"`
}

func (h *Handler) createIntegration(ctx context.Context, in *struct {
	sites.InSite
	Body integrationform.NewIntegration
}) (*wire.Answer[integrationView], error) {
	site, err := h.sites.Site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	integration, err := in.Body.Integration(site.ID, h.destinations)
	if err != nil {
		return nil, err
	}
	if err := h.store.CreateIntegration(ctx, reqctx.Actor(ctx), &integration); err != nil {
		return nil, err
	}
	if err := h.beginReading(ctx, integration); err != nil {
		return nil, err
	}
	return wire.Body(viewIntegration(reqctx.Writer(ctx), integration, integrations.Breaker{}, 0)), nil
}

func (h *Handler) listIntegrations(ctx context.Context, in *struct {
	sites.InSite
	wire.Paging
}) (*wire.Listing[integrationView], error) {
	integrations, next, err := h.store.Integrations(ctx, reqctx.Account(ctx), in.Site, in.Page())
	if err != nil {
		return nil, err
	}
	view, err := h.viewOfSite(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	return wire.List(integrations, next, view), nil
}

func (h *Handler) readIntegration(ctx context.Context, in *struct {
	OfIntegration
}) (*wire.Answer[integrationView], error) {
	integration, err := h.store.Integration(ctx, reqctx.Account(ctx), in.Site, in.ID)
	if err != nil {
		return nil, err
	}
	return h.answerIntegration(ctx, integration)
}

func (h *Handler) changeIntegration(ctx context.Context, in *struct {
	OfIntegration
	Body integrationform.IntegrationChanges
}) (*wire.Answer[integrationView], error) {
	integration, err := h.store.UpdateIntegration(ctx, reqctx.Actor(ctx), in.Site, in.ID, func(i *integrations.Integration) error {
		return in.Body.Apply(i, h.destinations)
	})
	if err != nil {
		return nil, err
	}
	if err := h.beginReading(ctx, integration); err != nil {
		return nil, err
	}
	return h.answerIntegration(ctx, integration)
}

func (h *Handler) answerIntegration(ctx context.Context, m integrations.Integration) (*wire.Answer[integrationView], error) {
	view, err := h.viewOfSite(ctx, m.SiteID)
	if err != nil {
		return nil, err
	}
	return wire.Body(view(m)), nil
}

// viewOfSite returns the views of a site's integrations, with what waits for those whose
// breakers are open.
func (h *Handler) viewOfSite(ctx context.Context, siteID string) (func(integrations.Integration) integrationView, error) {
	breakers, err := h.store.SiteBreakers(ctx, siteID)
	if err != nil {
		return nil, err
	}
	waiting, err := h.store.WaitingDeliveries(ctx, siteID)
	return func(m integrations.Integration) integrationView {
		return viewIntegration(reqctx.Writer(ctx), m, breakers[m.ID], waiting[m.ID])
	}, err
}

func (h *Handler) deleteIntegration(ctx context.Context, in *OfIntegration) (*wire.NoBody, error) {
	return nil, h.store.DeleteIntegration(ctx, reqctx.Actor(ctx), in.Site, in.ID)
}
