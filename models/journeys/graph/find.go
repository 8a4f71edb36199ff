package graph

import (
	"slices"

	"gorm.io/gorm"

	"ringback/identity"
	"ringback/models/database"
	"ringback/visitorid"
)

// ofBrowsers finds the visitors, conversions and Tasks with a BizibleId.
func (g *Group) ofBrowsers(tx *gorm.DB, ids []string) ([]Node, error) {
	crowded, err := g.crowdedBrowsers(tx, ids)
	if err != nil {
		return nil, err
	}
	of := func() *gorm.DB {
		return tx.Where("site_id = ? AND bizible_id IN ?", g.from.siteID, ids).Limit(g.limit + 1)
	}
	var rows []browserRow
	if err := of().Find(&rows).Error; err != nil {
		return nil, err
	}
	if len(rows) > g.limit {
		if err := g.waitForFirst(tx, KindConversion, ids, g.firstWith); err != nil {
			return nil, err
		}
		rows = nil
		single := slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return crowded[id] })
		if err := of().Where("ref >= 'visitor/' AND ref < 'visitor0' AND bizible_id IN ?", single).Find(&rows).Error; err != nil {
			return nil, err
		}
		g.part.broken = g.part.broken || len(rows) > g.limit
	}
	var found []Node
	var calls []string
	for _, row := range rows {
		switch n := Node(row.Ref); {
		case n.Kind() == KindConversion && !g.nodes.has(n):
			calls = append(calls, n.Ref())
		case n.Kind() == KindVisitor && !crowded[row.BizibleID]:
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
func (g *Group) firstWith(bizibleID string, limit int) []database.Query {
	return []database.Query{database.Q("SELECT id, at FROM conversions WHERE id IN (SELECT substr(ref, 12) FROM journey_browsers"+
		" WHERE site_id = ? AND bizible_id = ? AND ref >= 'conversion/' AND ref < 'conversion0' ORDER BY ref LIMIT ?) AND site_id = ?",
		g.from.siteID, bizibleID, limit, g.from.siteID)}
}

// waitForCalls adds calls and leads to what waits.
func (g *Group) waitForCalls(tx *gorm.DB, ids []string) error {
	if len(ids) == 0 {
		return nil
	}
	var rows []dated
	err := tx.Model(&conversionRow{}).Select("id", "at").Where("id IN ? AND site_id = ?", ids, g.from.siteID).Scan(&rows).Error
	g.wait(KindConversion, rows)
	return err
}

// waitForTasks finds the Tasks with one of these values in a column.
func (g *Group) waitForTasks(tx *gorm.DB, column string, values []string) error {
	if !g.from.crm.Tasks {
		return nil
	}
	return g.waitForSome(tx, KindTask, database.Q("SELECT id, at FROM crm_tasks WHERE site_id = ? AND "+column+" <> '' AND "+column+" IN ?", g.from.siteID, values))
}

// ofPeople loads people of the CRM, and those whom they have become or been before.
func (g *Group) ofPeople(tx *gorm.DB, externalIDs []string) ([]Node, error) {
	var people []personRow
	err := tx.Where("site_id = ? AND (external_id IN ? OR same_as <> '' AND same_as IN ?)", g.from.siteID, externalIDs, externalIDs).
		Limit(g.limit + 1).Find(&people).Error
	if err != nil {
		return nil, err
	}
	var found []Node
	var contacts []string
	for _, p := range people {
		g.people[p.ExternalID] = p
		found = append(found, NodeOf(KindPerson, p.ExternalID), NodeOf(KindPerson, p.SameAs))
		for _, n := range contactsOf(p.Phone, p.Email) {
			if n != "" {
				contacts = append(contacts, n.Ref())
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
func (g *Group) ofTasks(tx *gorm.DB, ids []string) ([]Node, error) {
	var tasks []taskRow
	if err := tx.Where("id IN ? AND site_id = ?", ids, g.from.siteID).Find(&tasks).Error; err != nil {
		return nil, err
	}
	var found []Node
	for _, t := range tasks {
		g.tasks[t.ID] = t
		found = append(found, NodeOf(KindConversion, t.ConversionID), NodeOf(KindPerson, t.Person), browserNode(t.BizibleID))
	}
	return found, nil
}

// ofConversions loads calls and leads. It stores by which BizibleIds they are found.
func (g *Group) ofConversions(tx *gorm.DB, ids []string) ([]Node, error) {
	var calls []conversionRow
	if err := tx.Where("id IN ? AND site_id = ?", ids, g.from.siteID).Find(&calls).Error; err != nil {
		return nil, err
	}
	var found []Node
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
			browsers = append(browsers, browserRow{SiteID: g.from.siteID, BizibleID: n.Ref(), Ref: string(NodeOf(KindConversion, c.ID))})
		}
	}
	if err := storeBrowsers(tx, browsers); err != nil {
		return nil, err
	}
	if len(sessions) > 0 {
		var of []sessionRow
		if err := tx.Where("id IN ? AND site_id = ?", sessions, g.from.siteID).Find(&of).Error; err != nil {
			return nil, err
		}
		for _, x := range of {
			g.sessions[x.ID] = x // also if the visitor has too many
			found = append(found, NodeOf(KindVisitor, x.VisitorID))
		}
	}
	tasks, err := g.tasksOf(tx, ids)
	return append(found, tasks...), err
}

// tasksOf returns the Tasks of calls.
func (g *Group) tasksOf(tx *gorm.DB, calls []string) ([]Node, error) {
	if !g.from.crm.Tasks {
		return nil, nil
	}
	var ids []string
	err := tx.Model(&taskRow{}).Where("conversion_id <> '' AND conversion_id IN ? AND site_id = ?", calls, g.from.siteID).Limit(g.limit+1).Pluck("id", &ids).Error
	return nodesOf(KindTask, ids), err
}

func nodesOf(kind Kind, refs []string) []Node {
	all := make([]Node, len(refs))
	for i, ref := range refs {
		all[i] = NodeOf(kind, ref)
	}
	return all
}
