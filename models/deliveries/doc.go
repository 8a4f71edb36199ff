// Package deliveries stores the deliveries of decided events, every attempt to make them,
// and their resends, as part of the store. It must not know of HTTP or Temporal, of any
// one destination, of how a decision is made, or of how calls and leads are stored.
package deliveries

import (
	"ringback/models/database"
	"ringback/models/integrations"
)

// Store is the deliveries of all sites. It is safe for concurrent use. Its errors are those
// of the store that it is part of.
type Store struct {
	db           *database.DB
	integrations *integrations.Store
	finishing    func(conversionID string) database.Change
}

// New returns the deliveries in a database. Finishing returns the change that records
// that a conversion is done, when the last of its deliveries has its end state.
func New(db *database.DB, i *integrations.Store, finishing func(conversionID string) database.Change) *Store {
	return &Store{db: db, integrations: i, finishing: finishing}
}
