package visitors

import (
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"ringback/identity"
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
	var parts []string
	var values []any
	add := func(part string, of ...any) { parts, values = append(parts, part), append(values, of...) }
	if len(keys) > 0 {
		add("SELECT 'proven' AS how, '' AS contact, key AS visitor, created_at FROM (?) AS proven", browsersOfPeople(db, siteID, keys))
	}
	for _, contact := range contacts {
		if !slices.Contains(keys, contact) {
			add("SELECT 'person' AS how, ? AS contact, key AS visitor, created_at FROM (?) AS people", contact, browsersOfPeople(db, siteID, []string{contact}))
		}
	}
	if len(contacts) > 0 {
		add("SELECT 'claim' AS how, key AS contact, visitor_id AS visitor, created_at FROM person_claims WHERE site_id = ? AND key IN ?", siteID, contacts)
	}
	if len(parts) == 0 {
		return known, nil
	}
	var rows []struct{ How, Contact, Visitor string }
	err := db.Raw(strings.Join(parts, " UNION ALL ")+" ORDER BY created_at DESC, visitor", values...).Scan(&rows).Error
	if err != nil {
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

// browsersOfPeople returns a query for the keys of all visitors of the people who have one of
// these keys, the newest first.
func browsersOfPeople(db *gorm.DB, siteID string, keys []string) *gorm.DB {
	people := db.Model(&PersonKey{}).Select("person_id").Where("site_id = ? AND key IN ?", siteID, keys)
	return db.Model(&PersonKey{}).Select("key", "created_at").
		Where("site_id = ? AND person_id IN (?) AND key LIKE ?", siteID, people, identity.VisitorKeys+"%").
		Order("created_at DESC, key").Limit(maxBrowsers)
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
