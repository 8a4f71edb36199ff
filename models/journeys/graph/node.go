package graph

import (
	"maps"
	"slices"
	"strings"

	"ringback/identity"
	"ringback/touchpoints"
)

// Kind is the kind of a node.
type Kind string

// The kinds, with what the ref of a node is.
const (
	KindConversion Kind = "conversion" // the id of a call or lead
	KindVisitor    Kind = "visitor"    // the id of a visitor
	KindContact    Kind = "contact"    // a key of package identity: a phone number or an e-mail address
	KindBrowser    Kind = "browser"    // a BizibleId
	KindPerson     Kind = "person"     // the owner's id of a person of the CRM
	KindTask       Kind = "task"       // the id of a Task
)

// Node is one thing by which facts of one person are found: its kind, a slash, and its ref.
type Node string

// NodeOf returns a node.
func NodeOf(kind Kind, ref string) Node { return Node(string(kind) + "/" + ref) }

// Kind returns the kind of the node.
func (n Node) Kind() Kind {
	kind, _, _ := strings.Cut(string(n), "/")
	return Kind(kind)
}

// Ref returns the node without its kind.
func (n Node) Ref() string {
	_, ref, _ := strings.Cut(string(n), "/")
	return ref
}

// Finds reports whether facts are found by the node: its kind is one of the kinds above.
func (n Node) Finds() bool {
	return slices.Contains([]Kind{KindConversion, KindVisitor, KindContact, KindBrowser, KindPerson, KindTask}, n.Kind())
}

// contactNode returns the node of a contact, empty if it identifies nobody. The key is
// that of package identity.
func contactNode(key string) Node {
	if key == "" {
		return ""
	}
	return NodeOf(KindContact, key)
}

// nodeOfKey returns the node of a key of package identity.
func nodeOfKey(key string) Node {
	if visitor, is := identity.VisitorOf(key); is {
		return NodeOf(KindVisitor, visitor)
	}
	return contactNode(key)
}

// browserNode returns the node of a BizibleId, empty if it identifies no browser.
func browserNode(id string) Node {
	if id = touchpoints.Browser(id); id == "" {
		return ""
	}
	return NodeOf(KindBrowser, id)
}

// contactsOf returns the nodes of a phone number and an e-mail address.
func contactsOf(phone, email string) []Node {
	return []Node{contactNode(identity.PhoneKey(phone)), contactNode(identity.EmailKey(email))}
}

// nodes are a set of nodes, in the order in which they were added.
type nodes struct {
	refs  map[Kind][]string // by their kinds
	known map[Node]bool
}

func newNodes() nodes { return nodes{refs: map[Kind][]string{}, known: map[Node]bool{}} }

// add adds nodes that are not there yet and returns these.
func (s nodes) add(found ...Node) []Node {
	var added []Node
	for _, n := range found {
		if n == "" || n.Ref() == "" || s.known[n] {
			continue
		}
		s.known[n] = true
		s.refs[n.Kind()] = append(s.refs[n.Kind()], n.Ref())
		added = append(added, n)
	}
	return added
}

func (s nodes) has(n Node) bool { return s.known[n] }

// of returns the refs of the nodes of a kind.
func (s nodes) of(kind Kind) []string { return s.refs[kind] }

// all returns all nodes, sorted.
func (s nodes) all() []Node { return slices.Sorted(maps.Keys(s.known)) }

// size is the number of nodes.
func (s nodes) size() int { return len(s.known) }
