package journeys

import (
	"log/slog"
	"maps"
	"slices"

	"gorm.io/gorm"
)

// computeGroups computes the touchpoints of the groups of some nodes by each plan. Most are of
// one person each and small, and are computed as one group, by as many statements as one. If
// they are not small together, or the site has people of a CRM, among whom each contact of
// the group is looked for, each group is computed by itself.
func computeGroups(tx *gorm.DB, plans []plan, of source, starts []node, opportunities map[string]bool) error {
	if len(starts) > 1 && of.crm == (crmRead{}) {
		g, err := of.lockedGroup(tx, of.limits.Together, starts...)
		if err != nil {
			return err
		}
		if !g.isPart() {
			return computeGroup(tx, plans, g, opportunities)
		}
	}
	computed := newNodes()
	for i, n := range starts {
		if computed.has(n) {
			continue
		}
		g, err := of.lockedGroup(tx, of.limits.Nodes, n)
		if err == nil && g.isPart() {
			g, err = g.withOthers(tx, starts[i+1:])
		}
		if err != nil {
			return err
		}
		for kind, refs := range g.written().refs {
			computed.add(nodesOf(kind, refs)...)
		}
		if err := computeGroup(tx, plans, g, opportunities); err != nil {
			return err
		}
	}
	return nil
}

// withOthers returns the part of a crowd that calls and leads among some nodes start with it.
// A part takes as long as the largest group, and each of them would have one of its own.
func (g *group) withOthers(tx *gorm.DB, others []node) (*group, error) {
	var ids []string
	for _, n := range others {
		if n.kind() == MarkConversion && !g.nodes.has(n) {
			ids = append(ids, n.ref())
		}
	}
	var calls []conversionRow
	if err := tx.Where("id IN ? AND site_id = ?", ids, g.siteID).Find(&calls).Error; err != nil {
		return nil, err
	}
	starts := g.starts.all()
	for _, c := range calls {
		_, sameVisitor := g.sessions[c.SessionID]
		if sameVisitor || slices.ContainsFunc(append(contactsOf(c.Phone, c.Email), browserNode(c.VisitorIDs[bizible])), g.nodes.has) {
			starts = append(starts, nodeOf(MarkConversion, c.ID))
		}
	}
	if len(starts) == g.starts.size() {
		return g, nil
	}
	return g.lockedGroup(tx, g.limit, starts...)
}

// computeGroup computes the touchpoints of a group by each plan, and adds the opportunities
// whose credit may change.
func computeGroup(tx *gorm.DB, plans []plan, g *group, opportunities map[string]bool) error {
	for _, p := range plans {
		done, err := p.replace(tx, g, p.figures(g))
		if err != nil {
			return err
		}
		people := slices.Sorted(maps.Keys(done.people))
		if err := p.markOthersOf(tx, g, people); err != nil {
			return err
		}
		if err := p.count(tx, g, done); err != nil {
			return err
		}
		if err := addOpportunitiesOf(tx, opportunities, g.siteID, people); err != nil {
			return err
		}
	}
	if g.isPart() {
		tx.Logger.Warn(tx.Statement.Context, "journey.crowd", slog.String("site", g.siteID), slog.Int("nodes", g.nodes.size()))
	}
	return nil
}
