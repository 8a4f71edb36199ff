package conversion

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"
)

// eventOrder is the order of events that happened at the same instant.
var eventOrder = []EventType{EventStarted, EventAnswered, EventTagged, EventLinked, EventEnded}

// FoldCall reads what sources reported into one call. The order of the events
// does not matter and equal ids count once, so a report that comes twice, late
// or out of order folds to the same call (design section 3).
//
// Of facts that are told more than once, the first known wins, of traffic field
// by field; how the call ended and how long the caller waited go by the latest
// report. A later end moves no tag: the first one closes them. A call that
// reports its end before its start ended at its start.
func FoldCall(events []Event) Call {
	var c Call
	ordered := inOrder(events)
	for _, e := range ordered {
		c.learn(e)
	}
	c.Anonymous = c.Anonymous && c.Caller == ""
	if c.Ended() {
		c.settleEnd()
	}
	return c
}

// inOrder sorts a copy of the events by time, type and id, and drops repeats.
// Events of one id that differ are ordered by their content, so that the same
// one is kept whatever order they came in.
func inOrder(events []Event) []Event {
	ordered := slices.Clone(events)
	for i := range ordered {
		ordered[i].At = ordered[i].At.UTC().Truncate(time.Microsecond)
		ordered[i].Tags = alphabetical(ordered[i].Tags)
	}
	slices.SortFunc(ordered, compareEvents)
	seen := make(map[string]bool, len(ordered))
	return slices.DeleteFunc(ordered, func(e Event) bool {
		repeated := e.ID != "" && seen[e.ID]
		seen[e.ID] = true
		return repeated
	})
}

func compareEvents(a, b Event) int {
	if c := cmp.Or(
		a.At.Compare(b.At),
		cmp.Compare(slices.Index(eventOrder, a.Type), slices.Index(eventOrder, b.Type)),
		cmp.Compare(a.ID, b.ID),
	); c != 0 {
		return c
	}
	return compareContent(a, b)
}

// compareContent orders two values by their JSON, the last resort that makes an
// order total. Values of this package always encode.
func compareContent(a, b any) int {
	left, _ := json.Marshal(a)
	right, _ := json.Marshal(b)
	return slices.Compare(left, right)
}

// learn adds what one event says. Events come in order, so the first known wins
// by being there already, and the latest end by being the last one written.
func (c *Call) learn(e Event) {
	if c.FirstEventAt.IsZero() {
		c.FirstEventAt = e.At
	}
	c.learnProgress(e)
	c.Caller = cmp.Or(c.Caller, e.Caller)
	c.CallerName = cmp.Or(c.CallerName, e.CallerName)
	c.TrackingNumber = cmp.Or(c.TrackingNumber, e.TrackingNumber)
	c.Extension = cmp.Or(c.Extension, e.Extension)
	c.learnSession(e)
	c.Anonymous = c.Anonymous || e.Anonymous
	c.learnVisitorIDs(e.VisitorIDs)
	c.learnTraffic(e.Traffic)
	c.Tags = addTags(c.Tags, e.Tags, e.TagOrigin, e.At)
	if e.WaitSeconds != nil {
		c.WaitSeconds = atLeastZero(*e.WaitSeconds)
	}
}

// learnSession keeps the first session that is named. One that was found by a
// visitor id takes its place: it is looked for only when what was named is no
// session of the web site.
func (c *Call) learnSession(e Event) {
	if c.SessionID == "" || e.Visitor != nil {
		c.SessionID = e.SessionID
	}
}

// learnProgress adds when the call started, was answered and ended. How it
// ended counts only from events that say that it did.
func (c *Call) learnProgress(e Event) {
	switch e.Type {
	case EventStarted:
		c.StartedAt = cmp.Or(c.StartedAt, e.At)
	case EventAnswered:
		c.AnsweredAt = cmp.Or(c.AnsweredAt, e.At)
	case EventEnded:
		c.FirstEndedAt = cmp.Or(c.FirstEndedAt, e.At)
		c.EndedAt = e.At
		c.Outcome = cmp.Or(e.Outcome, c.Outcome)
		if e.TalkSeconds != nil {
			c.TalkSeconds = atLeastZero(*e.TalkSeconds)
		}
	}
}

// learnTraffic fills in what was not known of the traffic before: a source may
// tell the click id with the start and the campaign with the end.
func (c *Call) learnTraffic(t *Traffic) {
	if !t.says() {
		return
	}
	merged := t.Normalized()
	if c.Traffic != nil {
		merged = c.Traffic.filledFrom(merged)
	}
	c.Traffic = &merged
}

// learnVisitorIDs keeps the first usable id of each system. One that identifies
// nobody is kept only until a usable one comes, to show what was reported.
func (c *Call) learnVisitorIDs(ids map[string]string) {
	for system, id := range ids {
		known := c.VisitorIDs[system]
		if id == "" || known != "" && (UsableVisitorID(known) || !UsableVisitorID(id)) {
			continue
		}
		if c.VisitorIDs == nil {
			c.VisitorIDs = make(map[string]string)
		}
		c.VisitorIDs[system] = id
	}
}

// settleEnd fills in what the source left out of an ended call. Talk time stays
// nil when the call was answered and nothing says for how long.
func (c *Call) settleEnd() {
	c.FirstEndedAt = later(c.FirstEndedAt, c.StartedAt)
	c.EndedAt = later(c.EndedAt, c.StartedAt)
	talked := c.TalkSeconds != nil && *c.TalkSeconds > 0
	switch {
	case c.Outcome != "":
	case talked || !c.AnsweredAt.IsZero():
		c.Outcome = OutcomeAnswered
	default:
		c.Outcome = OutcomeMissed
	}
	switch {
	case c.TalkSeconds != nil:
	case c.Outcome != OutcomeAnswered:
		c.TalkSeconds = atLeastZero(0)
	case !c.AnsweredAt.IsZero():
		c.TalkSeconds = atLeastZero(int(c.EndedAt.Sub(c.AnsweredAt) / time.Second))
	}
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

func atLeastZero(seconds int) *int { return new(max(seconds, 0)) }
