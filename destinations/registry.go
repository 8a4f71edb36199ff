package destinations

import "ringback/internal/registry"

// Registry finds destinations by type.
type Registry = registry.Registry[Destination, Description]

// NewRegistry returns a registry of these destinations. It panics if two have the
// same type.
func NewRegistry(all ...Destination) *Registry {
	return registry.New[Destination, Description](all...)
}
