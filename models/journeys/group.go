package journeys

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/identity"
)

// sessionRow is what is needed of a session.
type sessionRow struct {
	ID             string
	SiteID         string
	VisitorID      string
	StartedAt      time.Time
	LastActivityAt time.Time
	Traffic        conversion.Traffic `gorm:"serializer:json"`
	Carried        bool
	VisitorIDs     map[string]string `gorm:"serializer:json"`
}

// TableName returns the name of the table.
func (sessionRow) TableName() string { return "sessions" }

// conversionRow is what is needed of a call or lead.
type conversionRow struct {
	ID         string
	SiteID     string
	Kind       conversion.Kind
	At         time.Time
	Person     string
	Phone      string
	Email      string
	SessionID  string
	VisitorIDs map[string]string `gorm:"serializer:json"`
	PageURL    string

	phoneKey, emailKey string // of package identity, set by withKeys
}

// TableName returns the name of the table.
func (conversionRow) TableName() string { return "conversions" }

// withKeys returns the row with its keys: to make them takes longer than to read the row.
func (c conversionRow) withKeys() conversionRow {
	c.phoneKey, c.emailKey = identity.PhoneKey(c.Phone), identity.EmailKey(c.Email)
	return c
}

// contact returns the key of the number or else the address of a call or lead, empty if neither
// identifies anybody.
func (c conversionRow) contact() string {
	return cmp.Or(c.phoneKey, c.emailKey)
}

// personRow is what is needed of a person of the CRM.
type personRow struct {
	ID         string
	SiteID     string
	ExternalID string
	Account    string
	Email      string
	Phone      string
	SameAs     string
	AddedAt    *time.Time
}

// TableName returns the name of the table.
func (personRow) TableName() string { return "crm_people" }

// keyRow is one thing that a visitor is known by.
type keyRow struct {
	Key      string
	PersonID string
}

// browserRow is a BizibleId of a visitor or conversion.
type browserRow struct {
	SiteID    string `gorm:"primaryKey"`
	BizibleID string `gorm:"primaryKey"`
	Ref       string `gorm:"primaryKey"` // a node
}

// TableName returns the name of the table.
func (browserRow) TableName() string { return "journey_browsers" }

// group is everything that is found from one mark: the facts of one person, or of several
// who share something. From each of its nodes the same group is found, unless
// it is a part of a crowd.
type group struct {
	source

	limit       int // of nodes
	starts      nodes
	nodes       nodes // all of them are loaded
	waiting     []waiting
	part        extent
	sessions    map[string]sessionRow
	conversions map[string]conversionRow
	people      map[string]personRow // by the owner's id
	tasks       map[string]Task
	keys        map[string]string   // of package identity, with the person of each
	browsers    map[string][]string // the BizibleIds of visitors, without those that a crowd shares
	crowded     map[string]bool     // phone numbers and addresses that a crowd shares
	index       *index              // nil until facts are asked for
}

// source is the site whose facts are loaded, and how many of them together.
type source struct {
	siteID string
	crm    crmRead
	limits Limits
}

// crmRead reports what has been read of a site's CRM. What is read while a group is computed
// has marks of its own.
type crmRead struct{ People, Tasks bool }

// sourceOf returns a site as the source of groups. Most sites have no CRM, and their groups
// need not ask for what is in it. It asks for the first of each, which is read by an index: asked
// whether there is one, PostgreSQL would read all rows of other sites to find out that there is
// none, as an average site has many.
func sourceOf(tx *gorm.DB, siteID string, limits Limits) (source, error) {
	of := source{siteID: siteID, limits: limits}
	err := tx.Raw(`SELECT (SELECT MIN(external_id) FROM crm_people WHERE site_id = @site) IS NOT NULL AS people,
		(SELECT MIN(external_id) FROM crm_tasks WHERE site_id = @site) IS NOT NULL AS tasks`, map[string]any{"site": siteID}).Scan(&of.crm).Error
	if err != nil {
		err = fmt.Errorf("reading what there is of the CRM: %w", err)
	}
	return of, err
}

// group returns the group of a node, or those of several nodes as one, of up to limit nodes.
func (s source) group(tx *gorm.DB, limit int, starts ...node) (*group, error) {
	g := &group{
		source: s, limit: limit, starts: newNodes(), nodes: newNodes(),
		sessions: map[string]sessionRow{}, conversions: map[string]conversionRow{},
		people: map[string]personRow{}, tasks: map[string]Task{}, keys: map[string]string{}, browsers: map[string][]string{},
		crowded: map[string]bool{}, part: extent{visitors: map[string]bool{}},
	}
	return g, g.load(tx, starts...)
}

// load adds nodes to those that the group starts with, and all that is found from them.
func (g *group) load(tx *gorm.DB, starts ...node) error {
	g.starts.add(starts...)
	for todo := g.nodes.add(starts...); len(todo) > 0; {
		found, err := g.expand(tx, todo)
		if err != nil {
			return err
		}
		todo = g.admit(found)
		todo = append(todo, g.admitWaiting(len(todo) == 0)...)
		if g.limit < g.limits.Nodes && (g.part.crowd || g.isPart()) {
			g.part.left = true
			return nil // it is to be computed in another way
		}
	}
	g.forgetKnown()
	g.part.left = g.part.left || len(g.waiting) > 0
	return nil
}

// expand loads what nodes stand for and returns the nodes that are found by them.
func (g *group) expand(tx *gorm.DB, todo []node) ([]node, error) {
	steps := []struct {
		kind MarkKind
		of   func(*gorm.DB, []string) ([]node, error)
	}{
		{MarkVisitor, g.ofVisitors}, {MarkContact, g.ofContacts}, {MarkBrowser, g.ofBrowsers},
		{MarkPerson, g.ofPeople}, {MarkTask, g.ofTasks}, {MarkConversion, g.ofConversions},
	}
	var all []node
	for _, step := range steps {
		var refs []string
		for _, n := range todo {
			if n.kind() == step.kind {
				refs = append(refs, n.ref())
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

// holders returns what the rows of the group are computed with.
func (g *group) holders() []string {
	var all []string
	for _, visitor := range g.nodes.of(MarkVisitor) {
		all = append(all, visitorHolder(visitor))
	}
	for _, kind := range []MarkKind{MarkConversion, MarkTask} {
		for _, id := range g.nodes.of(kind) {
			all = append(all, callHolder(id))
		}
	}
	slices.Sort(all)
	return all
}

func visitorHolder(visitor string) string { return string(nodeOf(MarkVisitor, visitor)) }
func callHolder(id string) string         { return "call/" + id }
