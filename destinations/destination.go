// Package destinations says what a destination is: where conversion events are
// delivered. Each destination is a package of its own below this one, and
// passes the suite in destinationtest.
//
// A destination knows its wire format and how to read its answers. It must not
// know of the database, of Temporal, of when or how often it is called: the
// dispatch activity decides that.
package destinations

import (
	"context"

	"ringback/conversion"
	"ringback/internal/delivery"
	"ringback/internal/fault"
	"ringback/internal/settings"
)

// Description is what a destination says of itself.
type Description struct {
	Type string // as in the integration's "type": rtbhouse, webhook
	Name string // as owners know it: RTB House
	settings.Form
}

// Key returns the type, by which a Registry finds the destination.
func (d Description) Key() string { return d.Type }

// Destination is one kind of place to deliver to.
type Destination interface {
	Describe() Description
	// Validate says what is wrong with an integration's options and credentials;
	// empty: nothing. It never quotes a credential.
	Validate(settings.Values) []fault.Field
	// Needs checks what the destination itself requires of an event. Pure.
	Needs(delivery.Payload, settings.Values) []conversion.Check
	// Send delivers the event once and says how that went. It never retries.
	Send(context.Context, delivery.Doer, delivery.Payload, settings.Values) delivery.Result
}
