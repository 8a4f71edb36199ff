// Package invoca is the preset of Invoca, whose customers name the parameters of their
// webhooks themselves. It must not know how mappings are read.
package invoca

import (
	_ "embed"

	"ringback/sources/mapped"
)

//go:embed mapping.json
var mapping string

// New returns the source. See docs/facts/mapped-presets.md for what its mapping rests on.
func New() *mapped.Source {
	return mapped.Of(mapped.Preset{Name: "invoca", Title: "Invoca", Mapping: mapping, Events: []string{"end", "start"}})
}
