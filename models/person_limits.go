package models

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
)

// What one person is known by at most. What ties more than that is shared by
// strangers: the browser of a clerk who types in what customers order on the
// phone, or the number of a switchboard.
const (
	maxContacts       = 5  // phone numbers and e-mail addresses
	maxPersonVisitors = 10 // browsers
)

// wouldBeCrowd reports whether whom these keys make one person would be known by
// more than a person is.
func exceedsLimits(tx *gorm.DB, siteID string, keys []string) (bool, error) {
	known, err := personKeys(tx, siteID, keys)
	if err != nil {
		return false, err
	}
	var theirs []string
	err = tx.Model(&PersonKey{}).Where("site_id = ? AND person_id IN ?", siteID, peopleOf(known)).Pluck("key", &theirs).Error
	if err != nil {
		return false, fmt.Errorf("reading what people are known by: %w", err)
	}
	theirs = append(theirs, keys...)
	slices.Sort(theirs)
	visitors, contacts := 0, 0
	for _, key := range slices.Compact(theirs) {
		if strings.HasPrefix(key, visitorKeys) {
			visitors++
		} else {
			contacts++
		}
	}
	return visitors > maxPersonVisitors || contacts > maxContacts, nil
}

// withoutOwnNumbers leaves out the keys of the site's own numbers: telephone
// systems that pass calls on may tell them as the caller's.
func withoutOwnNumbers(tx *gorm.DB, siteID string, keys []string) ([]string, error) {
	kept := make([]string, 0, len(keys))
	for _, key := range keys {
		if number, isPhone := strings.CutPrefix(key, phoneKeys); isPhone {
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

// isOwnNumber reports whether a number is one that the site shows, or did: a
// tracking number, or one on its pages. The lists are searched as texts, so that
// one that cannot be read loses no lead.
func isOwnNumber(tx *gorm.DB, siteID, e164 string) (bool, error) {
	listed := `%"` + e164 + `"%`
	numbers := tx.Model(&TrackingNumber{}).Select("id").
		Where("site_id = ? AND (number = ? OR CAST(replaces AS text) LIKE ?)", siteID, e164, listed)
	pools := tx.Model(&Pool{}).Select("id").
		Where("site_id = ? AND (default_number = ? OR CAST(replaces AS text) LIKE ?)", siteID, e164, listed)
	var own []string
	err := tx.Raw(union(2)+" LIMIT 1", numbers, pools).Scan(&own).Error
	return len(own) > 0, err
}
