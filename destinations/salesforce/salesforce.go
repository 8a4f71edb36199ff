// Package salesforce writes calls and leads into Salesforce as Tasks, with the
// BizibleId that Marketo Measure needs (M2). It finds the contact or lead that a Task
// belongs to, and never creates two Tasks for one call.
//
// It covers what a Task is made of, and what Salesforce's errors mean for a delivery.
// It must not know which conversions are sent and when, or how Salesforce is reached.
package salesforce

import (
	"context"
	"embed"
	"net/http"

	"github.com/jonboulle/clockwork"

	"ringback/conversion"
	"ringback/crm/salesforce"
	"ringback/destinations"
	"ringback/explanation"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/settings"
	"ringback/visitorid"
)

//go:embed messages
var messages embed.FS

func init() { explanation.AddMessages(description.Type, messages) }

// Destination delivers to Salesforce.
type Destination struct {
	clock clockwork.Clock
	orgs  *salesforce.Orgs
}

// New returns the destination. It keeps what it reads about each org, by this clock.
func New(clock clockwork.Clock) *Destination {
	return &Destination{clock: clock, orgs: salesforce.NewOrgs(clock)}
}

// Describe implements destinations.Destination.
func (*Destination) Describe() destinations.Description { return description }

// Validate implements destinations.Destination.
func (*Destination) Validate(s settings.Values) []fault.Field {
	return append(description.Check(s), check(s)...)
}

// Needs implements destinations.Destination. Every event can become a Task. The check
// shows whether there is a BizibleId, because Marketo Measure makes no touchpoint
// without one (M6).
func (*Destination) Needs(e delivery.Payload, s settings.Values) []conversion.Check {
	system := options{s}.get("visitor_id")
	name := system
	if known, ok := visitorid.Find(system); ok {
		name = known.Title
	}
	c := conversion.Check{
		Code:   conversion.CheckVisitorID,
		Passed: true,
		Wanted: conversion.Wanted{VisitorID: &conversion.WantedVisitorID{System: system, Name: name, Cookies: visitorid.Cookies(system)}},
		Seen:   conversion.Seen{Code: conversion.SeenVisitorID},
	}
	if bizibleID(e, system) == "" {
		c.Seen.Code = conversion.SeenNoVisitorID
	}
	return []conversion.Check{c}
}

// Send implements destinations.Destination. A test event's Task is deleted again.
func (d *Destination) Send(ctx context.Context, doer delivery.Doer, e delivery.Payload, s settings.Values) delivery.Result {
	o := options{s}
	if !salesforce.UsableBase(o.get("my_domain")) {
		return delivery.Result{Class: delivery.ClassInvalid, Reason: delivery.UnusableSetting("options.my_domain", fault.Expect("salesforce.my_domain_form"))}
	}
	w := &writing{client: d.orgs.Client(doer, o.connection()), event: e, options: o, clock: d.clock}
	saved, err := w.task(ctx)
	if err == nil && e.Test {
		saved, err = w.removeTest(ctx, saved)
	}
	if err != nil {
		return w.failed(err)
	}
	status := saved.Status
	if status == 0 {
		status = http.StatusOK
	}
	return delivery.Result{Class: delivery.ClassDelivered, Status: status, Reason: w.reason(status, saved.ID)}
}
