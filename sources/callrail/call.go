package callrail

import (
	"cmp"
	"time"

	"ringback/conversion"
	"ringback/internal/fault"
	"ringback/phone"
	"ringback/sources"
)

// call returns the events of a call that the message tells of.
func (m message) call(event string, receivedAt time.Time, s sources.Settings) ([]sources.Report, error) {
	if event == callModified {
		return m.modification(receivedAt), nil
	}
	at, ok := m.startedAt(receivedAt)
	if !ok {
		return nil, fault.InvalidFields(fault.Field{Path: "start_time", Expected: "the start of the call, " + plausible + ", such as 2026-03-01T12:00:00.000-05:00"})
	}
	reports := []sources.Report{m.report(m.started(at, s))}
	if event == postCall {
		end := m.ended(at)
		if !sources.Plausible(end.At, receivedAt) {
			return nil, fault.InvalidFields(fault.Field{Path: "duration", Expected: "seconds that end the call at most one day ahead"})
		}
		reports = append(reports, m.report(end))
	}
	return reports, nil
}

// started carries all that is known of who called and from where. Before the
// end its outcome, duration and type are placeholders (facts: CallRail, 4.1), so they are not read.
func (m message) started(at time.Time, s sources.Settings) conversion.Event {
	e := conversion.Event{
		Type:           conversion.EventStarted,
		At:             at,
		CallerName:     string(m.CustomerName),
		TrackingNumber: number(cmp.Or(m.TrackingNumber, m.TrackingNum), s.Region).E164,
		VisitorIDs:     m.visitorIDs(s),
		Traffic:        m.traffic(),
	}
	// A number that cannot be read is as good as none. To refuse the message for
	// it would lose the call: CallRail does not send again.
	caller := number(cmp.Or(m.CustomerNumber, m.CallerNumber), s.Region)
	e.Caller, e.Anonymous = caller.E164, caller.Anonymous
	return e
}

// number reads a phone number; one that cannot be read is unknown, not withheld.
func number(given text, region string) phone.Number {
	n, err := phone.Normalize(string(given), region)
	if err != nil {
		return phone.Number{}
	}
	return n
}

// ended says how the call went. The tags of the post-call message are those it
// ended with; CallRail may hold that message back for up to 20 minutes, and a
// tag set in that time cannot be told from one set before.
func (m message) ended(startedAt time.Time) conversion.Event {
	e := conversion.Event{
		Type:    conversion.EventEnded,
		At:      startedAt,
		Outcome: conversion.OutcomeMissed,
		Tags:    m.Tags,
	}
	duration := m.Duration.seconds()
	if duration != nil {
		e.At = startedAt.Add(time.Duration(*duration) * time.Second)
	}
	if m.answered() {
		e.Outcome, e.TalkSeconds = conversion.OutcomeAnswered, duration
	}
	if len(e.Tags) > 0 {
		e.TagOrigin = conversion.TagByAPI
	}
	return e
}

// modification returns the tags of a call that was changed after its end, as of
// now: when each was put on is not told, and the message's timestamp may be that
// of the call. So they are late, and cause nothing (requirement R6): no
// conversion either, when the call itself was never reported.
func (m message) modification(receivedAt time.Time) []sources.Report {
	if len(m.Tags) == 0 {
		return nil
	}
	e := conversion.Event{Type: conversion.EventTagged, Tags: m.Tags, TagOrigin: conversion.TagByAPI}
	e.ID = sources.EventID(e) // without the time of arrival: a repeat is the same event
	e.At = receivedAt.UTC().Truncate(time.Microsecond)
	report := m.report(e)
	report.OnlyIfKnown = true
	return []sources.Report{report}
}

func (m message) report(e conversion.Event) sources.Report {
	if e.ID == "" {
		e.ID = sources.EventID(e)
	}
	return sources.Report{Kind: conversion.KindCall, ExternalID: m.externalID(), Event: &e}
}
