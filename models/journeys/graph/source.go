package graph

import (
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/models/database"
)

// Source is a site whose facts are loaded, and how many of them together.
type Source struct {
	siteID string
	crm    crmRead
	limits Limits
}

// crmRead reports what has been read of a site's CRM. What is read while a group is computed
// has marks of its own.
type crmRead struct{ People, Tasks bool }

// SourceOf returns a site as the source of groups. Most sites have no CRM, and their groups
// need not ask for what is in it. It asks for the first of each, which is read by an index: asked
// whether there is one, PostgreSQL would read all rows of other sites to find out that there is
// none, as an average site has many.
func SourceOf(tx *gorm.DB, siteID string, limits Limits) (Source, error) {
	of := Source{siteID: siteID, limits: limits}
	err := tx.Raw(`SELECT (SELECT MIN(external_id) FROM crm_people WHERE site_id = @site) IS NOT NULL AS people,
		(SELECT MIN(external_id) FROM crm_tasks WHERE site_id = @site) IS NOT NULL AS tasks`, map[string]any{"site": siteID}).Scan(&of.crm).Error
	if err != nil {
		err = fmt.Errorf("reading what there is of the CRM: %w", err)
	}
	return of, err
}

// HasCRM reports whether anything has been read of a CRM of the site.
func (s Source) HasCRM() bool { return s.crm != (crmRead{}) }

// Group returns the group of some nodes. If it is a crowd's, it is a part of it. Rows that say
// which visitors are somebody are stored.
func (s Source) Group(tx *gorm.DB, starts ...Node) (*Group, error) {
	return s.locked(tx, s.limits.Nodes, starts...)
}

// Together returns the groups of some nodes as one, if they are small together. Otherwise the
// group is a part, which is not to be used.
func (s Source) Together(tx *gorm.DB, starts ...Node) (*Group, error) {
	return s.locked(tx, s.limits.Together, starts...)
}

// locked returns the group of some nodes, of up to limit nodes. Visitors who were nobody so far are locked
// before what they did is read: a page view that is being stored meanwhile is read, and
// each one after it marks its visitor.
func (s Source) locked(tx *gorm.DB, limit int, starts ...Node) (*Group, error) {
	for {
		g, err := s.load(tx, limit, starts...)
		if err != nil {
			return nil, err
		}
		if limit < s.limits.Nodes && g.IsPart() {
			return g, nil // it is to be computed in another way
		}
		all := slices.Sorted(slices.Values(g.nodes.of(KindVisitor)))
		if len(all) == 0 {
			return g, nil
		}
		var known []string
		err = tx.Table("journey_visitors").Where("site_id = ? AND visitor_id IN ?", s.siteID, all).Pluck("visitor_id", &known).Error
		if err != nil {
			return nil, fmt.Errorf("reading which visitors are somebody: %w", err)
		}
		var rows []KnownVisitor
		for _, id := range all {
			if !slices.Contains(known, id) {
				rows = append(rows, KnownVisitor{SiteID: s.siteID, VisitorID: id})
			}
		}
		if len(rows) == 0 {
			return g, nil
		}
		var locked []string
		err = database.Locked(tx).Table("visitors").Where("site_id = ? AND id IN ?", s.siteID, all).Order("id").Pluck("id", &locked).Error
		if err != nil {
			return nil, fmt.Errorf("locking visitors: %w", err)
		}
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(&rows, database.InsertBatch).Error; err != nil {
			return nil, fmt.Errorf("storing that visitors are somebody: %w", err)
		}
	}
}

// WithOthers returns the part of a crowd that calls and leads among some nodes start with it.
// A part takes as long as the largest group, and each of them would have one of its own.
func (g *Group) WithOthers(tx *gorm.DB, others []Node) (*Group, error) {
	var ids []string
	for _, n := range others {
		if n.Kind() == KindConversion && !g.nodes.has(n) {
			ids = append(ids, n.Ref())
		}
	}
	var calls []conversionRow
	if err := tx.Where("id IN ? AND site_id = ?", ids, g.from.siteID).Find(&calls).Error; err != nil {
		return nil, err
	}
	starts := g.starts.all()
	for _, c := range calls {
		_, sameVisitor := g.sessions[c.SessionID]
		if sameVisitor || slices.ContainsFunc(append(contactsOf(c.Phone, c.Email), browserNode(c.VisitorIDs[bizible])), g.nodes.has) {
			starts = append(starts, NodeOf(KindConversion, c.ID))
		}
	}
	if len(starts) == g.starts.size() {
		return g, nil
	}
	return g.from.locked(tx, g.limit, starts...)
}
