package journeys

import (
	"gorm.io/gorm"

	"ringback/models/database"
)

// Journeys are the rows of all sites. They are safe for concurrent use, and their errors
// are those of the store that they are part of.
type Journeys struct{ db *database.DB }

// New returns the journeys of a database.
func New(db *database.DB) *Journeys { return &Journeys{db: db} }

// checkSite returns fault.NotFound unless the site is the account's.
func checkSite(db *gorm.DB, accountID, siteID string) error {
	var found string
	err := db.Table("sites").Select("id").
		Where("id = ? AND account_id = ? AND deleted_at IS NULL", siteID, accountID).Take(&found).Error
	return database.NotFoundAs("no_such_site", err)
}
