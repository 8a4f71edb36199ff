package journeys

import (
	"ringback/internal/grouping"
	"ringback/models/database"
	"ringback/models/journeys/graph"
)

// Journeys are the rows of all sites. They are safe for concurrent use, and their errors
// are those of the store that they are part of.
type Journeys struct {
	db         *database.DB
	background *grouping.Background // what is computed again
	limits     graph.Limits
}

// New returns the journeys of a database, which are computed within these limits.
func New(db *database.DB, limits graph.Limits) *Journeys {
	return &Journeys{db: db, background: db.Background(), limits: limits}
}
