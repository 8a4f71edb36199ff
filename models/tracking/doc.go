// Package tracking stores the tracking numbers of sites, their pools, and which session
// has leased a number of a pool, as part of the store. It must not know of HTTP or
// Temporal, and it does not decide which numbers a visit is shown: package numbers does.
package tracking

import (
	"ringback/models/database"
	"ringback/models/quotas"
)

// Store is the numbers and pools of all sites. It is safe for concurrent use. Its errors
// are those of the store that it is part of.
type Store struct {
	db     *database.DB
	quotas *quotas.Quotas
}

// New returns the numbers and pools in a database, of which an account may have as many as
// its limits allow.
func New(db *database.DB, limits *quotas.Quotas) *Store { return &Store{db: db, quotas: limits} }
