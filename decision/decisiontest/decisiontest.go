// Package decisiontest makes sample cases for the tests of decisions and of the
// activities that store them. It knows no database.
package decisiontest

import (
	"context"
	"time"

	"ringback/conversion"
	"ringback/destinations"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/settings"
	"ringback/models"
	"ringback/models/integrations"
	"ringback/models/websites"
)

// Noon is when the sample call starts.
var Noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// Place is a destination that needs a visitor id. It panics if the option "panics" is
// set, and refuses settings that have the option "wrong" or no credentials.
type Place struct{}

// Describe implements destinations.Destination.
func (Place) Describe() destinations.Description { return destinations.Description{Type: "place"} }

// Validate implements destinations.Destination.
func (Place) Validate(s settings.Values) []fault.Field {
	if s.Options["wrong"] != "" {
		return []fault.Field{{Path: "options.wrong", Expected: fault.Expect("no_such_field")}}
	}
	if len(s.Credentials) == 0 {
		return []fault.Field{{Path: "credentials", Expected: fault.Expect("required_setting")}}
	}
	return nil
}

// Needs implements destinations.Destination.
func (Place) Needs(e delivery.Payload, s settings.Values) []conversion.Check {
	if s.Options["panics"] != "" {
		panic("a bug in one destination")
	}
	return []conversion.Check{{
		Code: conversion.CheckVisitorID, Seen: conversion.Seen{Code: conversion.SeenVisitorID},
		Passed: e.VisitorIDs["place"] != "", Reason: conversion.ReasonNoVisitorID,
	}}
}

// Send implements destinations.Destination: it delivers without sending anything.
func (Place) Send(context.Context, delivery.Doer, delivery.Payload, settings.Values) delivery.Result {
	return delivery.Result{Class: delivery.ClassDelivered}
}

// SettleOf returns how long late data of the sample sources are waited for.
func SettleOf(source string) time.Duration {
	return map[string]time.Duration{"callrail": 20 * time.Minute}[source]
}

// Integration returns an integration with a Place. It is switched on and sends
// calls by the metrics.
func Integration(id string, metrics ...conversion.Metric) integrations.Integration {
	return integrations.Integration{
		ID: id, SiteID: "site_1", Type: "place", Name: "Place", Enabled: true, Version: 3,
		Settings: integrations.Settings{
			AttributionModel: conversion.LastNonDirect,
			Calls:            &conversion.Rules{Metrics: metrics},
			Leads:            &conversion.Rules{Metrics: []conversion.Metric{conversion.MetricAll}},
		},
		Credentials: map[string]string{"key": "not-a-real-secret"},
	}
}

// Call returns the sample call with these events and integrations.
func Call(events []conversion.CallEvent, integrations ...integrations.Integration) models.Case {
	c := models.Case{
		Conversion: models.Conversion{
			ID: "cnv_1", SiteID: "site_1", Kind: conversion.KindCall, Source: "api", ExternalID: "x-1",
			WorkflowID: "call/site_1/api/x-1", Person: "+12025550123", At: Noon, CreatedAt: Noon.Add(time.Second),
		},
		Site:         websites.Site{ID: "site_1", Name: "Sample", TargetCallSeconds: 30, MaxCallMinutes: 240, LookbackDays: 90},
		Integrations: integrations,
	}
	for i, e := range events {
		c.Events = append(c.Events, models.EventRow{Seq: int64(i + 1), EventID: e.ID, Type: string(e.Type), Call: &e, ReceivedAt: e.At.Add(time.Second)})
	}
	return c
}

// Started is the first event of the sample call. The visitor is known.
func Started() conversion.CallEvent {
	return conversion.CallEvent{
		ID: "e1", Type: conversion.EventStarted, At: Noon, Caller: "+12025550123", CallerName: "Sample Caller",
		TrackingNumber: "+12025550199", VisitorIDs: map[string]string{"place": "v-1"},
		Traffic: &conversion.Traffic{Source: "example", Medium: "cpc", PageURL: "https://shop.example.com/", Referrer: "https://search.example.com/"},
	}
}

// Ended ends the sample call, answered, after so many seconds of talk.
func Ended(talk int) conversion.CallEvent {
	return conversion.CallEvent{
		ID: "e2", Type: conversion.EventEnded, At: Noon.Add(time.Minute), Outcome: conversion.OutcomeAnswered,
		TalkSeconds: &talk, Tags: []string{"sales"}, TagOrigin: conversion.TagByHand,
	}
}
