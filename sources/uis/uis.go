// Package uis is the preset of UIS, also known as CoMagic, whose customers write the body
// of a notification themselves. It must not know how mappings are read.
package uis

import (
	_ "embed"

	"ringback/sources/mapped"
)

//go:embed mapping.json
var mapping string

// New returns the source. See docs/facts/mapped-presets.md for what its mapping rests on.
func New() *mapped.Source {
	return mapped.Of(mapped.Preset{Name: "uis", Title: "UIS (CoMagic)", Mapping: mapping, Events: []string{"end", "start"}})
}
