// Package builtin lists the sources that are part of Ringback, so that the package
// sources does not have to know its implementations.
package builtin

import (
	"ringback/sources"
	"ringback/sources/callrail"
	"ringback/sources/calltouch"
	"ringback/sources/calltrackingmetrics"
	"ringback/sources/dialogtech"
	"ringback/sources/invoca"
	"ringback/sources/mapped"
	"ringback/sources/roistat"
	"ringback/sources/totalvoice"
	"ringback/sources/twilio"
	"ringback/sources/uis"
)

// Sources returns a registry of all built-in sources.
func Sources() *sources.Registry {
	return sources.NewRegistry(
		callrail.New(),
		calltrackingmetrics.New(),
		calltouch.New(),
		twilio.New(),
		invoca.New(),
		dialogtech.New(),
		roistat.New(),
		uis.New(),
		totalvoice.New(),
		mapped.New(),
	)
}
