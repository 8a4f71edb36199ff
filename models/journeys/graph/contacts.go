package graph

import (
	"slices"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/identity"
	"ringback/models/database"
)

// samePeople returns all keys of the people who are known by some keys.
func (g *Group) samePeople(tx *gorm.DB, keys []string) ([]Node, error) {
	var rows []keyRow
	people := tx.Table("person_keys").Select("person_id").Where("site_id = ? AND key IN ?", g.from.siteID, keys)
	err := tx.Table("person_keys").Select("key", "person_id").Where("site_id = ? AND person_id IN (?)", g.from.siteID, people).
		Limit(g.limit + 1).Find(&rows).Error
	if err != nil {
		return nil, err
	}
	var found []Node
	for _, row := range rows {
		g.keys[row.Key] = row.PersonID
		found = append(found, nodeOfKey(row.Key))
	}
	return found, nil
}

// ofContacts finds the people of the CRM with a phone number or an e-mail address, and
// the calls and leads from it.
func (g *Group) ofContacts(tx *gorm.DB, keys []string) ([]Node, error) {
	found, err := g.samePeople(tx, keys)
	if err != nil {
		return nil, err
	}
	var values, shared []string
	for _, key := range keys {
		values = append(values, identity.ContactOf(key))
	}
	if g.from.crm.People {
		crowded, err := g.crowdedContacts(tx, keys)
		if err != nil {
			return nil, err
		}
		shared = slices.DeleteFunc(slices.Clone(values), func(contact string) bool { return crowded[contact] })
	}
	var people []string
	if len(shared) > 0 {
		err = tx.Model(&personRow{}).Where("site_id = ? AND (email <> '' AND LOWER(email) IN ? OR phone <> '' AND phone IN ?)", g.from.siteID, shared, shared).
			Limit(g.limit+1).Pluck("external_id", &people).Error
		if err != nil {
			return nil, err
		}
	}
	return append(found, nodesOf(KindPerson, people)...), g.callsFrom(tx, values)
}

// callsFrom finds the calls and leads from phone numbers and e-mail addresses. The order is
// that of the index alone: in any other one PostgreSQL may read all of them to sort them.
func (g *Group) callsFrom(tx *gorm.DB, contacts []string) error {
	all := database.Q("SELECT id, at FROM conversions WHERE person <> '' AND person IN ? AND site_id = ?", contacts, g.from.siteID)
	return g.waitFor(tx, KindConversion, contacts, all, func(contact string, limit int) (queries []database.Query) {
		for _, kind := range []conversion.Kind{conversion.KindCall, conversion.KindLead} {
			queries = append(queries, database.Q("SELECT id, at FROM conversions WHERE person <> '' AND person = ? AND site_id = ? AND kind = ? ORDER BY at LIMIT ?",
				contact, g.from.siteID, kind, limit))
		}
		return queries
	})
}

// crowdedContacts returns those phone numbers and e-mail addresses that more people of
// the CRM have than can be one: the number of an office leads to nobody.
func (g *Group) crowdedContacts(tx *gorm.DB, keys []string) (map[string]bool, error) {
	var values []string
	for _, key := range keys {
		values = append(values, identity.ContactOf(key))
	}
	for _, is := range []string{"sharing.email <> '' AND LOWER(sharing.email) = looked.id", "sharing.phone <> '' AND sharing.phone = looked.id"} {
		some, err := g.crowdedAmong(tx, values, "crm_people AS sharing WHERE sharing.site_id = ? AND "+is)
		if err != nil {
			return nil, err
		}
		for value := range some {
			g.crowded[value] = true
		}
	}
	return g.crowded, nil
}
