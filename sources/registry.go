package sources

import (
	"strings"

	"ringback/internal/registry"
)

// Registry finds sources by name.
type Registry struct {
	*registry.Registry[Source, Description]
}

// NewRegistry returns a registry of these sources. It panics if two have the same
// name.
func NewRegistry(all ...Source) *Registry {
	return &Registry{registry.New[Source, Description](all...)}
}

// Family is a source of which a site may have several, each with a name of its own that
// begins with that of the family and a hyphen.
type Family interface {
	Source
	// Member returns the source with this label, or false if there can be none.
	Member(label string) (Source, bool)
}

// Get returns the source of this name, which may be a member of a family.
func (r *Registry) Get(name string) (Source, bool) {
	if source, ok := r.Registry.Get(name); ok {
		return source, true
	}
	first, label, _ := strings.Cut(name, "-")
	source, _ := r.Registry.Get(first)
	family, is := source.(Family)
	if !is {
		return nil, false
	}
	return family.Member(label)
}
