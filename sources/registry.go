package sources

import "ringback/internal/registry"

// Registry finds sources by name.
type Registry = registry.Registry[Source, Description]

// NewRegistry returns a registry of these sources. It panics if two have the same
// name.
func NewRegistry(all ...Source) *Registry { return registry.New[Source, Description](all...) }
