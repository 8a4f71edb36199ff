package callrail

import (
	"time"

	"ringback/conversion"
	"ringback/sources"
	"ringback/sources/lenient"
	"ringback/sources/listing"
)

// call returns the events of the call in the message.
func (m message) call(event string, receivedAt time.Time, s sources.Settings) ([]sources.Report, error) {
	if event == callModified {
		return sources.LateTags(m.externalID(), m.Tags, receivedAt), nil
	}
	at, err := m.startedAt(receivedAt, s)
	if err != nil {
		return nil, err
	}
	reports := []sources.Report{m.report(m.started(at, s))}
	if event == postCall || event == listing.Event && m.hasEnded() {
		end := sources.PossibleEnd(m.ended(at), at, receivedAt)
		if event == listing.Event && !listing.TagsAtEnd(description.Form, s.Values) {
			end.Tags, end.TagOrigin = nil, ""
		}
		reports = append(reports, m.report(end))
	}
	if event == listing.Event {
		reports = append(reports, sources.LateTags(m.externalID(), m.Tags, receivedAt)...)
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

func (m message) report(e conversion.CallEvent) sources.Report {
	return sources.CallReport(m.externalID(), e)
}
