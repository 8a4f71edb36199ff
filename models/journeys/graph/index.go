package graph

import (
	"cmp"
	"time"

	"ringback/identity"
)

// index is what is looked up among the facts of a group for each call, visit and person.
type index struct {
	tasksOf     map[string][]taskRow     // by the call
	keysOf      map[string][]string      // of package identity, by the person
	withContact map[string]personRow     // people of the CRM by the key of a number or address: the preferred one
	addedAt     map[string]time.Time     // the earliest time of those who became a person of the CRM
	firstFrom   map[string]conversionRow // the first call or lead by Person
	firstIn     map[string]conversionRow // by the browser of its visit and the contact
}

// lookUp returns the index of a group, of which all is loaded.
func (g *Group) lookUp() *index {
	if g.index != nil {
		return g.index
	}
	g.index = &index{
		tasksOf: map[string][]taskRow{}, keysOf: map[string][]string{}, withContact: map[string]personRow{}, addedAt: map[string]time.Time{},
		firstFrom: map[string]conversionRow{}, firstIn: map[string]conversionRow{},
	}
	for _, t := range g.tasks {
		g.index.tasksOf[t.ConversionID] = append(g.index.tasksOf[t.ConversionID], t)
	}
	for key, id := range g.keys {
		g.index.keysOf[id] = append(g.index.keysOf[id], key)
	}
	for externalID, p := range g.people {
		current, _ := g.current(externalID)
		g.index.add(p, current)
	}
	for _, c := range g.conversions {
		addFirst(g.index.firstFrom, c.Person, c)
		if x, known := g.sessions[c.SessionID]; known {
			addFirst(g.index.firstIn, g.browserOf(x)+" "+c.contact(), c)
		}
	}
	return g.index
}

// add adds a person of the CRM, who has become another or is the same.
func (x *index) add(p, current personRow) {
	for _, key := range identity.Keys(identity.PhoneKey(p.Phone), identity.EmailKey(p.Email)) {
		if other, known := x.withContact[key]; !known || preferred(current, other) < 0 {
			x.withContact[key] = current
		}
	}
	if p.AddedAt == nil {
		return
	}
	if first, known := x.addedAt[current.ID]; !known || p.AddedAt.Before(first) {
		x.addedAt[current.ID] = *p.AddedAt
	}
}

func addFirst(all map[string]conversionRow, key string, c conversionRow) {
	if first, known := all[key]; !known || cmp.Or(c.At.Compare(first.At), cmp.Compare(c.ID, first.ID)) < 0 {
		all[key] = c
	}
}
