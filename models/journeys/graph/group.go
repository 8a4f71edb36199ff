package graph

import (
	"fmt"
	"slices"

	"gorm.io/gorm"
)

// Group is everything that is found from one mark: the facts of one person, or of several
// who share something. From each of its nodes the same group is found, unless
// it is a part of a crowd.
type Group struct {
	from        Source
	limit       int // of nodes
	starts      nodes
	nodes       nodes // all of them are loaded
	waiting     []waiting
	part        extent
	sessions    map[string]sessionRow
	conversions map[string]conversionRow
	people      map[string]personRow // by the owner's id
	tasks       map[string]taskRow
	keys        map[string]string   // of package identity, with the person of each
	browsers    map[string][]string // the BizibleIds of visitors, without those that a crowd shares
	crowded     map[string]bool     // phone numbers and addresses that a crowd shares
	index       *index              // nil until facts are asked for
}

// load returns the group of a node, or those of several nodes as one, of up to limit nodes.
func (s Source) load(tx *gorm.DB, limit int, starts ...Node) (*Group, error) {
	g := &Group{
		from: s, limit: limit, starts: newNodes(), nodes: newNodes(),
		sessions: map[string]sessionRow{}, conversions: map[string]conversionRow{},
		people: map[string]personRow{}, tasks: map[string]taskRow{}, keys: map[string]string{}, browsers: map[string][]string{},
		crowded: map[string]bool{}, part: extent{visitors: map[string]bool{}},
	}
	return g, g.add(tx, starts...)
}

// add adds nodes to those that the group starts with, and all that is found from them.
func (g *Group) add(tx *gorm.DB, starts ...Node) error {
	g.starts.add(starts...)
	for todo := g.nodes.add(starts...); len(todo) > 0; {
		found, err := g.expand(tx, todo)
		if err != nil {
			return err
		}
		todo = g.admit(found)
		todo = append(todo, g.admitWaiting(len(todo) == 0)...)
		if g.limit < g.from.limits.Nodes && (g.part.crowd || g.IsPart()) {
			g.part.left = true
			return nil // it is to be computed in another way
		}
	}
	g.forgetKnown()
	g.part.left = g.part.left || len(g.waiting) > 0
	return nil
}

// expand loads what nodes stand for and returns the nodes that are found by them.
func (g *Group) expand(tx *gorm.DB, todo []Node) ([]Node, error) {
	steps := []struct {
		kind Kind
		of   func(*gorm.DB, []string) ([]Node, error)
	}{
		{KindVisitor, g.ofVisitors}, {KindContact, g.ofContacts}, {KindBrowser, g.ofBrowsers},
		{KindPerson, g.ofPeople}, {KindTask, g.ofTasks}, {KindConversion, g.ofConversions},
	}
	var all []Node
	for _, step := range steps {
		var refs []string
		for _, n := range todo {
			if n.Kind() == step.kind {
				refs = append(refs, n.Ref())
			}
		}
		if len(refs) == 0 {
			continue
		}
		slices.Sort(refs)
		found, err := step.of(tx, refs)
		if err != nil {
			return nil, fmt.Errorf("finding what belongs to a %s: %w", step.kind, err)
		}
		all = append(all, found...)
	}
	return all, nil
}
