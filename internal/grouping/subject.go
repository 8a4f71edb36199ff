package grouping

import "slices"

// take returns a call of the key whose turn it is, for a group, and has the next key take its
// turn. It returns nil if groups that run have the subjects of all calls of this key.
func (q *Queue[In, Out]) take(together *group) *call[In, Out] {
	key := q.turns[0]
	q.turns = q.turns[1:]
	waiting := q.waiting[key]
	at := slices.IndexFunc(waiting, func(c *call[In, Out]) bool { return !q.busy[c.subject] || together.subjects[c.subject] })
	if at < 0 {
		q.turns = append(q.turns, key)
		return nil
	}
	c := waiting[at]
	if q.waiting[key] = slices.Delete(waiting, at, at+1); len(q.waiting[key]) > 0 {
		q.turns = append(q.turns, key)
	} else {
		delete(q.waiting, key)
	}
	c.group = together
	if c.subject != "" {
		together.subjects[c.subject], q.busy[c.subject] = true, true
	}
	return c
}

// release lets calls with the subjects of a group that has ended run. They may be the only ones
// that wait, so that no other group is running.
//
//racetests:contained
func (q *Queue[In, Out]) release(ended *group) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for subject := range ended.subjects {
		delete(q.busy, subject)
	}
	if len(q.turns) > 0 && q.running < q.AtOnce {
		q.running++
		go q.run()
	}
}
