package touchpoints

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Opportunity is a deal in the CRM.
type Opportunity struct {
	ID        string
	AccountID string
	CreatedAt time.Time
	ClosedAt  time.Time // zero while it is open
	Won       bool
	Currency  string // ISO 4217, empty if not known
	Roles     []Role
	Stages    []StageEntry
}

// Role is the part that a person has in an opportunity.
type Role struct {
	Person  string `json:"person"`
	Primary bool   `json:"primary,omitempty"`
}

// StageEntry is the time at which an opportunity or its person entered a stage.
type StageEntry struct {
	Stage string    `json:"stage"`
	At    time.Time `json:"at"`
}

// Mapping is how the people of an opportunity are found.
type Mapping string

// The mappings.
const (
	ByAccount     Mapping = "account" // everybody at the account; the default
	ByRoles       Mapping = "contact_roles"
	ByPrimaryRole Mapping = "primary_contact_role"
)

// Member is a person with the account that they belong to, empty if none.
type Member struct {
	Person    string
	AccountID string
}

// People returns the people of an opportunity, each once, sorted.
func (m Mapping) People(o Opportunity, members []Member) []string {
	var people []string
	switch m {
	case ByRoles, ByPrimaryRole:
		for _, role := range o.Roles {
			if m == ByRoles || role.Primary {
				people = append(people, role.Person)
			}
		}
	default:
		for _, member := range members {
			if o.AccountID != "" && member.AccountID == o.AccountID {
				people = append(people, member.Person)
			}
		}
	}
	slices.Sort(people)
	return slices.Compact(people)
}

// Participant is a person of an opportunity with their touchpoints.
type Participant struct {
	Person  Person
	Touches []Touchpoint
	// Order is by what people who share a session are ordered. Empty means the person's id.
	Order string
}

// maxEntries is how many entries of one stage have positions of their own.
const maxEntries = 10

// JourneyOf returns the journey of an opportunity: the positions of the contacts
// of all its people up to its close. A session that several people share is there
// once. Every entry of the stages named boomerang has a position, numbered as
// "MQL-01"; of other stages the last entry has. Stages that have the name of
// another position are left out.
func (o Opportunity) JourneyOf(people []Participant, boomerang ...string) Journey {
	if len(people) == 0 {
		return Journey{Empty: NoPeople, Open: o.open()}
	}
	touches, lead := o.touches(people)
	if len(touches) == 0 {
		return Journey{Empty: whyEmpty(people), Open: o.open()}
	}
	d := newDraft(touches)
	d.markLead(slices.IndexFunc(d.steps, func(s Step) bool { return s.Touchpoint.ID == lead }))
	d.mark(d.lastBefore(o.CreatedAt), OpportunityCreated)
	for _, entry := range namedEntries(o.Stages, boomerang) {
		d.markStage(d.lastBefore(entry.At), entry.Stage, entry.name)
	}
	if o.open() {
		d.mark(len(d.steps)-1, Pending)
		j := d.journey(FirstTouch, LeadCreation, OpportunityCreated)
		j.Open = true
		return j
	}
	d.mark(len(d.steps)-1, Closed)
	return d.journey(FirstTouch, LeadCreation, OpportunityCreated, Closed)
}

func (o Opportunity) open() bool { return o.ClosedAt.IsZero() }

func whyEmpty(people []Participant) EmptyReason {
	if slices.ContainsFunc(people, func(p Participant) bool { return len(p.Touches) > 0 }) {
		return AllAfterClose
	}
	return NoTouchpoints
}

// touches returns the contacts up to the close, and the id of the one that created
// the first lead among the people, empty if none did.
func (o Opportunity) touches(people []Participant) ([]Touchpoint, string) {
	var all, leads []Touchpoint
	order := map[string]string{}
	for _, p := range people {
		order[p.Person.ID] = cmp.Or(p.Order, p.Person.ID)
		var own []Touchpoint
		for _, t := range p.Touches {
			if o.open() || !t.At.After(o.ClosedAt) {
				own = append(own, t)
			}
		}
		d := newDraft(own)
		if i := d.leadCreation(p.Person.CreatedAt); i >= 0 {
			leads = append(leads, d.steps[i].Touchpoint)
		}
		all = append(all, own...)
	}
	if len(leads) == 0 {
		return once(all, order), ""
	}
	return once(all, order), slices.MinFunc(leads, Compare).ID
}

// once returns the touchpoints without those that another has the id of: of the
// people who share a session, the first one by the order counts with a form or call there.
func once(touches []Touchpoint, order map[string]string) []Touchpoint {
	visit := func(t Touchpoint) int {
		if t.Creditable() {
			return 0
		}
		return 1
	}
	ordered := slices.Clone(touches)
	slices.SortFunc(ordered, func(a, b Touchpoint) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), visit(a)-visit(b), cmp.Compare(order[a.Person], order[b.Person]))
	})
	return slices.CompactFunc(ordered, func(a, b Touchpoint) bool { return a.ID == b.ID })
}

// namedEntry is an entry of a stage with its position.
type namedEntry struct {
	StageEntry
	name Position
}

// namedEntries returns the entries that have a position, in order.
func namedEntries(entries []StageEntry, boomerang []string) []namedEntry {
	entries = slices.Clone(entries)
	slices.SortFunc(entries, func(a, b StageEntry) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Stage, b.Stage)) })
	total, seen := map[string]int{}, map[string]int{}
	for _, entry := range entries {
		total[entry.Stage]++
	}
	var named []namedEntry
	for _, entry := range entries {
		seen[entry.Stage]++
		n, last := seen[entry.Stage], total[entry.Stage]
		switch {
		case !IsStageName(entry.Stage):
		case !slices.Contains(boomerang, entry.Stage):
			if n == last {
				named = append(named, namedEntry{entry, Position(entry.Stage)})
			}
		case n > last-maxEntries:
			named = append(named, namedEntry{entry, entryName(entry.Stage, n, last)})
		}
	}
	return named
}

// entryName returns the position of the nth entry of a stage.
func entryName(stage string, n, last int) Position {
	name := fmt.Sprintf("%s-%02d", stage, n)
	if n == last && last > 1 {
		name += " (Last)"
	}
	return Position(name)
}
