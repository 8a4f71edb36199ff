package callrail

import (
	"time"

	"ringback/conversion"
	"ringback/internal/instant"
	"ringback/internal/unread"
	"ringback/sources"
	"ringback/sources/lenient"
)

// call returns the events of the call in the message.
func (m message) call(event string, receivedAt time.Time, s sources.Settings) ([]sources.Report, error) {
	if event == callModified {
		return m.modification(receivedAt), nil
	}
	at, err := m.startedAt(receivedAt, s)
	if err != nil {
		return nil, err
	}
	reports := []sources.Report{m.report(m.started(at, s))}
	if event == postCall {
		end := m.ended(at)
		if !sources.Plausible(end.At, receivedAt) {
			return nil, unread.New(unread.OutOfRange, "duration")
		}
		reports = append(reports, m.report(end))
	}
	return reports, nil
}

// started returns the start of the call with everything that is known about the
// caller and the visit. It reads neither outcome nor duration nor type, which are
// placeholders before the call has ended (docs/facts/callrail.md).
func (m message) started(at time.Time, s sources.Settings) conversion.CallEvent {
	e := conversion.CallEvent{
		Type:           conversion.EventStarted,
		At:             at,
		CallerName:     string(m.CustomerName),
		TrackingNumber: lenient.FirstPhone(s.Region, m.TrackingNumber, m.TrackingNum).E164,
		VisitorIDs:     m.visitorIDs(s),
		Traffic:        m.traffic(),
	}
	caller := lenient.FirstPhone(s.Region, m.CustomerNumber, m.CallerNumber)
	e.Caller, e.Anonymous = caller.E164, caller.Anonymous
	return e
}

// ended returns the end of the call. The tags of a post-call message count as set
// before the end. CallRail may delay the message by up to 20 minutes, and a tag that
// was set meanwhile cannot be distinguished.
func (m message) ended(startedAt time.Time) conversion.CallEvent {
	e := conversion.CallEvent{
		Type:    conversion.EventEnded,
		At:      startedAt,
		Outcome: conversion.OutcomeMissed,
		Tags:    m.Tags,
	}
	duration := m.Duration.Seconds()
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

// modification returns the tags of a call that was modified after its end, with the
// time of arrival: the message does not hold the time of each tag, and its timestamp
// may be that of the call. So the tags are late and trigger nothing (R6), and create
// no conversion if the call was never reported.
func (m message) modification(receivedAt time.Time) []sources.Report {
	if len(m.Tags) == 0 {
		return nil
	}
	e := conversion.CallEvent{Type: conversion.EventTagged, Tags: m.Tags, TagOrigin: conversion.TagByAPI}
	e.ID = sources.EventID(e) // before the time of arrival is set, so that a repeat is the same event
	e.At = instant.Of(receivedAt)
	report := m.report(e)
	report.OnlyIfKnown = true
	return []sources.Report{report}
}

func (m message) report(e conversion.CallEvent) sources.Report {
	if e.ID == "" {
		e.ID = sources.EventID(e)
	}
	return sources.Report{Kind: conversion.KindCall, ExternalID: m.externalID(), Event: &e}
}
