package journeys

import (
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/identity"
	"ringback/visitorid"
)

// ofVisitors loads the sessions of visitors. From them the same people's other keys, the
// calls and leads of the sessions, and the BizibleIds are found.
func (g *group) ofVisitors(tx *gorm.DB, visitors []string) ([]node, error) {
	keys := make([]string, len(visitors))
	refs := make([]string, len(visitors))
	for i, id := range visitors {
		keys[i], refs[i] = identity.VisitorKey(id), visitorHolder(id)
	}
	found, err := g.samePeople(tx, keys)
	if err != nil {
		return nil, err
	}
	var sessions []sessionRow
	err = tx.Where("site_id = ? AND visitor_id IN ?", g.siteID, visitors).Order("started_at, id").Limit(maxSessions).Find(&sessions).Error
	if err != nil {
		return nil, err
	}
	for _, x := range sessions {
		g.sessions[x.ID] = x
	}
	var calls []string
	of := tx.Model(&sessionRow{}).Select("id").Where("site_id = ? AND visitor_id IN ?", g.siteID, visitors)
	err = tx.Model(&conversionRow{}).Where("session_id <> '' AND session_id IN (?) AND site_id = ?", of, g.siteID).Pluck("id", &calls).Error
	if err != nil {
		return nil, err
	}
	found = append(found, nodesOf(MarkConversion, calls)...)
	var browsers []browserRow
	if err := tx.Where("site_id = ? AND ref IN ?", g.siteID, refs).Order("bizible_id").Find(&browsers).Error; err != nil {
		return nil, err
	}
	return g.withBrowsers(tx, found, browsers)
}

// withBrowsers adds the BizibleIds of visitors that no crowd shares.
func (g *group) withBrowsers(tx *gorm.DB, found []node, rows []browserRow) ([]node, error) {
	ids := make([]string, len(rows))
	for i, row := range rows {
		ids[i] = row.BizibleID
	}
	crowded, err := g.crowdedBrowsers(tx, ids)
	if err != nil {
		return nil, err
	}
	for _, row := range rows {
		if !crowded[row.BizibleID] {
			visitor := node(row.Ref).ref()
			g.browsers[visitor] = append(g.browsers[visitor], row.BizibleID)
			found = append(found, nodeOf(MarkBrowser, row.BizibleID))
		}
	}
	return found, nil
}

// crowdedBrowsers returns those of the BizibleIds that more visitors have than one person
// has browsers.
func (g *group) crowdedBrowsers(tx *gorm.DB, ids []string) (map[string]bool, error) {
	query := tx.Model(&browserRow{}).Where("site_id = ? AND bizible_id IN ? AND ref LIKE 'visitor/%'", g.siteID, ids).
		Group("bizible_id").Having("COUNT(*) > ?", identity.MaxSharing)
	return setOf(query, "bizible_id", len(ids))
}

// setOf returns the values of a column that a query finds. Without values to look for it
// asks for nothing.
func setOf(query *gorm.DB, column string, lookedFor int) (map[string]bool, error) {
	if lookedFor == 0 {
		return nil, nil
	}
	var values []string
	if err := query.Pluck(column, &values).Error; err != nil {
		return nil, err
	}
	set := make(map[string]bool, len(values))
	for _, value := range values {
		set[value] = true
	}
	return set, nil
}

// samePeople returns all keys of the people who are known by some keys.
func (g *group) samePeople(tx *gorm.DB, keys []string) ([]node, error) {
	var rows []keyRow
	people := tx.Table("person_keys").Select("person_id").Where("site_id = ? AND key IN ?", g.siteID, keys)
	err := tx.Table("person_keys").Select("key", "person_id").Where("site_id = ? AND person_id IN (?)", g.siteID, people).Find(&rows).Error
	if err != nil {
		return nil, err
	}
	var found []node
	for _, row := range rows {
		g.keys[row.Key] = row.PersonID
		found = append(found, nodeOfKey(row.Key))
	}
	return found, nil
}

// ofContacts finds the people of the CRM with a phone number or an e-mail address, and
// the calls and leads from it.
func (g *group) ofContacts(tx *gorm.DB, keys []string) ([]node, error) {
	found, err := g.samePeople(tx, keys)
	if err != nil {
		return nil, err
	}
	var values, shared []string
	for _, key := range keys {
		values = append(values, identity.ContactOf(key))
	}
	if g.crm.People {
		crowded, err := g.crowdedContacts(tx, keys)
		if err != nil {
			return nil, err
		}
		shared = slices.DeleteFunc(slices.Clone(values), func(contact string) bool { return crowded[contact] })
	}
	var people, calls []string
	if len(shared) > 0 {
		err = tx.Model(&personRow{}).Where("site_id = ? AND (email <> '' AND LOWER(email) IN ? OR phone <> '' AND phone IN ?)", g.siteID, shared, shared).
			Pluck("external_id", &people).Error
		if err != nil {
			return nil, err
		}
	}
	err = tx.Model(&conversionRow{}).Where("person <> '' AND person IN ? AND site_id = ?", values, g.siteID).Pluck("id", &calls).Error
	return append(append(found, nodesOf(MarkPerson, people)...), nodesOf(MarkConversion, calls)...), err
}

// crowdedContacts returns those phone numbers and e-mail addresses that more people of
// the CRM have than can be one: the number of an office leads to nobody.
func (g *group) crowdedContacts(tx *gorm.DB, keys []string) (map[string]bool, error) {
	var values []string
	for _, key := range keys {
		values = append(values, identity.ContactOf(key))
	}
	for _, column := range []string{"LOWER(email)", "phone"} {
		query := tx.Model(&personRow{}).Select(column+" AS contact").Where("site_id = ? AND "+column+" <> '' AND "+column+" IN ?", g.siteID, values).
			Group(column).Having("COUNT(*) > ?", identity.MaxSharing)
		some, err := setOf(query, "contact", len(values))
		if err != nil {
			return nil, err
		}
		for value := range some {
			g.crowded[value] = true
		}
	}
	return g.crowded, nil
}

// ofBrowsers finds the visitors, conversions and Tasks with a BizibleId.
func (g *group) ofBrowsers(tx *gorm.DB, ids []string) ([]node, error) {
	crowded, err := g.crowdedBrowsers(tx, ids)
	if err != nil {
		return nil, err
	}
	var rows []browserRow
	if err := tx.Where("site_id = ? AND bizible_id IN ?", g.siteID, ids).Find(&rows).Error; err != nil {
		return nil, err
	}
	var found []node
	for _, row := range rows {
		if n := node(row.Ref); n.kind() != MarkVisitor || !crowded[row.BizibleID] {
			found = append(found, n)
		}
	}
	tasks, err := g.tasksWhere(tx, "bizible_id <> '' AND bizible_id IN ?", ids)
	return append(found, tasks...), err
}

// ofPeople loads people of the CRM, and those whom they have become or been before.
func (g *group) ofPeople(tx *gorm.DB, externalIDs []string) ([]node, error) {
	var people []personRow
	err := tx.Where("site_id = ? AND (external_id IN ? OR same_as <> '' AND same_as IN ?)", g.siteID, externalIDs, externalIDs).Find(&people).Error
	if err != nil {
		return nil, err
	}
	var found []node
	var contacts []string
	for _, p := range people {
		g.people[p.ExternalID] = p
		found = append(found, nodeOf(MarkPerson, p.ExternalID), nodeOf(MarkPerson, p.SameAs))
		for _, n := range contactsOf(p.Phone, p.Email) {
			if n != "" {
				contacts = append(contacts, n.ref())
			}
		}
	}
	crowded, err := g.crowdedContacts(tx, contacts)
	if err != nil {
		return nil, err
	}
	for _, key := range contacts {
		if !crowded[identity.ContactOf(key)] {
			found = append(found, contactNode(key))
		}
	}
	tasks, err := g.tasksWhere(tx, "person <> '' AND person IN ?", externalIDs)
	return append(found, tasks...), err
}

// ofTasks loads Tasks.
func (g *group) ofTasks(tx *gorm.DB, ids []string) ([]node, error) {
	var tasks []Task
	if err := tx.Where("id IN ? AND site_id = ?", ids, g.siteID).Find(&tasks).Error; err != nil {
		return nil, err
	}
	var found []node
	for _, t := range tasks {
		g.tasks[t.ID] = t
		found = append(found, nodeOf(MarkConversion, t.ConversionID), nodeOf(MarkPerson, t.Person), browserNode(t.BizibleID))
	}
	return found, nil
}

// ofConversions loads calls and leads. It stores by which BizibleIds they are found.
func (g *group) ofConversions(tx *gorm.DB, ids []string) ([]node, error) {
	var calls []conversionRow
	if err := tx.Where("id IN ? AND site_id = ?", ids, g.siteID).Find(&calls).Error; err != nil {
		return nil, err
	}
	var found []node
	var sessions []string
	var browsers []browserRow
	for _, c := range calls {
		g.conversions[c.ID] = c
		found = append(found, contactsOf(c.Phone, c.Email)...)
		if c.SessionID != "" {
			sessions = append(sessions, c.SessionID)
		}
		if n := browserNode(c.VisitorIDs[visitorid.MarketoMeasure]); n != "" {
			found = append(found, n)
			browsers = append(browsers, browserRow{SiteID: g.siteID, BizibleID: n.ref(), Ref: string(nodeOf(MarkConversion, c.ID))})
		}
	}
	if err := storeBrowsers(tx, browsers); err != nil {
		return nil, err
	}
	if len(sessions) > 0 {
		var visitors []string
		err := tx.Model(&sessionRow{}).Where("id IN ? AND site_id = ?", sessions, g.siteID).Pluck("visitor_id", &visitors).Error
		if err != nil {
			return nil, err
		}
		found = append(found, nodesOf(MarkVisitor, visitors)...)
	}
	tasks, err := g.tasksWhere(tx, "conversion_id <> '' AND conversion_id IN ?", ids)
	return append(found, tasks...), err
}

// tasksWhere returns the Tasks of the site that a condition selects.
func (g *group) tasksWhere(tx *gorm.DB, condition string, values []string) ([]node, error) {
	if !g.crm.Tasks {
		return nil, nil
	}
	var ids []string
	err := tx.Model(&Task{}).Where("site_id = ? AND "+condition, g.siteID, values).Pluck("id", &ids).Error
	return nodesOf(MarkTask, ids), err
}

func storeBrowsers(tx *gorm.DB, rows []browserRow) error {
	if len(rows) == 0 {
		return nil
	}
	return tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error
}

func nodesOf(kind MarkKind, refs []string) []node {
	all := make([]node, len(refs))
	for i, ref := range refs {
		all[i] = nodeOf(kind, ref)
	}
	return all
}
