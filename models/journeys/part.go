package journeys

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/internal/instant"
	"ringback/models/database"
	"ringback/models/journeys/graph"
	"ringback/touchpoints"
)

// part is a group that is a part of a crowd: what is stored of the others stays.
type part struct{ *graph.Group }

// stored returns the touchpoints that are stored of what a group holds. If a visitor has too
// many sessions, they are those of what is loaded.
func (p plan) stored(tx *gorm.DB, g *graph.Group, wanted []Touchpoint) (all []Touchpoint, err error) {
	known := map[string]bool{}
	read := func(column string, values []string) {
		for some := range slices.Chunk(values, p.limits.Nodes) {
			var rows []Touchpoint
			if err == nil {
				err = tx.Where("site_id = ? AND generation = ? AND "+column+" IN ?", p.SiteID, p.Number, some).Find(&rows).Error
			}
			for _, row := range rows {
				if !known[row.ID] {
					known[row.ID], all = true, append(all, row)
				}
			}
		}
	}
	read("holder", slices.DeleteFunc(holdersOf(g), func(holder string) bool { return g.LacksSessionsOf(graph.Node(holder).Ref()) }))
	if g.LacksSessions() || g.IsBroken() {
		ids := make([]string, len(wanted))
		for i, t := range wanted {
			ids[i] = t.ID
		}
		read("id", ids)
		read("conversion_id <> '' AND conversion_id", g.Refs(graph.KindConversion))
	}
	return all, err
}

// touchpoints returns which of the stored touchpoints a part of a crowd replaces, and
// with which ones. A touchpoint of what is left out stays, and in place of one of the same
// visit for something later.
func (g part) touchpoints(tx *gorm.DB, stored []Touchpoint, f figures) (replaced, by []Touchpoint, err error) {
	decided, kept, err := g.decidedOf(tx, stored, f)
	if err != nil {
		return nil, nil, err
	}
	elsewhere := map[string]bool{} // calls and leads of visits that are left out, with their people
	for _, t := range kept {
		if t.SessionID != "" && !g.HasSession(t.SessionID) {
			elsewhere[t.PersonID+" "+t.ConversionID] = true
		}
	}
	for _, t := range f.touchpoints {
		if g.IsBroken() && !g.isStart(t) || t.ConversionID != "" && elsewhere[t.PersonID+" "+t.ConversionID] {
			continue
		}
		if before, is := kept[t.ID]; is {
			if !creditedAt(before.Detail).After(creditedAt(t.Detail)) {
				continue
			}
			decided[t.ID] = before
		}
		same, err := equalButCounts(decided[t.ID], t)
		if err != nil {
			return nil, nil, err
		}
		if same {
			delete(decided, t.ID)
		} else {
			by = append(by, t)
		}
	}
	return slices.Collect(maps.Values(decided)), by, nil
}

// decidedOf divides stored touchpoints into those of which all is loaded that they mean, and
// those that are kept, by their ids.
func (g part) decidedOf(tx *gorm.DB, stored []Touchpoint, f figures) (decided, kept map[string]Touchpoint, err error) {
	people := g.people(f.touchpoints)
	decided, kept = map[string]Touchpoint{}, map[string]Touchpoint{}
	var unknown []Touchpoint
	for _, t := range stored {
		if g.decides(t) && (f.named[cmp.Or(t.ConversionID, t.TaskID)] || people(t.PersonID)) {
			decided[t.ID] = t
		} else {
			unknown = append(unknown, t)
		}
	}
	exists, err := existing(tx, unknown)
	for _, t := range unknown {
		if id := cmp.Or(t.ConversionID, t.TaskID); id != "" && !exists[id] {
			decided[t.ID] = t
		} else {
			kept[t.ID] = t
		}
	}
	return decided, kept, err
}

// equalButCounts reports whether two touchpoints say the same but for how many other forms
// and calls there are in the visit, which are not counted again if many share it.
func equalButCounts(a, b Touchpoint) (bool, error) {
	for _, t := range []*Touchpoint{&a, &b} {
		t.Detail.Reasons = slices.DeleteFunc(slices.Clone(t.Detail.Reasons), func(r touchpoints.Reason) bool {
			return r.Code == touchpoints.ReasonAbsorbed || r.Code == touchpoints.ReasonOtherPerson
		})
	}
	return equal(a, b)
}

// decides reports whether all is loaded of what a stored touchpoint is for.
func (g part) decides(t Touchpoint) bool {
	if t.SessionID != "" && !g.HasSession(t.SessionID) && g.LacksSessionsOf(graph.Node(t.Holder).Ref()) {
		return false
	}
	switch {
	case g.IsBroken():
		return g.isStart(t)
	case t.ConversionID != "":
		return g.Has(graph.NodeOf(graph.KindConversion, t.ConversionID))
	default:
		return t.TaskID == "" || g.Has(graph.NodeOf(graph.KindTask, t.TaskID))
	}
}

// isStart reports whether a touchpoint is for something that the group starts with.
func (g part) isStart(t Touchpoint) bool {
	if t.ConversionID+t.TaskID == "" {
		return g.StartsWith(graph.Node(t.Holder))
	}
	return g.StartsWith(graph.NodeOf(graph.KindConversion, t.ConversionID)) || g.StartsWith(graph.NodeOf(graph.KindTask, t.TaskID))
}

// people returns a function that reports whether it is decided which touchpoints a person has:
// a person of the group, or somebody whom something of it stood for.
func (g part) people(wanted []Touchpoint) func(string) bool {
	known := g.Names()
	for _, t := range wanted {
		known[t.PersonID] = true
	}
	return func(id string) bool {
		return known[id] || g.Has(graph.NodeOf(graph.KindConversion, id)) || g.Has(graph.NodeOf(graph.KindTask, id))
	}
}

// existing returns which of the calls, leads and Tasks of touchpoints are stored.
func existing(tx *gorm.DB, of []Touchpoint) (map[string]bool, error) {
	asked := map[string]bool{}
	for _, t := range of {
		asked[cmp.Or(t.ConversionID, t.TaskID)] = true
	}
	exists := map[string]bool{}
	for some := range slices.Chunk(slices.Sorted(maps.Keys(asked)), database.InsertBatch) {
		for _, table := range []string{"conversions", Task{}.TableName()} {
			var found []string
			if err := tx.Table(table).Where("id IN ?", some).Pluck("id", &found).Error; err != nil {
				return nil, fmt.Errorf("reading which calls, leads and Tasks exist: %w", err)
			}
			for _, id := range found {
				exists[id] = true
			}
		}
	}
	return exists, nil
}

// creditedAt returns when the form or call began that a touchpoint is for. Without one it is after
// all others.
func creditedAt(t touchpoints.Touchpoint) time.Time {
	for _, reason := range t.Reasons {
		switch {
		case reason.Code == touchpoints.ReasonForm && reason.At != nil:
			return *reason.At
		case reason.Merging != nil && reason.Merging.CallAt != nil:
			return *reason.Merging.CallAt
		}
	}
	return instant.Last
}

// calls returns which of the stored rows about calls a part of a crowd replaces, and with
// which ones: not those of calls that belong to a visit which is left out.
func (g part) calls(stored, wanted []Call) (replaced, by []Call) {
	stays := map[string]bool{}
	for _, c := range stored {
		stays[c.ID] = c.Merging.SessionID != "" && !g.HasSession(c.Merging.SessionID) && !g.isStartOf(c)
	}
	isKept := func(c Call) bool { return stays[c.ID] || g.IsBroken() && !g.isStartOf(c) }
	return slices.DeleteFunc(stored, isKept), slices.DeleteFunc(wanted, isKept)
}

// isStartOf reports whether the group starts with a call or its Task.
func (g part) isStartOf(c Call) bool {
	return g.StartsWith(graph.NodeOf(graph.KindConversion, c.ConversionID)) || g.StartsWith(graph.NodeOf(graph.KindTask, c.TaskID))
}
