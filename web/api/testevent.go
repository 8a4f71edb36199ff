package api

import (
	"context"
	"time"

	"ringback/conversion"
	"ringback/destinations"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/internal/instant"
	"ringback/internal/limits"
	"ringback/models/integrations"
	"ringback/models/websites"
	"ringback/visitorid"
	"ringback/web/internal/conversionview"
	"ringback/web/internal/reqctx"
	"ringback/web/internal/sites"
	"ringback/web/internal/validate"
	"ringback/web/internal/wire"
)

// testVisitor stands for a visitor's id in a test event where none is given.
const testVisitor = "ringback-test"

// testBody is what a test event shall look like.
type testBody struct {
	Kind       conversion.Kind   `json:"kind,omitempty" enum:"call,lead" doc:"Whether to send a call or a lead. Default call." example:"call"`
	VisitorIDs map[string]string `json:"visitor_ids,omitempty" doc:"The visitor ids by system. If it is left out, the id is ringback-test for each system." example:"{\"rtbhouse\": \"test-visitor\"}"`
}

// testView is how a test went.
type testView struct {
	Class  delivery.Class `json:"class" doc:"The outcome; delivered means that the destination accepted it." example:"delivered"`
	Status int            `json:"status" doc:"The HTTP status, 0 if there was no answer." example:"200"`
	conversionview.ReasonView
	DurationSeconds float64                            `json:"duration_seconds" example:"0.042"`
	Checks          []conversionview.DecisionCheckView `json:"checks" doc:"What the destination itself requires of an event."`
	Request         delivery.Message                   `json:"request" doc:"What was sent; secrets stand as [redacted]."`
	Response        delivery.Message                   `json:"response" doc:"What was answered, cut to length."`
}

// testIntegration sends one marked event right away and once. It is no
// conversion: the audit trail alone tells of it, and the switch does not matter.
func (h *Handler) testIntegration(ctx context.Context, in *struct {
	OfIntegration
	Body testBody
}) (*wire.Answer[testView], error) {
	var c validate.Checker
	c.IDs("visitor_ids", in.Body.VisitorIDs, limits.VisitorIDs)
	if err := c.Err(); err != nil {
		return nil, err
	}
	site, err := h.sites.Site(ctx, in.Site)
	if err != nil {
		return nil, err
	}
	integration, err := h.store.Integration(ctx, reqctx.Account(ctx), in.Site, in.ID)
	if err != nil {
		return nil, err
	}
	destination, ok := h.destinations.Get(integration.Type)
	if !ok {
		return nil, fault.New(fault.Conflict, "type_not_known")
	}
	if integration.CredentialsUnreadable {
		return nil, fault.New(fault.Conflict, "credentials_unreadable")
	}
	if err := h.takeSend(ctx); err != nil {
		return nil, err
	}
	if err := h.store.RecordTest(ctx, reqctx.Actor(ctx), in.Site, in.ID); err != nil {
		return nil, err
	}
	view := h.sendTest(ctx, destination, integration, testEvent(site, in.Body, instant.Now(h.clock)))
	return wire.Body(view), nil
}

func (h *Handler) sendTest(ctx context.Context, d destinations.Destination, i integrations.Integration, e delivery.Payload) testView {
	w, settings := reqctx.Writer(ctx), i.Values()
	settings.Tokens = h.store.IntegrationTokens(i.ID)
	report := delivery.Attempt(ctx, h.outbound, h.clock, delivery.Send{
		To: d, Payload: e, Settings: settings, Timeout: time.Duration(i.Settings.Delivery.TimeoutSeconds) * time.Second,
	})
	return testView{
		Class: report.Class, Status: report.Status, ReasonView: conversionview.ViewReason(w, report.Reason), DurationSeconds: report.Duration.Seconds(),
		Checks:  conversionview.ViewChecks(w, e.Kind, d.Needs(e, settings)),
		Request: report.Request, Response: report.Response,
	}
}

// testEvent makes an event with sample data that nobody takes for a real one.
func testEvent(site websites.Site, body testBody, now time.Time) delivery.Payload {
	e := delivery.Payload{
		ID: ids.New(ids.Conversion), DeliveryID: ids.New(ids.Delivery), Test: true,
		Kind: conversion.KindCall, Moment: conversion.AtEnd, SiteID: site.ID, SiteName: site.Name,
		Source: sites.APISource, ExternalID: "test", At: now, EndedAt: &now,
		Phone: "+12025550123", VisitorIDs: body.VisitorIDs,
	}
	if len(e.VisitorIDs) == 0 {
		e.VisitorIDs = map[string]string{}
		for _, system := range visitorid.Defaults() {
			e.VisitorIDs[system.Name] = testVisitor
		}
	}
	if body.Kind == conversion.KindLead {
		e.Kind, e.Email, e.Form = conversion.KindLead, "visitor@example.com", "test"
		return e
	}
	e.TrackingNumber, e.Outcome, e.TalkSeconds = "+12025550100", conversion.OutcomeAnswered, new(60)
	return e
}
