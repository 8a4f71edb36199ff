package visitors

import (
	"fmt"

	"gorm.io/gorm"

	"ringback/identity"
	"ringback/models/database"
)

// withoutOwnNumbers leaves out the keys of the site's own numbers: a phone system
// that forwards calls may report them as the caller's.
func withoutOwnNumbers(tx *gorm.DB, siteID string, keys []string) ([]string, error) {
	kept := make([]string, 0, len(keys))
	for _, key := range keys {
		if number, isPhone := identity.PhoneOf(key); isPhone {
			own, err := isOwnNumber(tx, siteID, number)
			if err != nil {
				return nil, fmt.Errorf("looking for the site's own number: %w", err)
			}
			if own {
				continue
			}
		}
		kept = append(kept, key)
	}
	return kept, nil
}

// isOwnNumber reports whether a number is or was one of the site's: a tracking
// number, or a number on its pages. The lists of numbers are searched as text, so
// that a list which cannot be read does not lose a lead.
func isOwnNumber(tx *gorm.DB, siteID, e164 string) (bool, error) {
	listed := `%"` + e164 + `"%`
	var own []string
	err := database.Joined("UNION",
		database.Q("SELECT id FROM tracking_numbers WHERE site_id = ? AND (number = ? OR CAST(replaces AS text) LIKE ?)", siteID, e164, listed),
		database.Q("SELECT id FROM pools WHERE site_id = ? AND (default_number = ? OR CAST(replaces AS text) LIKE ?)", siteID, e164, listed),
	).And("LIMIT 1").Scan(tx, &own)
	return len(own) > 0, err
}
