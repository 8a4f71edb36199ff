package api

import (
	"context"
	"net/http"

	"ringback/conversion"
	"ringback/destinations"
	"ringback/internal/fault"
	"ringback/internal/settings"
	"ringback/models"
	"ringback/models/audit"
	"ringback/web/internal/auth"
	"ringback/web/internal/openapi"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/wire"
)

type integrationStore interface {
	CreateIntegration(ctx context.Context, actor audit.Actor, integration *models.Integration) error
	Integration(ctx context.Context, accountID, siteID, id string) (models.Integration, error)
	Integrations(ctx context.Context, accountID, siteID string, page models.Page) ([]models.Integration, string, error)
	UpdateIntegration(ctx context.Context, actor audit.Actor, siteID, id string, change func(*models.Integration) error) (models.Integration, error)
	DeleteIntegration(ctx context.Context, actor audit.Actor, siteID, id string) error
	RecordTest(ctx context.Context, actor audit.Actor, siteID, id string) error
	IntegrationVersions(ctx context.Context, accountID, siteID, id string, page models.Page) ([]models.IntegrationVersion, string, error)
	IntegrationTokens(integrationID string) settings.Tokens
	SiteBreakers(ctx context.Context, siteID string) (map[string]models.Breaker, error)
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

// defaultDelivery is the delivery policy of a new integration.
var defaultDelivery = models.DeliveryPolicy{RetryForSeconds: 72 * 3600, TimeoutSeconds: 10, MaxConcurrent: 10}

// IntegrationSettings are what an owner sets. What is left out keeps its value,
// or gets its default in a new integration.
type IntegrationSettings struct {
	Enabled          *bool                        `json:"enabled,omitempty" doc:"If false, conversions are skipped with the reason switched_off. Default true." example:"true"`
	Credentials      map[string]*string           `json:"credentials,omitempty" doc:"The credentials by name; GET /destinations lists the names for each type. A value replaces the stored one, null removes it, and names that are left out keep theirs. Values are never shown again: answers have ******** in their place, and sending ******** back changes nothing." example:"{\"pkey\": \"your key\", \"tagging_hash\": \"your 20 letters or digits\"}"`
	Options          map[string]*string           `json:"options,omitempty" doc:"The options by name; GET /destinations lists the names for each type. A value replaces the stored one, null restores the default, and names that are left out keep theirs."`
	AttributionModel *conversion.AttributionModel `json:"attribution_model,omitempty" enum:"last_non_direct,last,first,first_non_direct" doc:"Picks the visit that gets the credit. Default last_non_direct." example:"last_non_direct"`
	Calls            wire.Optional[rulesBody]     `json:"calls,omitzero" doc:"Which calls are sent. If it is null, or left out of a new integration, no call is sent."`
	Leads            wire.Optional[rulesBody]     `json:"leads,omitzero" doc:"Which leads are sent. If it is null, or left out of a new integration, no lead is sent."`
	Delivery         *deliveryChanges             `json:"delivery,omitempty" doc:"How hard and how fast it delivers."`
}

type deliveryChanges struct {
	RetryForSeconds *int     `json:"retry_for_seconds,omitempty" minimum:"60" maximum:"2592000" doc:"For how many seconds a delivery is retried before it fails. Default 259200 (72 hours)."`
	TimeoutSeconds  *int     `json:"timeout_seconds,omitempty" minimum:"1" maximum:"30" doc:"How many seconds one attempt may take. Default 10."`
	MaxConcurrent   *int     `json:"max_concurrent,omitempty" minimum:"1" maximum:"100" doc:"How many attempts may be in progress at the same time. Default 10."`
	PerSecond       *float64 `json:"per_second,omitempty" minimum:"0" maximum:"1000" doc:"How many attempts may begin per second. 0, the default, means no limit."`
	SwitchOffAfter  *int     `json:"switch_off_after,omitempty" minimum:"0" maximum:"10000" doc:"After how many failed deliveries in a row the integration is switched off. 0, the default, means never."`
}

type newIntegration struct {
	Type string `json:"type" minLength:"1" maxLength:"64" doc:"One of the types that GET /destinations lists. It cannot be changed later." example:"rtbhouse"`
	Name string `json:"name" minLength:"1" maxLength:"200" doc:"A name for your own use." example:"RTB House"`
	IntegrationSettings
}

type integrationChanges struct {
	Name *string `json:"name,omitempty" minLength:"1" maxLength:"200" doc:"A name for your own use." example:"RTB House"`
	IntegrationSettings
}

// apply puts what is given into an integration and checks the whole of it, so
// that an integration that could not work is never stored (R2).
func (c IntegrationSettings) apply(to *models.Integration, d destinations.Destination) error {
	wire.Set(&to.Enabled, c.Enabled)
	wire.Set(&to.Settings.AttributionModel, c.AttributionModel)
	before := to.Values()
	given := unmasked(c.Credentials)
	to.Credentials = wire.Merge(to.Credentials, given)
	to.Settings.Options = wire.Merge(to.Settings.Options, c.Options)
	if c.Calls.IsSet {
		to.Settings.Calls = c.Calls.Value.rules()
	}
	if c.Leads.IsSet {
		to.Settings.Leads = c.Leads.Value.rules()
	}
	c.Delivery.apply(&to.Settings.Delivery)

	fields := wrongRules(to.Settings.Calls, to.Settings.Leads)
	fields = append(fields, d.Validate(to.Values())...)
	fields = append(fields, sentElsewhere(d.Describe().Form, before, to.Values(), given)...)
	if len(fields) > 0 {
		return fault.InvalidFields(fields...)
	}
	return nil
}

// sentElsewhere returns the credentials that would go to another address with the
// settings in after, unless they are among those that were given with it (G8).
func sentElsewhere(form settings.Form, before, after settings.Values, given map[string]*string) []fault.Field {
	var fields []fault.Field
	for _, name := range form.SentElsewhere(before, after) {
		if _, again := given[name]; !again {
			fields = append(fields, fault.Field{Path: "credentials." + name, Expected: fault.Expect("credential_again")})
		}
	}
	return fields
}

func (c *deliveryChanges) apply(to *models.DeliveryPolicy) {
	if c == nil {
		return
	}
	wire.Set(&to.RetryForSeconds, c.RetryForSeconds)
	wire.Set(&to.TimeoutSeconds, c.TimeoutSeconds)
	wire.Set(&to.MaxConcurrent, c.MaxConcurrent)
	wire.Set(&to.PerSecond, c.PerSecond)
	wire.Set(&to.SwitchOffAfter, c.SwitchOffAfter)
}

func (h *Handler) createIntegration(ctx context.Context, in *struct {
	sites.InSite
	Body newIntegration
}) (*wire.Answer[integrationView], error) {
	destination, ok := h.destinations.Get(in.Body.Type)
	if !ok {
		return nil, fault.InvalidFields(fault.Field{Path: "type", Expected: fault.OneOf(h.destinations.Names())})
	}
	site, err := h.sites.Site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	integration := models.Integration{
		SiteID: site.ID, Type: in.Body.Type, Name: in.Body.Name, Enabled: true,
		Settings: models.IntegrationSettings{AttributionModel: conversion.LastNonDirect, Delivery: defaultDelivery},
	}
	if err := in.Body.apply(&integration, destination); err != nil {
		return nil, err
	}
	if err := h.store.CreateIntegration(ctx, reqctx.Actor(ctx), &integration); err != nil {
		return nil, err
	}
	if err := h.beginReading(ctx, integration); err != nil {
		return nil, err
	}
	return wire.Body(viewIntegration(reqctx.Writer(ctx), integration, models.Breaker{})), nil
}

func (h *Handler) listIntegrations(ctx context.Context, in *struct {
	sites.InSite
	wire.Paging
}) (*wire.Listing[integrationView], error) {
	integrations, next, err := h.store.Integrations(ctx, reqctx.Account(ctx), in.Site, in.Page())
	if err != nil {
		return nil, err
	}
	breakers, err := h.store.SiteBreakers(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	return wire.List(integrations, next, func(m models.Integration) integrationView {
		return viewIntegration(reqctx.Writer(ctx), m, breakers[m.ID])
	}), nil
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
	Body integrationChanges
}) (*wire.Answer[integrationView], error) {
	integration, err := h.store.UpdateIntegration(ctx, reqctx.Actor(ctx), in.Site, in.ID, func(i *models.Integration) error {
		destination, ok := h.destinations.Get(i.Type)
		if !ok {
			return fault.New(fault.Conflict, "type_not_known")
		}
		wire.Set(&i.Name, in.Body.Name)
		return in.Body.apply(i, destination)
	})
	if err != nil {
		return nil, err
	}
	if err := h.beginReading(ctx, integration); err != nil {
		return nil, err
	}
	return h.answerIntegration(ctx, integration)
}

func (h *Handler) answerIntegration(ctx context.Context, m models.Integration) (*wire.Answer[integrationView], error) {
	breakers, err := h.store.SiteBreakers(ctx, m.SiteID)
	if err != nil {
		return nil, err
	}
	return wire.Body(viewIntegration(reqctx.Writer(ctx), m, breakers[m.ID])), nil
}

func (h *Handler) deleteIntegration(ctx context.Context, in *OfIntegration) (*wire.NoBody, error) {
	return nil, h.store.DeleteIntegration(ctx, reqctx.Actor(ctx), in.Site, in.ID)
}
