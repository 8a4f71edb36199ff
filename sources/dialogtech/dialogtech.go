// Package dialogtech is the preset of DialogTech, whose customers type the address of a
// post-call action with parameters of their own names. It must not know how mappings are
// read.
package dialogtech

import (
	_ "embed"

	"ringback/sources/mapped"
)

//go:embed mapping.json
var mapping string

// New returns the source. See docs/facts/mapped-presets.md for what its mapping rests on.
func New() *mapped.Source {
	return mapped.Of(mapped.Preset{Name: "dialogtech", Title: "DialogTech", Mapping: mapping, Events: []string{"end", "start"}})
}
