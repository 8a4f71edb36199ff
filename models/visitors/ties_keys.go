package visitors

import (
	"fmt"
	"slices"

	"gorm.io/gorm"

	"ringback/identity"
	"ringback/models/database"
)

// knownBy are the visitors that keys and contacts lead to.
type knownBy struct {
	proven    []string            // of the people who have one of the keys that are certain
	people    map[string][]string // by contact, those of the people whose contact it certainly is
	claimants map[string]string   // by contact, the first who wrote it in a form
}

// visitorsBy reads the visitors of the people who have one of these keys, and those to whom
// contacts lead, by one statement. A contact that is among the keys leads to nobody else.
func visitorsBy(db *gorm.DB, siteID string, keys, contacts []string) (knownBy, error) {
	known := knownBy{people: map[string][]string{}, claimants: map[string]string{}}
	var parts []database.Query
	if len(keys) > 0 {
		parts = append(parts, browsersOfPeople("proven", "", siteID, keys))
	}
	for _, contact := range contacts {
		if !slices.Contains(keys, contact) {
			parts = append(parts, browsersOfPeople("person", contact, siteID, []string{contact}))
		}
	}
	if len(contacts) > 0 {
		parts = append(parts, database.Q("SELECT 'claim' AS how, key AS contact, visitor_id AS visitor, created_at FROM person_claims WHERE site_id = ? AND key IN ?",
			siteID, contacts))
	}
	if len(parts) == 0 {
		return known, nil
	}
	var rows []struct{ How, Contact, Visitor string }
	if err := database.Joined("UNION ALL", parts...).And("ORDER BY created_at DESC, visitor").Scan(db, &rows); err != nil {
		return known, fmt.Errorf("finding the person's browsers: %w", err)
	}
	for _, row := range rows {
		known.add(row.How, row.Contact, row.Visitor)
	}
	return known, nil
}

func (k *knownBy) add(how, contact, visitor string) {
	switch id, _ := identity.VisitorOf(visitor); how {
	case "proven":
		k.proven = append(k.proven, id)
	case "person":
		k.people[contact] = append(k.people[contact], id)
	default:
		k.claimants[contact] = visitor
	}
}

// browsersOfPeople returns a query for the keys of the newest visitors of the people who have
// one of these keys, with how they were found and by which contact.
func browsersOfPeople(how, contact, siteID string, keys []string) database.Query {
	return database.Q(`SELECT ? AS how, ? AS contact, key AS visitor, created_at FROM (SELECT key, created_at FROM person_keys
		WHERE site_id = ? AND person_id IN (SELECT person_id FROM person_keys WHERE site_id = ? AND key IN ?) AND key LIKE ?
		ORDER BY created_at DESC, key LIMIT ?) AS browsers`, how, contact, siteID, siteID, keys, identity.VisitorKeys+"%", maxBrowsers)
}

// writtenBy returns the visitors of each contact. For a contact that certain calls have tied
// to visitors these are all, otherwise the first who wrote it in a form.
func (k knownBy) writtenBy(contacts []string) [][]string {
	if len(contacts) == 0 {
		return nil
	}
	written := make([][]string, len(contacts))
	for i, contact := range contacts {
		written[i] = k.people[contact]
		if first := k.claimants[contact]; len(written[i]) == 0 && first != "" {
			written[i] = []string{first}
		}
	}
	return written
}
