package calltrackingmetrics

import (
	"cmp"
	"time"

	"ringback/conversion"
	"ringback/sources"
	"ringback/sources/lenient"
	"ringback/sources/listing"
)

// call returns the events of the call in the message. Each message holds all that is
// known of the call, so a lost message loses only what came between.
func (m message) call(moment string, receivedAt time.Time, s sources.Settings) ([]sources.Report, error) {
	id := m.externalID()
	if moment == changed {
		return sources.LateTags(id, m.Tags, receivedAt), nil
	}
	at, err := m.startedAt(receivedAt, s)
	if err != nil {
		return nil, err
	}
	reports := []sources.Report{sources.CallReport(id, m.started(at, s))}
	if linked := m.linked(at); linked.VisitorIDs != nil || linked.Traffic != nil {
		reports = append(reports, sources.CallReport(id, linked))
	}
	if m.ends(moment) {
		end := sources.PossibleEnd(m.ended(at), at, receivedAt)
		if moment != session && (moment != listing.Event || listing.TagsAtEnd(description.Form, s.Values)) {
			end.Tags = m.Tags
		}
		if len(end.Tags) > 0 {
			end.TagOrigin = conversion.TagByAPI
		}
		reports = append(reports, sources.CallReport(id, end))
	}
	if moment == session || moment == listing.Event { // after the end tags do not count any more
		reports = append(reports, sources.LateTags(id, m.Tags, receivedAt)...)
	}
	return reports, nil
}

// ends reports whether the message of this moment is that of the end of the call.
func (m message) ends(moment string) bool {
	switch moment {
	case callStart:
		return false
	case callEnd:
		return !m.isUnderWay()
	case listing.Event: // its duration may grow while the call goes on
		return m.hasEnded() && !m.hasStatusIn(underWay)
	default:
		return m.hasEnded()
	}
}

// started returns the start of the call and the caller.
func (m message) started(at time.Time, s sources.Settings) conversion.CallEvent {
	caller := lenient.FirstPhone(s.Region, m.CallerNumber, m.CallerComplete, m.ContactNumber)
	return conversion.CallEvent{
		Type: conversion.EventStarted, At: at, Caller: caller.E164, Anonymous: caller.Anonymous,
		CallerName:     string(cmp.Or(m.Name, m.CNAM)),
		TrackingNumber: lenient.Phone(m.TrackingNumber, s.Region).E164,
	}
}

// linked returns what the message has about the visit. It is an event of its own,
// because CTM may find the visit after the call.
func (m message) linked(at time.Time) conversion.CallEvent {
	return conversion.CallEvent{Type: conversion.EventLinked, At: at, VisitorIDs: m.ids, Traffic: m.traffic()}
}

// ended returns the end of the call without its tags.
func (m message) ended(startedAt time.Time) conversion.CallEvent {
	talk := m.TalkTime.Seconds()
	e := conversion.CallEvent{
		Type: conversion.EventEnded, At: startedAt, Outcome: m.outcome(talk),
		WaitSeconds: cmp.Or(m.WaitTime.Seconds(), m.RingTime.Seconds()),
	}
	if length := cmp.Or(m.Duration.Seconds(), talk); length != nil {
		e.At = startedAt.Add(time.Duration(*length) * time.Second)
	}
	if e.Outcome == conversion.OutcomeAnswered {
		e.TalkSeconds = talk
	}
	return e
}

// outcome returns how the call ended. Somebody answered it if it was connected and
// they talked, or if it was connected and the message has no talk time.
func (m message) outcome(talk *int) conversion.Outcome {
	status := m.statuses()[0]
	if status == "" {
		status = cmp.Or(m.statuses()[1], m.statuses()[2])
	}
	switch outcome := sources.OutcomeOf(status); {
	case outcome == conversion.OutcomeBusy, outcome == conversion.OutcomeFailed:
		return outcome
	case outcome == conversion.OutcomeAnswered || status == "completed":
		if !m.isVoicemail() && (talk == nil || *talk > 0) {
			return conversion.OutcomeAnswered
		}
	}
	return conversion.OutcomeMissed
}
