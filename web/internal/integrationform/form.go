// Package integrationform has the settings of integrations as owners send them: their
// bodies, their checks, and how they change an integration. It must not know whether what
// results is stored.
package integrationform

import (
	"ringback/conversion"
	"ringback/destinations"
	"ringback/internal/fault"
	"ringback/internal/settings"
	"ringback/models/integrations"
	"ringback/web/internal/wire"
)

// defaultDelivery is the delivery policy of a new integration.
var defaultDelivery = integrations.DeliveryPolicy{RetryForSeconds: 72 * 3600, TimeoutSeconds: 10, MaxConcurrent: 10}

// IntegrationSettings are what an owner sets. What is left out keeps its value,
// or gets its default in a new integration.
type IntegrationSettings struct {
	Enabled          *bool                        `json:"enabled,omitempty" doc:"If false, conversions are skipped with the reason switched_off. Default true." example:"true"`
	Credentials      map[string]*string           `json:"credentials,omitempty" doc:"The credentials by name; GET /destinations lists the names for each type. A value replaces the stored one, null removes it, and names that are left out keep theirs. Values are never shown again: answers have ******** in their place, and sending ******** back changes nothing." example:"{\"pkey\": \"your key\", \"tagging_hash\": \"your 20 letters or digits\"}"`
	Options          map[string]*string           `json:"options,omitempty" doc:"The options by name; GET /destinations lists the names for each type. A value replaces the stored one, null restores the default, and names that are left out keep theirs."`
	AttributionModel *conversion.AttributionModel `json:"attribution_model,omitempty" enum:"last_non_direct,last,first,first_non_direct" doc:"Picks the visit that gets the credit. Default last_non_direct." example:"last_non_direct"`
	Calls            wire.Optional[RulesBody]     `json:"calls,omitzero" doc:"Which calls are sent. If it is null, or left out of a new integration, no call is sent. A change replaces it as a whole, so send metrics, tags and traffic together."`
	Leads            wire.Optional[RulesBody]     `json:"leads,omitzero" doc:"Which leads are sent. If it is null, or left out of a new integration, no lead is sent. A change replaces it as a whole, so send metrics, tags and traffic together."`
	Delivery         *DeliveryChanges             `json:"delivery,omitempty" doc:"How hard and how fast it delivers."`
}

// DeliveryChanges are what an owner sets of how deliveries are made.
type DeliveryChanges struct {
	RetryForSeconds *int     `json:"retry_for_seconds,omitempty" minimum:"60" maximum:"2592000" doc:"For how many seconds a delivery is retried before it fails. Default 259200 (72 hours)."`
	TimeoutSeconds  *int     `json:"timeout_seconds,omitempty" minimum:"1" maximum:"30" doc:"How many seconds one attempt may take. Default 10."`
	MaxConcurrent   *int     `json:"max_concurrent,omitempty" minimum:"1" maximum:"100" doc:"How many attempts may be in progress at the same time. Default 10."`
	PerSecond       *float64 `json:"per_second,omitempty" minimum:"0" maximum:"1000" doc:"How many attempts may begin per second. 0, the default, means no limit."`
	SwitchOffAfter  *int     `json:"switch_off_after,omitempty" minimum:"0" maximum:"10000" doc:"After how many failed deliveries in a row the integration is switched off. 0, the default, means never."`
}

// NewIntegration is an integration as an owner describes it.
type NewIntegration struct {
	Type string `json:"type" minLength:"1" maxLength:"64" doc:"One of the types that GET /destinations lists. It cannot be changed later." example:"rtbhouse"`
	Name string `json:"name" minLength:"1" maxLength:"200" doc:"A name for your own use. The operator sees it in Temporal, so it must hold no personal data." example:"RTB House"`
	IntegrationSettings
}

// IntegrationChanges are what an owner changes of an integration.
type IntegrationChanges struct {
	Name *string `json:"name,omitempty" minLength:"1" maxLength:"200" doc:"A name for your own use." example:"RTB House"`
	IntegrationSettings
}

// Integration returns the integration of a site, with the defaults of what is left out. It
// is not stored.
func (n NewIntegration) Integration(siteID string, all *destinations.Registry) (integrations.Integration, error) {
	destination, ok := all.Get(n.Type)
	if !ok {
		return integrations.Integration{}, fault.InvalidFields(fault.Field{Path: "type", Expected: fault.OneOf(all.Names())})
	}
	i := integrations.Integration{
		SiteID: siteID, Type: n.Type, Name: n.Name, Enabled: true,
		Settings: integrations.Settings{AttributionModel: conversion.LastNonDirect, Delivery: defaultDelivery},
	}
	err := n.apply(&i, destination)
	return i, err
}

// Apply changes an integration. It returns fault.Conflict if there is no destination of
// its type any more.
func (c IntegrationChanges) Apply(to *integrations.Integration, all *destinations.Registry) error {
	destination, ok := all.Get(to.Type)
	if !ok {
		return fault.New(fault.Conflict, "type_not_known")
	}
	wire.Set(&to.Name, c.Name)
	return c.apply(to, destination)
}

// apply puts what is given into an integration and checks the whole of it, so
// that an integration that could not work is never stored (R2).
func (c IntegrationSettings) apply(to *integrations.Integration, d destinations.Destination) error {
	wire.Set(&to.Enabled, c.Enabled)
	wire.Set(&to.Settings.AttributionModel, c.AttributionModel)
	before := to.Values()
	given := Unmasked(c.Credentials)
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
	fields = append(fields, SentElsewhere(d.Describe().Form, before, to.Values(), given)...)
	if len(fields) > 0 {
		return fault.InvalidFields(fields...)
	}
	return nil
}

// SentElsewhere returns the credentials that would go to another address with the
// settings in after, unless they are among those that were given with it (G8).
func SentElsewhere(form settings.Form, before, after settings.Values, given map[string]*string) []fault.Field {
	var fields []fault.Field
	for _, name := range form.SentElsewhere(before, after) {
		if _, again := given[name]; !again {
			fields = append(fields, fault.Field{Path: "credentials." + name, Expected: fault.Expect("credential_again")})
		}
	}
	return fields
}

func (c *DeliveryChanges) apply(to *integrations.DeliveryPolicy) {
	if c == nil {
		return
	}
	wire.Set(&to.RetryForSeconds, c.RetryForSeconds)
	wire.Set(&to.TimeoutSeconds, c.TimeoutSeconds)
	wire.Set(&to.MaxConcurrent, c.MaxConcurrent)
	wire.Set(&to.PerSecond, c.PerSecond)
	wire.Set(&to.SwitchOffAfter, c.SwitchOffAfter)
}
