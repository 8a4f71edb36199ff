package destinations

import (
	"fmt"
	"maps"
	"slices"
)

// Registry finds destinations by their type.
type Registry struct {
	byType map[string]Destination
}

// NewRegistry makes a registry of these destinations. It panics when two have
// the same type: that is a mistake in the program, not in any input.
func NewRegistry(all ...Destination) *Registry {
	r := &Registry{byType: make(map[string]Destination, len(all))}
	for _, d := range all {
		name := d.Describe().Type
		if _, taken := r.byType[name]; taken {
			panic(fmt.Sprintf("destinations: two of type %q", name))
		}
		r.byType[name] = d
	}
	return r
}

// Get returns the destination of this type, as in an integration's "type".
func (r *Registry) Get(name string) (Destination, bool) {
	d, ok := r.byType[name]
	return d, ok
}

// Types lists the types in alphabetical order.
func (r *Registry) Types() []string { return slices.Sorted(maps.Keys(r.byType)) }

// Descriptions lists what the destinations say of themselves, in the order of Types.
func (r *Registry) Descriptions() []Description {
	all := make([]Description, 0, len(r.byType))
	for _, name := range r.Types() {
		all = append(all, r.byType[name].Describe())
	}
	return all
}
