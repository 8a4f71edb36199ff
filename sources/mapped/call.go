package mapped

import (
	"time"

	"ringback/conversion"
	"ringback/internal/instant"
	"ringback/internal/unread"
	"ringback/sources"
)

// call is what a message has about a call.
type call struct {
	id                         string
	receivedAt                 time.Time
	startedAt, answered, ended *time.Time     // nil if not reported
	talk, wait, total          *time.Duration // nil if not reported
	outcome                    conversion.Outcome
	tags                       []string
	who                        conversion.CallEvent // the caller, the number and the visit, without a type
}

// call returns the events of the call in the message.
func (e *evaluation) call(kind, id string) ([]sources.Report, error) {
	c := call{id: id, receivedAt: e.receivedAt, talk: e.duration("talk_seconds"), wait: e.duration("wait_seconds"), total: e.duration("total_seconds")}
	for name, at := range map[string]**time.Time{"started_at": &c.startedAt, "answered_at": &c.answered, "ended_at": &c.ended} {
		read, err := e.moment(name)
		if err != nil {
			return nil, err
		}
		*at = read
	}
	outcome, err := e.choice("outcome", unread.UnknownValue)
	if err != nil {
		return nil, err
	}
	c.outcome, c.tags, c.who = conversion.Outcome(outcome), e.tags(), e.who()
	switch kind {
	case kindStart:
		return []sources.Report{c.started(c.startedAt, c.tags)}, nil
	case kindAnswer:
		return c.answer(), nil
	case kindLate:
		return c.late(), nil
	default:
		return c.end(e)
	}
}

// who returns what a message has about the caller and the visit.
func (e *evaluation) who() conversion.CallEvent {
	caller, v := e.phone("caller"), e.visit()
	return conversion.CallEvent{
		Caller: caller.E164, Anonymous: caller.Anonymous, CallerName: e.text("caller_name", maxName),
		TrackingNumber: e.phone("tracking_number").E164, Extension: e.text("extension", maxExtension),
		SessionID: v.sessionID, VisitorIDs: v.visitorIDs, Traffic: v.traffic,
	}
}

// The most characters of the API.
const (
	maxName      = 200
	maxExtension = 64
)

// report returns the report of an event at a time, or of the arrival if it is nil. The
// time of the arrival is no part of the event's id, so that a repeated message is the
// same event.
func (c call) report(e conversion.CallEvent, at *time.Time) sources.Report {
	if at == nil {
		e.ID = sources.EventID(e)
		at = &c.receivedAt
	}
	e.At = instant.Of(*at)
	if len(e.Tags) > 0 {
		e.TagOrigin = conversion.TagByAPI
	}
	return sources.CallReport(c.id, e)
}

// started returns the start of the call.
func (c call) started(at *time.Time, tags []string) sources.Report {
	e := c.who
	e.Type, e.Tags = conversion.EventStarted, tags
	return c.report(e, at)
}

// answer returns the events of a message that comes when a call was answered.
func (c call) answer() []sources.Report {
	at := c.answered
	if at == nil {
		at = after(c.startedAt, c.wait)
	}
	if c.startedAt != nil {
		return []sources.Report{c.started(c.startedAt, nil), c.report(conversion.CallEvent{Type: conversion.EventAnswered, Tags: c.tags}, at)}
	}
	e := c.who
	e.Type, e.Tags = conversion.EventAnswered, c.tags
	return []sources.Report{c.report(e, at)}
}

// end returns the start and the end of a call that has ended.
func (c call) end(e *evaluation) ([]sources.Report, error) {
	length := c.length()
	start, end := c.startedAt, c.ended
	if end == nil && length != nil {
		end = after(start, length)
	}
	if start == nil && end != nil && length != nil {
		start = after(end, negative(length))
	}
	for _, at := range []*time.Time{start, end} {
		if at != nil && !sources.Plausible(*at, c.receivedAt) {
			return nil, unread.New(unread.OutOfRange, e.mapping.Fields["started_at"].where())
		}
	}
	ended := conversion.CallEvent{Type: conversion.EventEnded, Outcome: c.settled(), WaitSeconds: seconds(c.wait), Tags: c.tags}
	if ended.Outcome == conversion.OutcomeAnswered {
		ended.TalkSeconds = seconds(c.talk)
	}
	reports := []sources.Report{c.started(start, nil), c.report(ended, end)}
	if start == nil && length != nil { // the message came at the end, so the call had begun before
		at := instant.Of(c.receivedAt.Add(-*length))
		reports[0].Event.At = at
	}
	return reports, nil
}

// length returns how long the call took, nil if that is not known.
func (c call) length() *time.Duration {
	switch {
	case c.total != nil:
		return c.total
	case c.talk == nil && c.wait == nil:
		return nil
	}
	sum := time.Duration(0)
	for _, part := range []*time.Duration{c.talk, c.wait} {
		if part != nil {
			sum += *part
		}
	}
	return &sum
}

// settled returns how the call ended. Without a reported outcome, it was answered if
// somebody talked. It is empty if that is not known either.
func (c call) settled() conversion.Outcome {
	switch {
	case c.outcome != "":
		return c.outcome
	case c.talk != nil && *c.talk > 0, c.talk == nil && c.answered != nil:
		return conversion.OutcomeAnswered
	case c.talk != nil:
		return conversion.OutcomeMissed
	default:
		return ""
	}
}

// late returns what a message adds to a call: the visit, and tags, which count only if
// the call goes on.
func (c call) late() []sources.Report {
	var reports []sources.Report
	v := visit{sessionID: c.who.SessionID, visitorIDs: c.who.VisitorIDs, traffic: c.who.Traffic}
	if !v.isEmpty() {
		e := conversion.CallEvent{Type: conversion.EventLinked, SessionID: v.sessionID, VisitorIDs: v.visitorIDs, Traffic: v.traffic}
		linked := c.report(e, c.startedAt)
		linked.OnlyIfKnown = true // late data make no call
		reports = append(reports, linked)
	}
	return append(reports, sources.LateTags(c.id, c.tags, c.receivedAt)...)
}

// after returns a time so much later, nil if either is not known.
func after(at *time.Time, by *time.Duration) *time.Time {
	if at == nil || by == nil {
		return nil
	}
	return new(at.Add(*by))
}

func negative(d *time.Duration) *time.Duration { return new(-*d) }

func seconds(d *time.Duration) *int {
	if d == nil {
		return nil
	}
	return new(int(*d / time.Second))
}
