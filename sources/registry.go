package sources

import (
	"fmt"
	"maps"
	"slices"
)

// Registry finds sources by their name.
type Registry struct {
	byName map[string]Source
}

// NewRegistry makes a registry of these sources. It panics when two have the
// same name: that is a mistake in the program, not in any input.
func NewRegistry(all ...Source) *Registry {
	r := &Registry{byName: make(map[string]Source, len(all))}
	for _, s := range all {
		name := s.Describe().Name
		if _, taken := r.byName[name]; taken {
			panic(fmt.Sprintf("sources: two of name %q", name))
		}
		r.byName[name] = s
	}
	return r
}

// Get returns the source of this name, as in the URL of its webhook.
func (r *Registry) Get(name string) (Source, bool) {
	s, ok := r.byName[name]
	return s, ok
}

// Names lists the names in alphabetical order.
func (r *Registry) Names() []string { return slices.Sorted(maps.Keys(r.byName)) }

// Descriptions lists what the sources say of themselves, in the order of Names.
func (r *Registry) Descriptions() []Description {
	all := make([]Description, 0, len(r.byName))
	for _, name := range r.Names() {
		all = append(all, r.byName[name].Describe())
	}
	return all
}
