// Package destinations defines what a destination of conversion events is. Each
// destination is a package of its own below this one and passes the suite in
// destinationtest.
//
// A destination knows its wire format and the meaning of its answers. It must not
// know the database, Temporal, or when and how often it is called, which the
// dispatch activity decides.
package destinations

import (
	"context"

	"ringback/conversion"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/settings"
)

// Description describes a destination to owners and to the API.
type Description struct {
	Type string // the value of an integration's "type": rtbhouse, webhook
	Name string // the name for people: RTB House
	settings.Form
}

// Key returns the type, by which a Registry finds the destination.
func (d Description) Key() string { return d.Type }

// Destination is a kind of receiver of conversion events.
type Destination interface {
	Describe() Description
	// Validate returns what is wrong with an integration's options and credentials.
	// It never quotes a credential.
	Validate(settings.Values) []fault.Field
	// Needs checks the event against the destination's own requirements. It is a pure
	// function.
	Needs(delivery.Payload, settings.Values) []conversion.Check
	// Send delivers the event once and returns the result. It never retries.
	Send(context.Context, delivery.Doer, delivery.Payload, settings.Values) delivery.Result
}
