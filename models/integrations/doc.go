// Package integrations stores the integrations of sites: their settings and credentials,
// each of their versions, and their circuit breakers, as part of the store. It must not
// know of HTTP or Temporal, or of any one destination, and not of how deliveries are
// stored.
package integrations

import (
	"ringback/models/database"
	"ringback/models/outbox"
	"ringback/models/quotas"
)

// Store is the integrations of all sites. It is safe for concurrent use. Its errors are
// those of the store that it is part of.
type Store struct {
	db     *database.DB
	quotas *quotas.Quotas
	calls  *outbox.Outbox // by which the workflows of open calls are signalled
}

// New returns the integrations in a database, of which an account may have as many as its
// limits allow. The workflows of the open calls of a site are signalled through the outbox
// when its integrations change.
func New(db *database.DB, limits *quotas.Quotas, calls *outbox.Outbox) *Store {
	return &Store{db: db, quotas: limits, calls: calls}
}
