// Package builtin lists the destinations that are part of Ringback, so that the
// package destinations does not have to know its implementations.
package builtin

import (
	"github.com/jonboulle/clockwork"

	"ringback/destinations"
	"ringback/destinations/rtbhouse"
	"ringback/destinations/salesforce"
	"ringback/destinations/webhook"
)

// Destinations returns a registry of all built-in destinations.
func Destinations(clock clockwork.Clock) *destinations.Registry {
	return destinations.NewRegistry(
		rtbhouse.New(clock),
		salesforce.New(clock),
		webhook.New(clock),
	)
}
