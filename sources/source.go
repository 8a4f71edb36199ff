// Package sources defines what a source of calls and leads is. Each provider is a
// small package below this one and passes the suite in sourcetest.
//
// A source verifies a provider's webhooks and translates them into Ringback's
// events and leads. It must not know the database, Temporal or the web framework.
package sources

import (
	"net/http"
	"net/url"
	"time"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/internal/settings"
)

// Request is a provider's webhook as received.
type Request struct {
	Method     string
	URL        *url.URL // the public URL that the provider called
	Header     http.Header
	Body       []byte
	ReceivedAt time.Time
}

// Settings holds a site's settings for one source.
type Settings struct {
	settings.Values
	Region   string         // ISO 3166-1 alpha-2, for numbers without a country
	TimeZone *time.Location // for times without a zone
}

// Description describes a source to owners and to the API.
type Description struct {
	Name  string // the name in URLs: callrail
	Title string // the name for people: CallRail
	settings.Form
	SettleSeconds int       // how long to wait for late data after a call by default
	Addresses     []Address // those to enter at the provider; empty if there is one for everything
}

// Address is the address of the webhook as it is entered at the provider for one of its
// events.
type Address struct {
	Code  string // of the event
	Query string // of the address; empty if it has none
}

// EventAddresses returns an address for each of the events, which a parameter names.
func EventAddresses(parameter string, events ...string) []Address {
	var all []Address
	for _, event := range events {
		all = append(all, Address{Code: event, Query: url.Values{parameter: {event}}.Encode()})
	}
	return all
}

// SecretsInAddress is a source that knows a provider's messages by a secret in the address
// of the webhook.
type SecretsInAddress interface {
	Source
	// AddressSecrets returns the parameters of the address that are secrets. All others are
	// a part of the message.
	AddressSecrets(Settings) []string
}

// Key returns the name, by which a Registry finds the source.
func (d Description) Key() string { return d.Name }

// Report is one part of a webhook's content: an event of a call, or a lead.
type Report struct {
	Kind       conversion.Kind
	ExternalID string                // the provider's id of the call or lead
	Event      *conversion.CallEvent // nil for leads
	Lead       *conversion.Lead      // nil for calls
	// OnlyIfKnown means that the event only adds to a call that was reported
	// before. It is dropped if there is none, and never creates a conversion.
	OnlyIfKnown bool
}

// Omission is why a message, or a part of it, reports nothing although it was
// understood.
type Omission string

// The omissions.
const (
	OutboundCall Omission = "outbound_call" // a call that the owner made
	TextMessage  Omission = "text_message"
	TestMessage  Omission = "test_message" // sample values of the provider
	NotAReport   Omission = "not_a_report" // about something else than a call or a lead
)

// Reading is what a source understood of a message.
type Reading struct {
	Reports []Report
	LeftOut Omission // empty if nothing was left out
	// NotReplaced are the fields that hold a macro and count as empty. It is set by the
	// caller of Parse, as it is the same for all sources.
	NotReplaced []string
}

// Source reads one provider's webhooks.
type Source interface {
	Describe() Description
	// Validate returns what is wrong with a site's options and credentials. It never quotes a value.
	Validate(Settings) []fault.Field
	// Verify returns an error unless the provider sent the request. The error never holds the expected signature.
	// It does not depend on whether the message can be read.
	Verify(Request, Settings) error
	// Parse returns the reports in a request. There may be none, as in a test message.
	// The same body always yields the same reports with the same event ids. What
	// cannot be read is left out of a report, unless the report means nothing without
	// it. Then the error is an *unread.Error. It never quotes the message.
	Parse(Request, Settings) (Reading, error)
}
