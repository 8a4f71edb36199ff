// Package rtbhouse delivers calls and leads to RTB House as server-to-server
// postbacks that carry the visitor's RTB House id (R2, R3).
//
// It covers only RTB House's wire format. It must not know which conversions are sent
// and when.
package rtbhouse

import (
	"cmp"
	"context"
	"embed"
	"net/http"
	"slices"

	"github.com/jonboulle/clockwork"

	"ringback/conversion"
	"ringback/destinations"
	"ringback/explanation"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/ids"
	"ringback/internal/settings"
	"ringback/visitorid"
)

//go:embed messages
var messages embed.FS

func init() { explanation.AddMessages(description.Type, messages) }

// systemName is RTB House's name for people.
const systemName = "RTB House"

// testVisitorID is the id in a test event without a visitor.
const testVisitorID = "ringback-test"

// Destination delivers to RTB House.
type Destination struct {
	clock clockwork.Clock
}

// New returns the destination. The clock is needed for a Retry-After that is a date.
func New(clock clockwork.Clock) *Destination { return &Destination{clock: clock} }

// Describe implements destinations.Destination.
func (*Destination) Describe() destinations.Description { return description }

// Validate implements destinations.Destination.
func (*Destination) Validate(s settings.Values) []fault.Field {
	return append(description.Check(s), check(s)...)
}

// Needs requires the visitor's RTB House id, without which RTB House cannot assign the
// event to a visitor. A test event does not need one.
func (*Destination) Needs(e delivery.Payload, s settings.Values) []conversion.Check {
	system := description.Option(s, "visitor_id")
	c := conversion.Check{
		Code:   conversion.CheckVisitorID,
		Passed: true,
		Wanted: conversion.Wanted{VisitorID: &conversion.WantedVisitorID{System: system, Name: systemName, Cookies: visitorid.Cookies(visitorid.RTBHouse)}},
		Seen:   conversion.Seen{Code: conversion.SeenVisitorID},
	}
	given := e.VisitorIDs[system]
	_, err := ParseVisitorID(given)
	if err != nil {
		c.Passed, c.Seen = e.Test, conversion.Seen{Code: conversion.SeenNoVisitorID}
		if given != "" {
			c.Seen = seen(err)
		}
	}
	switch {
	case !c.Passed:
		c.Reason = conversion.ReasonNoVisitorID
	case err != nil:
		c.Notes = []conversion.Note{{Code: conversion.NoteTestVisitorID, VisitorID: testVisitorID}}
	case slices.Contains(e.PersonIDs, system):
		c.Notes = []conversion.Note{{Code: conversion.NotePersonsID, Evidence: e.IDEvidence[system]}}
	}
	return []conversion.Check{c}
}

// Send implements destinations.Destination. Any 2xx is a success. RTB House
// documents no body of its answers (docs/facts/rtb-house.md).
func (d *Destination) Send(ctx context.Context, doer delivery.Doer, e delivery.Payload, s settings.Values) delivery.Result {
	visitorID, err := ParseVisitorID(e.VisitorIDs[description.Option(s, "visitor_id")])
	if err != nil && !e.Test {
		return delivery.Result{Class: delivery.ClassInvalid, Reason: delivery.Reason{Code: delivery.ReasonVisitorID, System: systemName}}
	}
	p := newPostback(e, s, cmp.Or(visitorID, testVisitorID))
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.url(description.Option(s, "base_url")), nil)
	if err != nil {
		return delivery.Result{Class: delivery.ClassInvalid, Reason: delivery.UnusableSetting("options.base_url", fault.Expect("rtbhouse.base_url_form"))}
	}
	resp, err := doer.Do(req)
	return delivery.ResultOf(resp, err, d.clock.Now())
}

func newPostback(e delivery.Payload, s settings.Values, visitorID string) postback {
	option := func(name string) string { return description.Option(s, name) }
	p := postback{
		pkey:      s.Credential("pkey"),
		idName:    option("id_parameter"),
		visitorID: visitorID,
		at:        e.At,
		tag: tag{
			hash:          s.Credential("tagging_hash"),
			name:          option(tagOption(e.Kind)),
			value:         option("value"),
			conversionID:  conversionID(e),
			offers:        option("offer_ids"),
			deduplication: option("cd"),
		},
		page:     e.PageURL,
		referrer: e.Referrer,
	}
	if e.Visit != nil {
		p.page = cmp.Or(p.page, e.Visit.Traffic.PageURL, e.Visit.Traffic.LandingPage)
		p.referrer = cmp.Or(p.referrer, e.Visit.Traffic.Referrer)
	}
	return p
}

// conversionID returns an id that is the same for every attempt and resend. RTB House
// has no other key by which it could recognize a repeat.
func conversionID(e delivery.Payload) string {
	switch {
	case e.Test:
		return "test-" + ids.Bare(e.ID)
	case e.Kind == conversion.KindLead:
		return "request-" + ids.Bare(e.ID)
	default:
		return "call-" + ids.Bare(e.ID)
	}
}
