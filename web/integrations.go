package web

import (
	"context"
	"strings"

	"ringback/conversion"
	"ringback/destinations"
	"ringback/internal/fault"
	"ringback/models"
	"ringback/web/internal/reqctx"
)

// OfIntegration are the parameters of everything about one integration.
type OfIntegration struct {
	InSite
	ID string `path:"id" doc:"The integration's id." example:"int_01jdq00000000000000000000"`
}

// defaultDelivery is the delivery policy of a new integration.
var defaultDelivery = models.DeliveryPolicy{RetryForSeconds: 72 * 3600, TimeoutSeconds: 10, MaxConcurrent: 10}

// IntegrationSettings are what an owner sets. What is left out keeps its value,
// or gets its default in a new integration.
type IntegrationSettings struct {
	Enabled          *bool                        `json:"enabled,omitempty" doc:"The switch. Off: conversions are skipped, with that reason. Default true." example:"true"`
	Credentials      map[string]*string           `json:"credentials,omitempty" doc:"By name, as GET /destinations lists them for the type. Names that are given replace what is stored, null removes, others stay. They are never shown again: reading gives ******** for those that are set, and sending ******** back changes nothing." example:"{\"pkey\": \"your key\", \"tagging_hash\": \"your 20 letters or digits\"}"`
	Options          map[string]*string           `json:"options,omitempty" doc:"By name, as GET /destinations lists them for the type. Names that are given replace what is stored, null goes back to the default, others stay."`
	AttributionModel *conversion.AttributionModel `json:"attribution_model,omitempty" enum:"last_non_direct,last,first,first_non_direct" doc:"Picks the visit that gets the credit. Default last_non_direct." example:"last_non_direct"`
	Calls            optional[rulesBody]          `json:"calls,omitzero" doc:"Which calls are sent. Left out of a new integration, or null: none."`
	Leads            optional[rulesBody]          `json:"leads,omitzero" doc:"Which leads are sent. Left out of a new integration, or null: none."`
	Delivery         *deliveryChanges             `json:"delivery,omitempty" doc:"How hard and how fast it delivers."`
}

type deliveryChanges struct {
	RetryForSeconds *int     `json:"retry_for_seconds,omitempty" minimum:"60" maximum:"2592000" doc:"A delivery that has not succeeded by then has failed. Default 259200 (72 hours)."`
	TimeoutSeconds  *int     `json:"timeout_seconds,omitempty" minimum:"1" maximum:"30" doc:"How long one attempt may take. Default 10."`
	MaxConcurrent   *int     `json:"max_concurrent,omitempty" minimum:"1" maximum:"100" doc:"Sends at the same time. Default 10."`
	PerSecond       *float64 `json:"per_second,omitempty" minimum:"0" maximum:"1000" doc:"Sends per second; 0, the default: no limit."`
	SwitchOffAfter  *int     `json:"switch_off_after,omitempty" minimum:"0" maximum:"10000" doc:"Switches the integration off after so many deliveries in a row have failed; 0, the default: never."`
}

type newIntegration struct {
	Type string `json:"type" minLength:"1" maxLength:"64" doc:"One of the types that GET /destinations lists. It cannot be changed later." example:"rtbhouse"`
	Name string `json:"name" minLength:"1" maxLength:"200" doc:"For people." example:"RTB House"`
	IntegrationSettings
}

type integrationChanges struct {
	Name *string `json:"name,omitempty" minLength:"1" maxLength:"200" doc:"For people." example:"RTB House"`
	IntegrationSettings
}

// apply puts what is given into an integration and checks the whole of it, so
// that an integration that could not work is never stored (requirement R2).
func (c IntegrationSettings) apply(to *models.Integration, d destinations.Destination) error {
	set(&to.Enabled, c.Enabled)
	set(&to.Settings.AttributionModel, c.AttributionModel)
	before := to.Values()
	given := unmasked(c.Credentials)
	to.Credentials = merge(to.Credentials, given)
	to.Settings.Options = merge(to.Settings.Options, c.Options)
	if c.Calls.given {
		to.Settings.Calls = c.Calls.value.rules()
	}
	if c.Leads.given {
		to.Settings.Leads = c.Leads.value.rules()
	}
	c.Delivery.apply(&to.Settings.Delivery)

	fields := wrongRules(to.Settings.Calls, to.Settings.Leads)
	fields = append(fields, d.Validate(to.Values())...)
	for _, name := range d.Describe().SentElsewhere(before, to.Values()) {
		if _, again := given[name]; !again {
			fields = append(fields, fault.Field{Path: "credentials." + name, Expected: "to be given again: it would be sent to a new address, and was given for the old one"})
		}
	}
	if len(fields) > 0 {
		return fault.InvalidFields(fields...)
	}
	return nil
}

func (c *deliveryChanges) apply(to *models.DeliveryPolicy) {
	if c == nil {
		return
	}
	set(&to.RetryForSeconds, c.RetryForSeconds)
	set(&to.TimeoutSeconds, c.TimeoutSeconds)
	set(&to.MaxConcurrent, c.MaxConcurrent)
	set(&to.PerSecond, c.PerSecond)
	set(&to.SwitchOffAfter, c.SwitchOffAfter)
}

// merge returns the stored names with the given ones in their place; null removes.
func merge(stored map[string]string, given map[string]*string) map[string]string {
	out := make(map[string]string, len(stored)+len(given))
	for name, value := range stored {
		out[name] = value
	}
	for name, value := range given {
		if value == nil {
			delete(out, name)
			continue
		}
		out[name] = strings.TrimSpace(*value)
	}
	return out
}

func (s *server) createIntegration(ctx context.Context, in *struct {
	InSite
	Body newIntegration
}) (*answer[integrationView], error) {
	destination, ok := s.Destinations.Get(in.Body.Type)
	if !ok {
		return nil, fault.InvalidFields(fault.Field{Path: "type", Expected: "one of " + strings.Join(s.Destinations.Names(), ", ")})
	}
	site, err := s.site(ctx, in.Site)
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
	if err := s.Store.CreateIntegration(ctx, reqctx.Actor(ctx), &integration); err != nil {
		return nil, err
	}
	return answerOf(viewIntegration(integration, models.Breaker{})), nil
}

func (s *server) listIntegrations(ctx context.Context, in *struct {
	InSite
	Paging
}) (*listing[integrationView], error) {
	integrations, next, err := s.Store.Integrations(ctx, reqctx.Account(ctx), in.Site, in.page())
	if err != nil {
		return nil, err
	}
	breakers, err := s.Store.SiteBreakers(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	return listOf(integrations, next, func(m models.Integration) integrationView {
		return viewIntegration(m, breakers[m.ID])
	}), nil
}

func (s *server) readIntegration(ctx context.Context, in *OfIntegration) (*answer[integrationView], error) {
	integration, err := s.Store.Integration(ctx, reqctx.Account(ctx), in.Site, in.ID)
	if err != nil {
		return nil, err
	}
	return s.answerIntegration(ctx, integration)
}

func (s *server) changeIntegration(ctx context.Context, in *struct {
	OfIntegration
	Body integrationChanges
}) (*answer[integrationView], error) {
	integration, err := s.Store.UpdateIntegration(ctx, reqctx.Actor(ctx), in.Site, in.ID, func(i *models.Integration) error {
		destination, ok := s.Destinations.Get(i.Type)
		if !ok {
			return fault.New(fault.Conflict, "this version of the service does not know the integration's type")
		}
		set(&i.Name, in.Body.Name)
		return in.Body.apply(i, destination)
	})
	if err != nil {
		return nil, err
	}
	return s.answerIntegration(ctx, integration)
}

func (s *server) answerIntegration(ctx context.Context, m models.Integration) (*answer[integrationView], error) {
	breakers, err := s.Store.SiteBreakers(ctx, m.SiteID)
	if err != nil {
		return nil, err
	}
	return answerOf(viewIntegration(m, breakers[m.ID])), nil
}

func (s *server) deleteIntegration(ctx context.Context, in *OfIntegration) (*nothing, error) {
	return nil, s.Store.DeleteIntegration(ctx, reqctx.Actor(ctx), in.Site, in.ID)
}
