// Package roistat is the preset of Roistat's call tracking. It must not know how mappings
// are read.
package roistat

import (
	_ "embed"

	"ringback/sources/mapped"
)

//go:embed mapping.json
var mapping string

// New returns the source. See docs/facts/mapped-presets.md for what its mapping rests on.
func New() *mapped.Source {
	return mapped.Of(mapped.Preset{Name: "roistat", Title: "Roistat", Mapping: mapping, Events: []string{"end", "start"}})
}
