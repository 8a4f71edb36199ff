// Package totalvoice is the preset of TotalVoice, now Zenvia's voice service. It must not
// know how mappings are read.
package totalvoice

import (
	_ "embed"

	"ringback/sources/mapped"
)

//go:embed mapping.json
var mapping string

// New returns the source. See docs/facts/mapped-presets.md for what its mapping rests on.
func New() *mapped.Source {
	return mapped.Of(mapped.Preset{Name: "totalvoice", Title: "TotalVoice (Zenvia)", Mapping: mapping})
}
