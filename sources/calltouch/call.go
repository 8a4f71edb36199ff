package calltouch

import (
	"slices"
	"strings"
	"time"

	"ringback/conversion"
	"ringback/internal/unread"
	"ringback/phone"
	"ringback/sources"
	"ringback/sources/lenient"
	"ringback/sources/listing"
)

// The names of fields that were seen in receivers of others, or that Calltouch's API
// has, in the order in which they count (docs/facts/calltouch.md).
var (
	callIDs     = []string{"id", "callId", "call_id"}
	callers     = []string{"callerphone", "callerNumber"}
	called      = []string{"phonenumber", "phoneNumber", "calledphone"}
	unixTimes   = []string{"timestamp"}
	textTimes   = []string{"calltime", "date"}
	talkTimes   = []string{"duration"}
	waitTimes   = []string{"waitingtime", "waitingConnect"}
	statuses    = []string{"status", "successful"}
	tagNames    = []string{"tags", "callTags"}
	ownLayouts  = []string{"02/01/2006 15:04:05", "02.01.2006 15:04:05", "02-01-2006 15:04:05"}
	exampleTime = "1772366400"
)

// call returns the events of the call in the message.
func (m message) call(event string, receivedAt time.Time, s sources.Settings) ([]sources.Report, error) {
	id := string(m.first(callIDs...))
	if id == "" {
		return nil, unread.New(unread.Missing, "id")
	}
	at, err := m.time(receivedAt, s, "timestamp", append(unixTimes, textTimes...)...)
	if err != nil {
		return nil, err
	}
	reports := []sources.Report{sources.CallReport(id, m.started(at, s))}
	if event == callEnd || event != callStart && m.hasEnded() {
		end := sources.PossibleEnd(m.ended(at), at, receivedAt)
		if event == listing.Event {
			end = m.listedEnd(end, at, s)
		}
		reports = append(reports, sources.CallReport(id, end))
	}
	if event == listing.Event {
		reports = append(reports, sources.LateTags(id, m.tags(), receivedAt)...)
	}
	return reports, nil
}

// listedEnd returns the end of a listed call, whose tags have no time. A call without a
// talk time may still be answered, unless its phase is one of a call that is over. Such
// an end has no length, so that the call counts as one that may go on.
func (m message) listedEnd(end conversion.CallEvent, startedAt time.Time, s sources.Settings) conversion.CallEvent {
	if !listing.TagsAtEnd(description.Form, s.Values) {
		end.Tags, end.TagOrigin = nil, ""
	}
	if talk := m.first(talkTimes...).Seconds(); (talk == nil || *talk == 0) && !slices.Contains(phasesOver, m.phase()) {
		end.At = startedAt
	}
	return end
}

// time returns the first of these fields that has a time.
func (m message) time(receivedAt time.Time, s sources.Settings, name string, fields ...string) (time.Time, error) {
	location := listing.Zone(description.Form, s)
	var times []lenient.TimeField
	for _, field := range fields {
		times = append(times, lenient.TimeField{Value: m[field], Zone: location, Own: ownLayouts})
	}
	return lenient.FirstTime(receivedAt, name, exampleTime, times...)
}

// number reads a number. Calltouch writes international numbers without the plus.
func number(given lenient.Text, region string) phone.Number {
	n := lenient.Phone(given, region)
	if n.E164 == "" && !n.Anonymous && len(given) >= shortestInternational {
		return lenient.Phone("+"+given, region)
	}
	return n
}

// shortestInternational is the least number of digits that is taken for a number with
// its country code. Shorter ones may lack it.
const shortestInternational = 11

func (m message) started(at time.Time, s sources.Settings) conversion.CallEvent {
	caller := number(m.first(callers...), s.Region)
	return conversion.CallEvent{
		Type: conversion.EventStarted, At: at, Caller: caller.E164, Anonymous: caller.Anonymous,
		TrackingNumber: number(m.first(called...), s.Region).E164,
		VisitorIDs:     m.visitorIDs(s), Traffic: m.traffic(),
	}
}

// The phases of calls that have not ended, and of those that have. They are not
// confirmed (docs/facts/calltouch.md).
var (
	phasesUnderWay = []string{"callconnecting", "callconnected"}
	phasesOver     = []string{"calldisconnected", "callcompleted", "calllost"}
)

func (m message) phase() string { return strings.ReplaceAll(m["callphase"].Word(), "-", "") }

// hasEnded reports whether the message is that of a call that has ended. A message of
// the start has no status and no duration.
func (m message) hasEnded() bool {
	switch phase := m.phase(); {
	case slices.Contains(phasesUnderWay, phase):
		return false
	case slices.Contains(phasesOver, phase):
		return true
	}
	return m.first(statuses...) != "" || m.first(talkTimes...) != ""
}

// ended returns the end of the call. A call that Calltouch calls unsuccessful was not
// answered.
func (m message) ended(startedAt time.Time) conversion.CallEvent {
	talk, wait := m.first(talkTimes...).Seconds(), m.first(waitTimes...).Seconds()
	e := conversion.CallEvent{
		Type: conversion.EventEnded, At: startedAt, Outcome: conversion.OutcomeMissed, WaitSeconds: wait, Tags: m.tags(),
	}
	for _, seconds := range []*int{talk, wait} {
		if seconds != nil {
			e.At = e.At.Add(time.Duration(*seconds) * time.Second)
		}
	}
	status := m.first(statuses...)
	if sources.OutcomeOf(string(status)) == conversion.OutcomeAnswered || status.Yes() || status == "" && talk != nil && *talk > 0 {
		e.Outcome, e.TalkSeconds = conversion.OutcomeAnswered, talk
	}
	if len(e.Tags) > 0 {
		e.TagOrigin = conversion.TagByAPI
	}
	return e
}

// tags returns the tags: a text with separators, or the JSON that Calltouch's API has.
func (m message) tags() []string { return lenient.Labels(string(m.first(tagNames...)), "") }
