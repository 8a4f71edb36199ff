// Package websites stores the web sites of accounts: their settings, what the script on their
// pages is answered with, and their settings for sources of calls, as part of the store.
// It must not know of HTTP or Temporal, of how visitors or calls are stored, or of any one
// source.
package websites

import (
	"ringback/models/database"
	"ringback/models/outbox"
	"ringback/models/quotas"
	"ringback/models/reconciliations"
)

// Store is the sites of all accounts. It is safe for concurrent use. Its errors are those
// of the store that it is part of.
type Store struct {
	db              *database.DB
	quotas          *quotas.Quotas
	calls           *outbox.Outbox // by which the workflows of open calls are signalled
	reconciliations *reconciliations.Reconciliations
}

// New returns the sites in a database, of which an account may have as many as its limits
// allow. When their settings change, the workflows of open calls are signalled through the
// outbox, and sources are reconciled.
func New(db *database.DB, limits *quotas.Quotas, calls *outbox.Outbox, r *reconciliations.Reconciliations) *Store {
	return &Store{db: db, quotas: limits, calls: calls, reconciliations: r}
}
