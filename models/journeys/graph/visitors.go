package graph

import (
	"slices"

	"gorm.io/gorm"

	"ringback/identity"
	"ringback/models/database"
)

// ofVisitors loads the sessions of visitors. From them the same people's other keys, the
// calls and leads of the sessions, and the BizibleIds are found.
func (g *Group) ofVisitors(tx *gorm.DB, visitors []string) ([]Node, error) {
	keys := make([]string, len(visitors))
	refs := make([]string, len(visitors))
	for i, id := range visitors {
		keys[i], refs[i] = identity.VisitorKey(id), string(NodeOf(KindVisitor, id))
	}
	found, err := g.samePeople(tx, keys)
	if err != nil {
		return nil, err
	}
	sessions, err := g.sessionsOf(tx, visitors)
	if err != nil {
		return nil, err
	}
	// The site is not compared: PostgreSQL may read all calls and leads of the site if it expects
	// many of each session.
	for some := range slices.Chunk(sessions, database.InsertBatch) {
		of := database.Q("SELECT id, at FROM conversions WHERE session_id <> '' AND session_id IN ?", some)
		if err := g.waitForSome(tx, KindConversion, of); err != nil {
			return nil, err
		}
	}
	var browsers []browserRow
	if err := tx.Where("site_id = ? AND ref IN ?", g.from.siteID, refs).Order("bizible_id").Limit(g.limit + 1).Find(&browsers).Error; err != nil {
		return nil, err
	}
	g.part.broken = g.part.broken || len(browsers) > g.limit
	return g.withBrowsers(tx, found, browsers)
}

// sessionsOf loads the sessions of visitors, and returns their ids. Of those who have more
// together than can be, the first ones of each are loaded, and the latest.
func (g *Group) sessionsOf(tx *gorm.DB, visitors []string) (ids []string, err error) {
	room := max(0, g.from.limits.Sessions-len(g.sessions))
	var rows []sessionRow
	err = tx.Where("site_id = ? AND visitor_id IN ?", g.from.siteID, visitors).Limit(room + 1).Find(&rows).Error
	if err == nil && len(rows) > room {
		rows, err = g.someSessionsOf(tx, visitors, max(1, room/len(visitors)))
	}
	for _, x := range rows {
		g.sessions[x.ID] = x
		ids = append(ids, x.ID)
	}
	return ids, err
}

// someSessionsOf returns the first sessions of each of some visitors, and the latest of those
// who have more. The order is that of the index alone, as in callsFrom.
func (g *Group) someSessionsOf(tx *gorm.DB, visitors []string, each int) (all []sessionRow, err error) {
	for _, visitor := range visitors {
		var first, last []sessionRow
		of := func() *gorm.DB { return tx.Where("site_id = ? AND visitor_id = ?", g.from.siteID, visitor) }
		if err := of().Order("started_at").Limit(each + 1).Find(&first).Error; err != nil {
			return nil, err
		}
		if len(first) > each {
			g.part.visitors[visitor], first = true, first[:each]
			if err := of().Order("started_at DESC").Limit(latest).Find(&last).Error; err != nil {
				return nil, err
			}
		}
		all = append(append(all, first...), last...)
	}
	return all, nil
}

// withBrowsers adds the BizibleIds of visitors that no crowd shares.
func (g *Group) withBrowsers(tx *gorm.DB, found []Node, rows []browserRow) ([]Node, error) {
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
			visitor := Node(row.Ref).Ref()
			g.browsers[visitor] = append(g.browsers[visitor], row.BizibleID)
			found = append(found, NodeOf(KindBrowser, row.BizibleID))
		}
	}
	return found, nil
}

// crowdedBrowsers returns those of the BizibleIds that more visitors have than one person
// has browsers.
func (g *Group) crowdedBrowsers(tx *gorm.DB, ids []string) (map[string]bool, error) {
	return g.crowdedAmong(tx, ids, "journey_browsers AS sharing WHERE sharing.site_id = ? AND sharing.bizible_id = looked.id AND sharing.ref >= 'visitor/' AND sharing.ref < 'visitor0'")
}

// crowdedAmong returns those of some values of which a table has more rows than may share one.
func (g *Group) crowdedAmong(tx *gorm.DB, values []string, sharing string) (map[string]bool, error) {
	crowded := map[string]bool{}
	if len(values) == 0 {
		return crowded, nil
	}
	rows := make([][]string, len(values))
	for i, value := range values {
		rows[i] = []string{value}
	}
	from, listed := database.Listed(tx, "looked", []string{"id"}, rows)
	var found []string
	err := database.Q("SELECT DISTINCT looked.id FROM "+from+" WHERE EXISTS (SELECT 1 FROM "+sharing+" LIMIT 1 OFFSET ?)",
		listed, g.from.siteID, identity.MaxSharing).Scan(tx, &found)
	for _, value := range found {
		crowded[value] = true
	}
	return crowded, err
}
