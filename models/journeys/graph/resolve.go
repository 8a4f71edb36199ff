package graph

import (
	"cmp"
	"slices"
	"time"

	"ringback/identity"
)

// maxConverted is how often a lead may have become another person.
const maxConverted = 10

// current returns the person of the CRM whom somebody has become, who may be the same.
func (g *Group) current(externalID string) (personRow, bool) {
	p, known := g.people[externalID]
	for range maxConverted {
		next, converted := g.people[p.SameAs]
		if !known || p.SameAs == "" || !converted {
			break
		}
		p = next
	}
	return p, known
}

// byContact returns the person of the CRM with a phone number or an e-mail address, empty
// if there is none. Of several it is one with an e-mail address, then the one whom the CRM
// has had longest.
func (g *Group) byContact(key string) string {
	if key == "" || g.crowded[identity.ContactOf(key)] {
		return ""
	}
	return g.lookUp().withContact[key].ID
}

// preferred orders people of the CRM who have the same phone number or address.
func preferred(a, b personRow) int {
	lacks := func(missing bool) int {
		if missing {
			return 1
		}
		return 0
	}
	order := cmp.Or(lacks(a.Email == "")-lacks(b.Email == ""), lacks(a.AddedAt == nil)-lacks(b.AddedAt == nil))
	if order == 0 && a.AddedAt != nil {
		order = a.AddedAt.Compare(*b.AddedAt)
	}
	return cmp.Or(order, cmp.Compare(a.ExternalID, b.ExternalID))
}

// personOf returns the person who made a call or sent a form: the one whom the CRM has
// with the e-mail address or the phone number, else with anything else that this person
// is known by, else somebody whom the CRM does not have. It is empty if nothing names the
// person, or if several people of the CRM share the browser.
func (g *Group) personOf(c conversionRow) string {
	email, phone := c.emailKey, c.phoneKey
	if person := cmp.Or(g.byContact(email), g.byContact(phone)); person != "" || email == "" && phone == "" {
		return person
	}
	keys := identity.Keys(email, phone)
	if _, known := g.sessions[c.SessionID]; known {
		keys = append(keys, identity.VisitorKey(g.sessions[c.SessionID].VisitorID))
	}
	person, several := g.personOfKeys(keys)
	if several {
		return ""
	}
	return cmp.Or(person, g.firstFrom(c))
}

// personOfKeys returns the person who is known by one of these keys, empty if nobody is.
// It reports whether several people of the CRM are.
func (g *Group) personOfKeys(keys []string) (person string, several bool) {
	var identities, inCRM []string
	for _, key := range keys {
		if id := g.keys[key]; id != "" {
			identities = append(identities, id)
		}
	}
	slices.Sort(identities)
	for _, id := range slices.Compact(identities) {
		for _, key := range g.lookUp().keysOf[id] {
			if found := g.byContact(key); found != "" {
				inCRM = append(inCRM, found)
			}
		}
	}
	slices.Sort(inCRM)
	inCRM = slices.Compact(inCRM)
	switch {
	case len(inCRM) > 0:
		return inCRM[0], len(inCRM) > 1
	case len(identities) > 0:
		return slices.Min(identities), false
	default:
		return "", false
	}
}

// firstFrom returns the id of the first call or lead from the same number or address,
// which stands for a person of whom nothing else is known. With something else in place of a
// number, such as a repeated digit, others are not found by the address: only those of one
// browser are one person's.
func (g *Group) firstFrom(c conversionRow) string {
	contact := c.contact()
	if identity.ContactOf(contact) == c.Person {
		return g.lookUp().firstFrom[c.Person].ID
	}
	if x, known := g.sessions[c.SessionID]; known {
		return g.lookUp().firstIn[g.browserOf(x)+" "+contact].ID
	}
	return c.ID
}

// browserOf returns the BizibleId of a session: that which was seen during it, else
// another one of its visitor. Where Marketo Measure's script is not on the pages, what
// stands for it is the visitor.
func (g *Group) browserOf(x sessionRow) string {
	if n := browserNode(x.VisitorIDs[bizible]); n != "" && slices.Contains(g.browsers[x.VisitorID], n.Ref()) {
		return n.Ref()
	}
	if ids := g.browsers[x.VisitorID]; len(ids) > 0 {
		return ids[len(ids)-1]
	}
	return string(NodeOf(KindVisitor, x.VisitorID))
}

// owners returns the people to whom browsers belong because of what they are known by: all
// browsers of the people of the CRM, and of calls and forms that name nobody.
func (g *Group) owners() map[string][]string {
	people, known := map[string]string{}, map[string][]string{}
	for _, visitor := range g.nodes.of(KindVisitor) {
		if person, several := g.personOfKeys([]string{identity.VisitorKey(visitor)}); !several {
			people[visitor] = person
		}
	}
	for _, x := range g.sessions {
		if person := people[x.VisitorID]; person != "" {
			known[person] = append(known[person], g.browserOf(x))
		}
	}
	return known
}

// addedAt returns when the CRM got to have a person: the earliest time of those who became
// this person. It is zero if it is not known.
func (g *Group) addedAt(personID string) time.Time {
	return g.lookUp().addedAt[personID]
}
