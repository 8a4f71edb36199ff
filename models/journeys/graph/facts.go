package graph

import (
	"cmp"
	"maps"
	"slices"

	"ringback/conversion"
	"ringback/touchpoints"
	"ringback/touchpoints/attribution"
	"ringback/visitorid"
)

const bizible = visitorid.MarketoMeasure

// Facts are what package touchpoints is asked about.
type Facts struct {
	Sessions []touchpoints.Session
	Tasks    []touchpoints.Task
	People   []touchpoints.Person
	TaskOf   map[string]string // the Task in the CRM of each call that has one
}

// Facts returns the facts of the group by some rules. The order is always the same.
func (g *Group) Facts(rules attribution.Rules) Facts {
	f := Facts{TaskOf: map[string]string{}}
	forms := map[string][]touchpoints.Form{}
	for _, id := range slices.Sorted(maps.Keys(g.conversions)) {
		c := g.conversions[id]
		if c.Kind == conversion.KindCall {
			f.Tasks = append(f.Tasks, g.taskOfCall(c, rules, f.TaskOf))
		} else if c.SessionID != "" {
			forms[c.SessionID] = append(forms[c.SessionID], touchpoints.Form{ID: c.ID, At: c.At, Person: g.personOf(c), URL: c.PageURL})
		}
	}
	for _, id := range slices.Sorted(maps.Keys(g.tasks)) {
		t := g.tasks[id]
		if _, ours := g.conversions[t.ConversionID]; !ours {
			f.Tasks, f.TaskOf[id] = append(f.Tasks, g.taskOfOthers(t)), id
		}
	}
	for _, id := range slices.Sorted(maps.Keys(g.sessions)) {
		x := g.sessions[id]
		f.Sessions = append(f.Sessions, touchpoints.Session{
			ID: x.ID, BizibleID: g.browserOf(x), StartedAt: x.StartedAt.UTC(), LastActivityAt: x.LastActivityAt.UTC(),
			Traffic: x.Traffic, CarriedOver: x.Carried, Forms: forms[x.ID],
		})
	}
	known := g.owners()
	f.People = touchpoints.People(f.Sessions, f.Tasks, known)
	if nameless := f.nameless(); len(nameless) > 0 {
		maps.Copy(known, nameless)
		f.People = touchpoints.People(f.Sessions, f.Tasks, known)
	}
	for i, p := range f.People {
		f.People[i].CreatedAt = g.addedAt(p.ID)
	}
	return f
}

// nameless returns the browsers of calls and forms of which nothing names the person and
// that no person has, each with what stands for the person: the first such call or form.
func (f Facts) nameless() map[string][]string {
	owned := map[string]bool{}
	for _, p := range f.People {
		for _, x := range p.Sessions {
			owned[x.BizibleID] = true
		}
	}
	known := map[string][]string{}
	add := func(id, person, browser string) {
		if person == "" && browser != "" && !owned[browser] {
			owned[browser] = true
			known[id] = append(known[id], browser)
		}
	}
	for _, t := range f.Tasks {
		if !t.Deleted {
			add(t.ID, t.Person, touchpoints.Browser(t.BizibleID))
		}
	}
	for _, x := range f.Sessions {
		for _, form := range x.Forms {
			add(form.ID, form.Person, x.BizibleID)
		}
	}
	return known
}

// Named returns the calls, leads and Tasks that name a person: nobody else has a touchpoint for them.
func (f Facts) Named() map[string]bool {
	named := map[string]bool{}
	for _, t := range f.Tasks {
		named[t.ID], named[f.TaskOf[t.ID]] = t.Person != "", t.Person != ""
	}
	for _, x := range f.Sessions {
		for _, form := range x.Forms {
			named[form.ID] = form.Person != ""
		}
	}
	return named
}

// taskOfCall returns what counts as the Task of a call: its Task in the CRM, or the call
// itself while the CRM has none.
func (g *Group) taskOfCall(c conversionRow, rules attribution.Rules, taskOf map[string]string) touchpoints.Task {
	task := touchpoints.Task{
		ID: c.ID, BizibleID: g.browserOfCall(c), At: c.At.UTC(), Person: g.personOf(c), Type: rules.TypeOfCalls(),
	}
	read := g.readTask(c.ID)
	if read == nil {
		return task
	}
	taskOf[c.ID] = read.ID
	task.Type, task.Deleted = read.Type, read.Deleted
	task.BizibleID = cmp.Or(touchpoints.Browser(read.BizibleID), task.BizibleID, read.BizibleID)
	if person, known := g.current(read.Person); known {
		task.Person = person.ID
	}
	return task
}

// browserOfCall returns the BizibleId of a call: that which its source reported, else that
// of the visit that it belongs to. An unusable one is returned if there is no other.
func (g *Group) browserOfCall(c conversionRow) string {
	reported := c.VisitorIDs[bizible]
	visited := ""
	if x, known := g.sessions[c.SessionID]; known {
		visited = g.browserOf(x)
	}
	return cmp.Or(touchpoints.Browser(reported), visited, reported)
}

// readTask returns the Task of a call, nil if none was read. Of several it is one that is
// not deleted, then the first one by the id of the CRM.
func (g *Group) readTask(conversionID string) *taskRow {
	found := g.lookUp().tasksOf[conversionID]
	if len(found) == 0 {
		return nil
	}
	first := slices.MinFunc(found, func(a, b taskRow) int {
		if a.Deleted != b.Deleted && a.Deleted {
			return 1
		} else if a.Deleted != b.Deleted {
			return -1
		}
		return cmp.Compare(a.ExternalID, b.ExternalID)
	})
	return &first
}

// taskOfOthers returns a Task that is not one of Ringback's calls.
func (g *Group) taskOfOthers(t taskRow) touchpoints.Task {
	task := touchpoints.Task{ID: t.ID, BizibleID: t.BizibleID, DateOnly: t.DateOnly, Type: t.Type, Deleted: t.Deleted}
	if t.At != nil {
		task.At = t.At.UTC()
	}
	if person, known := g.current(t.Person); known {
		task.Person = person.ID
	}
	return task
}
