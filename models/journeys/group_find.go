package journeys

import (
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/identity"
	"ringback/models/database"
	"ringback/visitorid"
)

// ofBrowsers finds the visitors, conversions and Tasks with a BizibleId.
func (g *group) ofBrowsers(tx *gorm.DB, ids []string) ([]node, error) {
	crowded, err := g.crowdedBrowsers(tx, ids)
	if err != nil {
		return nil, err
	}
	of := func() *gorm.DB { return tx.Where("site_id = ? AND bizible_id IN ?", g.siteID, ids).Limit(g.limit + 1) }
	var rows []browserRow
	if err := of().Find(&rows).Error; err != nil {
		return nil, err
	}
	if len(rows) > g.limit {
		if err := g.waitForFirst(tx, MarkConversion, ids, g.firstWith); err != nil {
			return nil, err
		}
		rows = nil
		single := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return crowded[id] })
		if err := of().Where("ref >= 'visitor/' AND ref < 'visitor0' AND bizible_id IN ?", single).Find(&rows).Error; err != nil {
			return nil, err
		}
		g.part.broken = g.part.broken || len(rows) > g.limit
	}
	var found []node
	var calls []string
	for _, row := range rows {
		switch n := node(row.Ref); {
		case n.kind() == MarkConversion && !g.nodes.has(n):
			calls = append(calls, n.ref())
		case n.kind() == MarkVisitor && !crowded[row.BizibleID]:
			found = append(found, n)
		}
	}
	if err := g.waitForCalls(tx, calls); err != nil {
		return nil, err
	}
	return found, g.waitForTasks(tx, "bizible_id", ids)
}

// firstWith returns a query of the calls and leads with a BizibleId that were reported first:
// their ids are in this order.
func (g *group) firstWith(bizibleID string, limit int) []database.Query {
	return []database.Query{database.Q("SELECT id, at FROM conversions WHERE id IN (SELECT substr(ref, 12) FROM journey_browsers"+
		" WHERE site_id = ? AND bizible_id = ? AND ref >= 'conversion/' AND ref < 'conversion0' ORDER BY ref LIMIT ?) AND site_id = ?",
		g.siteID, bizibleID, limit, g.siteID)}
}

// waitForCalls adds calls and leads to what waits.
func (g *group) waitForCalls(tx *gorm.DB, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	var rows []dated
	err := tx.Model(&conversionRow{}).Select("id", "at").Where("id IN ? AND site_id = ?", ids, g.siteID).Scan(&rows).Error
	g.wait(MarkConversion, rows)
	return err
}

// waitForTasks finds the Tasks with one of these values in a column.
func (g *group) waitForTasks(tx *gorm.DB, column string, values []string) error {
	if !g.crm.Tasks {
		return nil
	}
	return g.waitForSome(tx, MarkTask, database.Q("SELECT id, at FROM crm_tasks WHERE site_id = ? AND "+column+" <> '' AND "+column+" IN ?", g.siteID, values))
}

// ofPeople loads people of the CRM, and those whom they have become or been before.
func (g *group) ofPeople(tx *gorm.DB, externalIDs []string) ([]node, error) {
	var people []personRow
	err := tx.Where("site_id = ? AND (external_id IN ? OR same_as <> '' AND same_as IN ?)", g.siteID, externalIDs, externalIDs).
		Limit(g.limit + 1).Find(&people).Error
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
	return found, g.waitForTasks(tx, "person", externalIDs)
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
		c = c.withKeys()
		g.conversions[c.ID] = c
		found = append(found, contactNode(c.phoneKey), contactNode(c.emailKey))
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
		var of []sessionRow
		if err := tx.Where("id IN ? AND site_id = ?", sessions, g.siteID).Find(&of).Error; err != nil {
			return nil, err
		}
		for _, x := range of {
			g.sessions[x.ID] = x // also if the visitor has too many
			found = append(found, nodeOf(MarkVisitor, x.VisitorID))
		}
	}
	tasks, err := g.tasksOf(tx, ids)
	return append(found, tasks...), err
}

// tasksOf returns the Tasks of calls.
func (g *group) tasksOf(tx *gorm.DB, calls []string) ([]node, error) {
	if !g.crm.Tasks {
		return nil, nil
	}
	var ids []string
	err := tx.Model(&Task{}).Where("conversion_id <> '' AND conversion_id IN ? AND site_id = ?", calls, g.siteID).Limit(g.limit+1).Pluck("id", &ids).Error
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
