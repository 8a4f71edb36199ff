package journeys

import (
	"log/slog"
	"maps"
	"slices"

	"gorm.io/gorm"

	"ringback/models/journeys/graph"
)

// computeGroups computes the touchpoints of the groups of some nodes by each plan. Most are of
// one person each and small, and are computed as one group, by as many statements as one. If
// they are not small together, or the site has people of a CRM, among whom each contact of
// the group is looked for, each group is computed by itself.
func computeGroups(tx *gorm.DB, plans []plan, of graph.Source, starts []graph.Node, opportunities map[string]bool) error {
	if len(starts) > 1 && !of.HasCRM() {
		g, err := of.Together(tx, starts...)
		if err != nil {
			return err
		}
		if !g.IsPart() {
			return computeGroup(tx, plans, g, opportunities)
		}
	}
	computed := map[graph.Node]bool{}
	for i, n := range starts {
		if computed[n] {
			continue
		}
		g, err := of.Group(tx, n)
		if err == nil && g.IsPart() {
			g, err = g.WithOthers(tx, starts[i+1:])
		}
		if err != nil {
			return err
		}
		for _, whole := range g.Whole() {
			computed[whole] = true
		}
		if err := computeGroup(tx, plans, g, opportunities); err != nil {
			return err
		}
	}
	return nil
}

// computeGroup computes the touchpoints of a group by each plan, and adds the opportunities
// whose credit may change.
func computeGroup(tx *gorm.DB, plans []plan, g *graph.Group, opportunities map[string]bool) error {
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
		if err := addOpportunitiesOf(tx, opportunities, p.SiteID, people); err != nil {
			return err
		}
	}
	if g.IsPart() {
		tx.Logger.Warn(tx.Statement.Context, "journey.crowd", slog.String("site", plans[0].SiteID), slog.Int("nodes", g.Size()))
	}
	return nil
}
