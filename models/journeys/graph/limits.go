package graph

import (
	"cmp"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/internal/instant"
	"ringback/models/database"
)

// Limits are how much is computed together. Only what a crowd shares leads to more: the number
// that a telephone system shows for everybody, the browser in which clerks enter orders, a
// contact of the CRM that stands for all who are not known.
//
// A part of a crowd is computed together: what is marked, and what happened first of all
// else, because the first touch of a journey and what created the lead are there. What is
// left out keeps the rows that are stored of it, which were computed when it was marked. So
// nothing is lost, and one more call costs the same however many there were.
type Limits struct {
	Nodes    int
	Sessions int
	Read     int // rows that are read where no index has them in order; of these the first count
	Together int // nodes of several groups that are computed as one, less than Nodes

	RoomOfStart int // for the marks that are computed together, and what belongs to them
	LeastRoom   int // for what is waiting
}

// UsualLimits let a part of a crowd be computed within seconds. Together is enough for as many
// leads as there are marks in a transaction: these have two to five nodes each.
var UsualLimits = Limits{Nodes: 2_000, Sessions: 2_000, Read: 5_000, Together: 200, RoomOfStart: 300, LeastRoom: 50}

// latest is how many sessions of a visitor with too many are loaded beside the first ones.
const latest = 5

// roomOfEach is of how much room one of what is waiting gets a part, because each thing brings
// others: a call its number, its visit, its browser. The same part of a crowd is loaded whatever
// it starts with, for which there is room of its own.
const roomOfEach = 4

// extent is what is left out of a group that is a part of a crowd.
type extent struct {
	crowd    bool            // more is waiting than there was room for
	start    int             // how many nodes there were then without what is waiting
	left     bool            // some of what happened later
	broken   bool            // something without which other things mean something else: only what starts the group is stored
	visitors map[string]bool // some of the sessions of these
}

// IsPart reports whether something is left out.
func (g *Group) IsPart() bool { return g.part.left || g.part.broken || len(g.part.visitors) > 0 }

// waiting is a node that is found by something that a crowd may share. The group means the
// same without it, but for what it is itself.
type waiting struct {
	node Node
	at   time.Time
}

// dated is what is read of something that waits.
type dated struct {
	ID string
	At *time.Time // nil if not known
}

// time returns the time of a row. One that is not known is after all others.
func (d dated) time() time.Time {
	if d.At == nil {
		return instant.Last
	}
	return *d.At
}

// wait adds things of a kind that are not in the group to those that wait.
func (g *Group) wait(kind Kind, rows []dated) {
	for _, row := range rows {
		w := waiting{node: NodeOf(kind, row.ID), at: row.time()}
		if !g.nodes.has(w.node) {
			g.waiting = append(g.waiting, w)
		}
	}
}

// admit adds nodes without which those that they are found by mean something else.
func (g *Group) admit(found []Node) (added []Node) {
	for _, n := range found {
		if n == "" || g.nodes.has(n) {
			continue
		}
		if g.nodes.size() >= g.limit {
			g.part.broken = true
			break
		}
		added = append(added, g.nodes.add(n)...)
	}
	return added
}

// admitWaiting adds what has waited, the oldest first. If it is more than there is room for,
// it is a crowd, of which nothing is added before everything else is loaded: idle is true.
func (g *Group) admitWaiting(idle bool) (added []Node) {
	g.forgetKnown()
	left := g.limit - g.nodes.size()
	room := left / roomOfEach
	if g.limit < g.from.limits.Nodes { // if it does not fit, it is computed in another way
		room = left
	}
	if g.part.crowd = g.part.crowd || len(g.waiting) > room; g.part.crowd {
		if !idle {
			return nil
		}
		if g.part.start == 0 {
			g.part.start = g.nodes.size()
		}
		left = min(left, g.limit-g.from.limits.RoomOfStart-(g.nodes.size()-g.part.start))
		if room = left / roomOfEach; room < g.from.limits.LeastRoom {
			return nil
		}
	}
	slices.SortFunc(g.waiting, func(a, b waiting) int { return cmp.Or(a.at.Compare(b.at), cmp.Compare(a.node, b.node)) })
	g.waiting = slices.CompactFunc(g.waiting, func(a, b waiting) bool { return a.node == b.node })
	n := min(room, len(g.waiting))
	for _, w := range g.waiting[:n] {
		added = append(added, g.nodes.add(w.node)...)
	}
	g.waiting = g.waiting[n:]
	return added
}

// forgetKnown removes what is in the group by now from what waits.
func (g *Group) forgetKnown() {
	g.waiting = slices.DeleteFunc(g.waiting, func(w waiting) bool { return g.nodes.has(w.node) })
}

// sharesAtOnce is of how many things that are shared one statement reads what was first.
const sharesAtOnce = 20

// waitFor adds what a query finds by some values to what waits. If it finds more than the
// limit, of each value the first ones are read, by the order of an index.
func (g *Group) waitFor(tx *gorm.DB, kind Kind, values []string, all database.Query, first func(value string, limit int) []database.Query) error {
	var rows []dated
	if err := all.And("LIMIT ?", g.limit+1).Scan(tx, &rows); err != nil {
		return err
	}
	if len(rows) <= g.limit {
		g.wait(kind, rows)
		return nil
	}
	return g.waitForFirst(tx, kind, values, first)
}

// waitForFirst adds what comes first of each of some values to what waits, and leaves out
// the others.
func (g *Group) waitForFirst(tx *gorm.DB, kind Kind, values []string, first func(value string, limit int) []database.Query) error {
	g.part.left = true
	for some := range slices.Chunk(values, sharesAtOnce) {
		var queries []database.Query
		for _, value := range some {
			for _, query := range first(value, max(1, g.limit/len(values))) {
				queries = append(queries, database.Q("SELECT id, at FROM (").And(query.Text+") AS first", query.Values...))
			}
		}
		var rows []dated
		if err := database.Joined("UNION ALL", queries...).Scan(tx, &rows); err != nil {
			return err
		}
		g.wait(kind, rows)
	}
	return nil
}

// waitForSome adds the first ones of what a query finds to what waits. Of the columns that
// the query compares no index is in the order of time: if there are more than may be read, it
// depends on the database among which the first ones are looked for.
func (g *Group) waitForSome(tx *gorm.DB, kind Kind, all database.Query) error {
	var rows []dated
	if err := all.And("LIMIT ?", g.from.limits.Read).Scan(tx, &rows); err != nil {
		return err
	}
	if len(rows) > g.limit {
		slices.SortFunc(rows, func(a, b dated) int { return cmp.Or(a.time().Compare(b.time()), cmp.Compare(a.ID, b.ID)) })
		g.part.left, rows = true, rows[:g.limit]
	}
	g.wait(kind, rows)
	return nil
}
