// Package builtin lists the sources that come with Ringback. It exists so that
// the sources package need not know its own implementations.
package builtin

import (
	"ringback/sources"
	"ringback/sources/callrail"
)

// Sources returns a registry of all of them.
func Sources() *sources.Registry {
	return sources.NewRegistry(callrail.New())
}
