package conversion

import (
	"cmp"
	"encoding/json"
	"slices"
	"time"

	"ringback/internal/instant"
)

// eventOrder is the order of events of the same instant.
var eventOrder = []EventType{EventStarted, EventAnswered, EventTagged, EventLinked, EventEnded}

// FoldCall combines the events of a call. Their order does not matter and equal ids
// count once, so events that are repeated, late or out of order result in the same
// call.
//
// If a fact is reported more than once, the earliest report counts; for traffic
// this holds field by field. The outcome and the waiting time are those of the
// latest report. A later end does not admit more tags. If the reported end is
// before the start, the call ended at its start.
func FoldCall(events []CallEvent) Call {
	var c Call
	ordered := inOrder(events)
	for _, e := range ordered {
		c.apply(e)
	}
	c.Anonymous = c.Anonymous && c.Caller == ""
	if c.Ended() {
		c.settleEnd()
	}
	return c
}

// inOrder returns the events sorted by time, type and id, without repeats. Different
// events with one id are sorted by their content, so that the same one is kept in
// any order of arrival.
func inOrder(events []CallEvent) []CallEvent {
	ordered := slices.Clone(events)
	for i := range ordered {
		ordered[i].At = instant.Of(ordered[i].At)
		ordered[i].Tags = alphabetical(ordered[i].Tags)
	}
	slices.SortFunc(ordered, compareEvents)
	seen := make(map[string]bool, len(ordered))
	return slices.DeleteFunc(ordered, func(e CallEvent) bool {
		repeated := e.ID != "" && seen[e.ID]
		seen[e.ID] = true
		return repeated
	})
}

func compareEvents(a, b CallEvent) int {
	if c := cmp.Or(
		a.At.Compare(b.At),
		cmp.Compare(slices.Index(eventOrder, a.Type), slices.Index(eventOrder, b.Type)),
		cmp.Compare(a.ID, b.ID),
	); c != 0 {
		return c
	}
	return compareContent(a, b)
}

// compareContent compares two values by their JSON, so that the order is total.
// Values of this package always encode.
func compareContent(a, b any) int {
	left, _ := json.Marshal(a)
	right, _ := json.Marshal(b)
	return slices.Compare(left, right)
}

// apply adds the facts of one event. Events are applied in order, so the earliest
// fact is already there, and the latest end is written last.
func (c *Call) apply(e CallEvent) {
	if c.FirstEventAt.IsZero() {
		c.FirstEventAt = e.At
	}
	c.applyProgress(e)
	c.Caller = cmp.Or(c.Caller, e.Caller)
	c.CallerName = cmp.Or(c.CallerName, e.CallerName)
	c.TrackingNumber = cmp.Or(c.TrackingNumber, e.TrackingNumber)
	c.Extension = cmp.Or(c.Extension, e.Extension)
	c.applySession(e)
	c.Anonymous = c.Anonymous || e.Anonymous
	c.applyVisitorIDs(e.VisitorIDs)
	c.applyTraffic(e.Traffic)
	c.Tags = addTags(c.Tags, e.Tags, e.TagOrigin, e.At)
	if e.WaitSeconds != nil {
		c.WaitSeconds = atLeastZero(*e.WaitSeconds)
	}
}

// applySession keeps the first session that is named. A session that was found by a
// visitor id replaces it, because it is searched only if the named one is not a
// session of the web site.
func (c *Call) applySession(e CallEvent) {
	if c.SessionID == "" || e.Visitor != nil {
		c.SessionID = e.SessionID
	}
}

// applyProgress adds when the call started, was answered and ended. The outcome
// counts only in events that report the end.
func (c *Call) applyProgress(e CallEvent) {
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

// applyTraffic adds the traffic fields that are still empty. A source may report the
// click id with the start and the campaign with the end.
func (c *Call) applyTraffic(t *Traffic) {
	if !t.isReported() {
		return
	}
	merged := t.Normalized()
	if c.Traffic != nil {
		merged = c.Traffic.filledFrom(merged)
	}
	c.Traffic = &merged
}

// applyVisitorIDs keeps the first usable id of each system. An unusable id is kept
// until a usable one arrives, to show what was reported.
func (c *Call) applyVisitorIDs(ids map[string]string) {
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

// settleEnd adds what the source left out of an ended call. The talk time stays nil
// if the call was answered for an unknown time.
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
