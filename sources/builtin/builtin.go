// Package builtin lists the sources that are part of Ringback, so that the package
// sources does not have to know its implementations.
package builtin

import (
	"embed"

	"ringback/explanation"
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

// messages are about the settings and addresses of the sources, and what to do at their
// providers.
//
//go:embed messages
var messages embed.FS

func init() { explanation.AddMessages(explanation.SourceMessages, messages) }

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
