package modeltest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"ringback/conversion"
	"ringback/internal/delivery"
	"ringback/internal/ids"
	"ringback/models"
	"ringback/models/audit"
	"ringback/models/deliveries"
	"ringback/models/integrations"
	"ringback/models/websites"
)

// Caller is a number from the range that is reserved for examples.
const Caller = "+12025550123"

// Actor makes an account and returns an actor of it.
func Actor(t testing.TB, s *models.Store) audit.Actor {
	t.Helper()
	account, err := s.CreateAccount(t.Context(), audit.Actor{TokenID: "admin"}, "Example account")
	require.NoError(t, err)
	return audit.Actor{AccountID: account.ID, TokenID: "tok_example", RequestID: ids.New(ids.Request)}
}

// Site makes a site in an account of its own, with the usual settings.
func Site(t testing.TB, s *models.Store) websites.Site {
	t.Helper()
	return SiteOf(t, s, Actor(t, s))
}

// SiteOf makes a site in the actor's account, with the usual settings.
func SiteOf(t testing.TB, s *models.Store, actor audit.Actor) websites.Site {
	t.Helper()
	site := websites.Site{
		Name: "Example site", Domains: []string{"www.example.com"}, TimeZone: "Europe/Berlin", Region: "US",
		TargetCallSeconds: 30, UniquenessDays: 30, MaxCallMinutes: 240, LookbackDays: 90, LinkByForms: true,
	}
	require.NoError(t, s.CreateSite(t.Context(), actor, &site))
	return site
}

// ActorOf returns an actor of the site's account.
func ActorOf(site websites.Site) audit.Actor {
	return audit.Actor{AccountID: site.AccountID, TokenID: "tok_example", RequestID: "req_example"}
}

// Integration makes a webhook integration that is switched on and gets every call and
// lead. Changes adapt it before it is stored.
func Integration(t testing.TB, s *models.Store, site websites.Site, changes ...func(*integrations.Integration)) integrations.Integration {
	t.Helper()
	all := &conversion.Rules{Metrics: []conversion.Metric{conversion.MetricAll}}
	i := integrations.Integration{
		SiteID: site.ID, Type: "webhook", Name: "Example webhook", Enabled: true,
		Settings: integrations.Settings{
			Options:          map[string]string{"url": "https://hooks.example.com/ringback"},
			AttributionModel: conversion.LastNonDirect, Calls: all, Leads: all,
			Delivery: integrations.DeliveryPolicy{RetryForSeconds: 3600, TimeoutSeconds: 10, MaxConcurrent: 10},
		},
		Credentials: map[string]string{"secret": "whsec_example"},
	}
	for _, change := range changes {
		change(&i)
	}
	require.NoError(t, s.CreateIntegration(t.Context(), ActorOf(site), &i))
	return i
}

// Lead returns a lead of a site as it is accepted.
func Lead(site websites.Site, externalID string) models.NewLead {
	return models.NewLead{
		SiteID: site.ID, Source: "api", ExternalID: externalID, WorkflowID: "lead/" + site.ID + "/" + externalID,
		Lead: conversion.Lead{At: Start, Phone: Caller, Email: "person@example.com", Form: "contact", Tags: []string{"sales"}},
		Raw:  []byte(`{"external_id":"` + externalID + `"}`),
	}
}

// CallEvent returns an event of a call of a site as it is accepted.
func CallEvent(site websites.Site, externalID string, event conversion.CallEvent) models.CallEvent {
	return models.CallEvent{
		SiteID: site.ID, Source: "api", ExternalID: externalID,
		WorkflowID: "call/" + site.ID + "/api/" + externalID, Event: event, Raw: []byte(`{}`),
	}
}

// Delivery stores a lead, the decision to send it, and its delivery.
func Delivery(t testing.TB, s *models.Store, site websites.Site, i integrations.Integration) deliveries.Delivery {
	t.Helper()
	accepted, err := s.AcceptLead(t.Context(), Lead(site, ids.New("external")))
	require.NoError(t, err)
	outcome, err := s.SaveDecisions(t.Context(), Sending(accepted.ConversionID, i))
	require.NoError(t, err)
	require.Len(t, outcome.Deliveries, 1)
	return outcome.Deliveries[0]
}

// Sending returns the final decision to send a conversion to an integration.
func Sending(conversionID string, i integrations.Integration) models.DecisionSet {
	decision := models.Decision{
		ID: ids.New(ids.Decision), ConversionID: conversionID, SiteID: i.SiteID,
		IntegrationID: i.ID, IntegrationVersion: i.Version, IntegrationType: i.Type, IntegrationName: i.Name,
		Verdict: conversion.Send, Reason: conversion.ReasonSent, Moment: conversion.AtEnd,
		Detail: conversion.Decision{Verdict: conversion.Send, Reason: conversion.ReasonSent, Moment: conversion.AtEnd},
	}
	id := ids.New(ids.Delivery)
	delivery := deliveries.Delivery{
		ID: id, SiteID: i.SiteID, ConversionID: conversionID, IntegrationID: i.ID, IntegrationType: i.Type,
		DecisionID: decision.ID, State: deliveries.Pending,
		Event:    delivery.Payload{ID: conversionID, DeliveryID: id, Kind: conversion.KindLead, SiteID: i.SiteID},
		GiveUpAt: Start.AddDate(0, 0, 3), AcceptedAt: Start,
	}
	return models.DecisionSet{
		ConversionID: conversionID, Moment: conversion.AtEnd, Final: true,
		Decisions: []models.Decision{decision}, Deliveries: []deliveries.Delivery{delivery},
	}
}
