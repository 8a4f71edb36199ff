package touchpoints

import (
	"maps"
	"slices"
	"time"
)

// Person is what is known of one person.
type Person struct {
	ID        string
	CreatedAt time.Time // when the CRM got to have the person; zero if it is not known
	// Sessions are those of the person's browsers, and Tasks the calls from them or
	// about the person. Forms and Tasks of others may be among them and do not count.
	Sessions []Session
	Tasks    []Task
}

// People returns everybody whom a form or a Task names, sorted by id, each with
// the sessions of their browsers. A browser is a person's if one of its forms or
// Tasks is, or if known has its BizibleId for the person. A Task that is moved to
// another person takes along the browser, unless something else there is still the
// first person's.
func People(sessions []Session, tasks []Task, known map[string][]string) []Person {
	browsers := map[string]map[string]bool{}
	link := func(person, browser string) {
		if person == "" {
			return
		}
		if browsers[person] == nil {
			browsers[person] = map[string]bool{}
		}
		browsers[person][browser] = true
	}
	for _, x := range sessions {
		for _, form := range x.Forms {
			link(form.Person, browserOrSession(x))
		}
	}
	for _, task := range tasks {
		if !task.Deleted {
			link(task.Person, Browser(task.BizibleID))
		}
	}
	for person, ids := range known {
		for _, id := range ids {
			link(person, Browser(id))
		}
	}
	all := casesOf(sessions, tasks)
	people := make([]Person, 0, len(browsers))
	for _, id := range slices.Sorted(maps.Keys(browsers)) {
		people = append(people, all.personOf(id, browsers[id]))
	}
	return people
}

// browserOrSession returns the browser of a session. A session without a BizibleId is a
// browser by itself.
func browserOrSession(x Session) string {
	if browser := Browser(x.BizibleID); browser != "" {
		return browser
	}
	return "session/" + x.ID
}

// cases are sessions and Tasks, with their places by what they are found by: each may have
// thousands of people.
type cases struct {
	sessions   []Session
	tasks      []Task
	sessionsOf map[string][]int // by browser
	tasksOf    map[string][]int // that name nobody, by browser
	naming     map[string][]int // Tasks by the person whom they name
}

func casesOf(sessions []Session, tasks []Task) cases {
	c := cases{sessions: sessions, tasks: tasks, sessionsOf: map[string][]int{}, tasksOf: map[string][]int{}, naming: map[string][]int{}}
	for i, x := range sessions {
		browser := browserOrSession(x)
		c.sessionsOf[browser] = append(c.sessionsOf[browser], i)
	}
	for i, task := range tasks {
		if browser := Browser(task.BizibleID); task.Person != "" {
			c.naming[task.Person] = append(c.naming[task.Person], i)
		} else if browser != "" {
			c.tasksOf[browser] = append(c.tasksOf[browser], i)
		}
	}
	return c
}

// personOf returns a person with some browsers, with sessions and Tasks in their order.
func (c cases) personOf(id string, browsers map[string]bool) Person {
	sessions, tasks := []int{}, slices.Clone(c.naming[id])
	for browser := range browsers {
		sessions, tasks = append(sessions, c.sessionsOf[browser]...), append(tasks, c.tasksOf[browser]...)
	}
	slices.Sort(sessions)
	slices.Sort(tasks)
	p := Person{ID: id}
	for _, i := range sessions {
		p.Sessions = append(p.Sessions, c.sessions[i])
	}
	for _, i := range tasks {
		p.Tasks = append(p.Tasks, c.tasks[i])
	}
	return p
}

// counts reports whether a form or Task of this person, empty if not known, is
// one of p's.
func (p Person) counts(person string) bool { return person == "" || person == p.ID }
