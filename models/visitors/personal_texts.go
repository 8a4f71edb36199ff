package visitors

import (
	"fmt"

	"gorm.io/gorm"

	"ringback/identity"
)

// PersonalTexts returns the texts by which a visitor, and the person whose only
// browser it is, can be found in a message that could not be read: the visitor's id
// and sessions, third parties' ids, phone numbers and e-mail addresses.
func PersonalTexts(tx *gorm.DB, siteID, visitorID string) ([]string, error) {
	texts := []string{visitorID}
	var sessions, ids []string
	err := tx.Model(&Session{}).Where("site_id = ? AND visitor_id = ?", siteID, visitorID).Pluck("id", &sessions).Error
	if err == nil {
		err = tx.Model(&VisitorID{}).Where("site_id = ? AND visitor_id = ?", siteID, visitorID).Pluck("value", &ids).Error
	}
	if err != nil {
		return nil, fmt.Errorf("reading the ids of a visitor: %w", err)
	}
	contacts, err := contactsOfOnlyBrowser(tx, siteID, visitorID)
	return append(append(append(texts, sessions...), ids...), contacts...), err
}

// contactsOfOnlyBrowser returns the phone numbers and e-mail addresses of the person
// of a visitor, nil if the person has other browsers, whose data stay.
func contactsOfOnlyBrowser(tx *gorm.DB, siteID, visitorID string) ([]string, error) {
	known, err := knownKeys(tx, siteID, []string{identity.VisitorKey(visitorID)})
	if err != nil || len(known) == 0 {
		return nil, err
	}
	var keys, contacts []string
	err = tx.Model(&PersonKey{}).Where("site_id = ? AND person_id IN ?", siteID, identity.People(known)).Pluck("key", &keys).Error
	if err != nil {
		return nil, fmt.Errorf("reading the contacts of a visitor: %w", err)
	}
	for _, key := range keys {
		if id, is := identity.VisitorOf(key); is && id != visitorID {
			return nil, nil
		}
		if contact := identity.ContactOf(key); contact != "" {
			contacts = append(contacts, contact)
		}
	}
	return contacts, nil
}
