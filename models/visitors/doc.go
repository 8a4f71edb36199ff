// Package visitors stores the visitors of sites, their sessions and page views, third
// parties' ids of them, and the people that they are, as part of the store. It must not
// know of HTTP or Temporal, of how calls and leads are stored, or of which numbers a page
// shows, and it decides nothing: the rules are in packages visits and identity.
package visitors

import (
	"log/slog"

	"ringback/models/database"
	"ringback/models/outbox"
)

// Store is the visitors of all sites. It is safe for concurrent use. Its errors are those
// of the store that it is part of.
type Store struct {
	db     *database.DB
	calls  *outbox.Outbox // by which the workflows of open calls are signalled
	logger *slog.Logger
}

// New returns the visitors in a database. The workflows of a visitor's open calls are
// signalled through the outbox.
func New(db *database.DB, calls *outbox.Outbox, logger *slog.Logger) *Store {
	return &Store{db: db, calls: calls, logger: logger}
}
