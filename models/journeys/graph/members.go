package graph

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"
)

// Has reports whether a node is in the group.
func (g *Group) Has(n Node) bool { return g.nodes.has(n) }

// Size returns how many nodes the group has.
func (g *Group) Size() int { return g.nodes.size() }

// Refs returns the refs of the nodes of a kind.
func (g *Group) Refs(kind Kind) []string { return g.nodes.of(kind) }

// StartsWith reports whether the group was found from a node.
func (g *Group) StartsWith(n Node) bool { return g.starts.has(n) }

// IsBroken reports whether something is left out without which other things mean something else:
// only of what the group starts with all is known.
func (g *Group) IsBroken() bool { return g.part.broken }

// Whole returns the nodes of which the group has all that their facts mean.
func (g *Group) Whole() []Node {
	if g.part.broken {
		return g.starts.all()
	}
	return g.nodes.all()
}

// HasSession reports whether a session is in the group.
func (g *Group) HasSession(id string) bool {
	_, is := g.sessions[id]
	return is
}

// LacksSessionsOf reports whether some of the sessions of a visitor are left out.
func (g *Group) LacksSessionsOf(visitor string) bool { return g.part.visitors[visitor] }

// LacksSessions reports whether some of the sessions of any visitor are left out.
func (g *Group) LacksSessions() bool { return len(g.part.visitors) > 0 }

// VisitorOf returns the visitor of a session that is in the group.
func (g *Group) VisitorOf(session string) string { return g.sessions[session].VisitorID }

// Names returns the ids of those who are in the group: people of the CRM, and those who are known by a
// key.
func (g *Group) Names() map[string]bool {
	names := map[string]bool{}
	for _, p := range g.people {
		names[p.ID] = true
	}
	for _, person := range g.keys {
		names[person] = true
	}
	return names
}

// Person is a person of the CRM. Those who became the person are the same.
type Person struct {
	ID         string
	ExternalID string
	AddedAt    time.Time // the earliest time at which the CRM got to have one of them, zero if none is known
}

// People returns the people of the CRM in the group, each once, by their ids in the CRM.
func (g *Group) People() []Person {
	return g.peopleOf(slices.DeleteFunc(slices.Collect(maps.Keys(g.people)), func(externalID string) bool {
		p, _ := g.current(externalID)
		return p.ExternalID != externalID
	}))
}

// peopleOf returns the people whom some have become, who are known by their ids in the CRM.
func (g *Group) peopleOf(externalIDs []string) []Person {
	known := map[string]Person{}
	for _, externalID := range externalIDs {
		if p, is := g.current(externalID); is {
			known[p.ExternalID] = Person{ID: p.ID, ExternalID: p.ExternalID, AddedAt: g.addedAt(p.ID)}
		}
	}
	return slices.SortedFunc(maps.Values(known), func(a, b Person) int { return cmp.Compare(a.ExternalID, b.ExternalID) })
}

// PeopleNamed returns the people of the CRM whom some have become, by their ids in the CRM. Those
// whom the CRM does not have are left out.
func PeopleNamed(tx *gorm.DB, siteID string, externalIDs []string) ([]Person, error) {
	g := &Group{people: map[string]personRow{}}
	for todo, n := externalIDs, 0; len(todo) > 0 && n < maxConverted; n++ {
		var found []personRow
		err := tx.Where("site_id = ? AND (external_id IN ? OR same_as <> '' AND same_as IN ?)", siteID, todo, todo).Find(&found).Error
		if err != nil {
			return nil, fmt.Errorf("reading people: %w", err)
		}
		todo = nil
		for _, person := range found {
			if _, known := g.people[person.ExternalID]; !known {
				g.people[person.ExternalID] = person
				todo = append(todo, person.ExternalID)
			}
			if _, known := g.people[person.SameAs]; person.SameAs != "" && !known {
				todo = append(todo, person.SameAs)
			}
		}
	}
	return g.peopleOf(externalIDs), nil
}
