package journeys

import (
	"maps"
	"slices"
	"strings"

	"ringback/identity"
	"ringback/touchpoints"
)

// node is one thing by which facts of one person are found: the kind of a mark, a slash,
// and its Ref. Visitors and contacts are nodes too, so a key of package identity is one.
type node string

func nodeOf(kind MarkKind, ref string) node { return node(string(kind) + "/" + ref) }

func (n node) kind() MarkKind {
	kind, _, _ := strings.Cut(string(n), "/")
	return MarkKind(kind)
}

func (n node) ref() string {
	_, ref, _ := strings.Cut(string(n), "/")
	return ref
}

// isFound reports whether facts are found by the node.
func (n node) isFound() bool {
	return slices.Contains([]MarkKind{MarkConversion, MarkVisitor, MarkContact, MarkBrowser, MarkPerson, MarkTask}, n.kind())
}

// contactNode returns the node of a contact, empty if it identifies nobody. The key is
// that of package identity.
func contactNode(key string) node {
	if key == "" {
		return ""
	}
	return nodeOf(MarkContact, key)
}

// nodeOfKey returns the node of a key of package identity.
func nodeOfKey(key string) node {
	if visitor, is := identity.VisitorOf(key); is {
		return nodeOf(MarkVisitor, visitor)
	}
	return contactNode(key)
}

// browserNode returns the node of a BizibleId, empty if it identifies no browser.
func browserNode(id string) node {
	if id = touchpoints.Browser(id); id == "" {
		return ""
	}
	return nodeOf(MarkBrowser, id)
}

// contactsOf returns the nodes of a phone number and an e-mail address.
func contactsOf(phone, email string) []node {
	return []node{contactNode(identity.PhoneKey(phone)), contactNode(identity.EmailKey(email))}
}

// nodes are a set of nodes, in the order in which they were added.
type nodes struct {
	refs  map[MarkKind][]string // by their kinds
	known map[node]bool
}

func newNodes() nodes { return nodes{refs: map[MarkKind][]string{}, known: map[node]bool{}} }

// add adds nodes that are not there yet and returns these.
func (s nodes) add(found ...node) []node {
	var added []node
	for _, n := range found {
		if n == "" || n.ref() == "" || s.known[n] {
			continue
		}
		s.known[n] = true
		s.refs[n.kind()] = append(s.refs[n.kind()], n.ref())
		added = append(added, n)
	}
	return added
}

func (s nodes) has(n node) bool { return s.known[n] }

// of returns the refs of the nodes of a kind.
func (s nodes) of(kind MarkKind) []string { return s.refs[kind] }

// all returns all nodes, sorted.
func (s nodes) all() []node { return slices.Sorted(maps.Keys(s.known)) }

// size is the number of nodes.
func (s nodes) size() int { return len(s.known) }
