// Package builtin lists the destinations that come with Ringback. It exists so
// that the destinations package need not know its own implementations.
package builtin

import (
	"github.com/jonboulle/clockwork"

	"ringback/destinations"
	"ringback/destinations/rtbhouse"
	"ringback/destinations/webhook"
)

// Destinations returns a registry of all of them.
func Destinations(clock clockwork.Clock) *destinations.Registry {
	return destinations.NewRegistry(
		rtbhouse.New(clock),
		webhook.New(clock),
	)
}
