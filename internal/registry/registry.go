// Package registry finds connectors (destinations and sources) by name. It must
// not know what a connector does.
package registry

import (
	"fmt"
	"maps"
	"slices"
)

// Connector is what a registry holds. D is its description.
type Connector[D Description] interface {
	Describe() D
}

// Description describes a connector.
type Description interface {
	// Key returns the name under which the connector is found.
	Key() string
}

// Registry finds connectors by name.
type Registry[C Connector[D], D Description] struct {
	byName map[string]C
}

// New returns a registry of these connectors. It panics if two have the same name,
// which is a mistake in the program and not in any input.
func New[C Connector[D], D Description](all ...C) *Registry[C, D] {
	r := &Registry[C, D]{byName: make(map[string]C, len(all))}
	for _, c := range all {
		name := c.Describe().Key()
		if _, taken := r.byName[name]; taken {
			panic(fmt.Sprintf("registry: two connectors are named %q", name))
		}
		r.byName[name] = c
	}
	return r
}

// Get returns the connector of this name.
func (r *Registry[C, D]) Get(name string) (C, bool) {
	c, ok := r.byName[name]
	return c, ok
}

// Names returns the names in alphabetical order.
func (r *Registry[C, D]) Names() []string { return slices.Sorted(maps.Keys(r.byName)) }

// Descriptions returns the descriptions of the connectors, in the order of Names.
func (r *Registry[C, D]) Descriptions() []D {
	all := make([]D, 0, len(r.byName))
	for _, name := range r.Names() {
		all = append(all, r.byName[name].Describe())
	}
	return all
}
