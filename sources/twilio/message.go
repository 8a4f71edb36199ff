package twilio

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"

	"ringback/conversion"
	"ringback/internal/instant"
	"ringback/internal/unread"
	"ringback/sources"
	"ringback/sources/lenient"
)

// message holds the form fields of a callback.
type message map[string]string

// The statuses of a leg.
var (
	underWay = []string{"queued", "initiated", "ringing", "in-progress", "answered"}
	over     = []string{"completed", "busy", "failed", "no-answer", "canceled"}
)

// isOutbound reports whether the call was made by the owner. A leg that was dialed for
// an inbound call has a parent, and is a part of that call.
func (m message) isOutbound() bool {
	return m["ParentCallSid"] == "" && strings.HasPrefix(m.word("Direction"), "outbound")
}

// withoutStatus returns the reading of a message about a call that has no status, such
// as a finished recording.
func (m message) withoutStatus() (sources.Reading, error) {
	for _, field := range []string{"RecordingSid", "TranscriptionSid", "ConferenceSid", "StreamSid"} {
		if m[field] != "" {
			return sources.Reading{LeftOut: sources.NotAReport}, nil
		}
	}
	return sources.Reading{}, unread.New(unread.Missing, "CallStatus")
}

// reports returns the events of the inbound call that the message is about.
func (m message) reports(receivedAt time.Time, s sources.Settings) ([]sources.Report, error) {
	at := m.at(receivedAt)
	for _, field := range []string{"CallStatus", "DialCallStatus"} {
		status := m.word(field)
		if status != "" && !slices.Contains(underWay, status) && !slices.Contains(over, status) {
			return nil, unread.Expecting(unread.UnknownEvent, field, strings.Join(append(underWay, over...), ", "))
		}
	}
	if m["ParentCallSid"] != "" {
		return m.legAnswered(m["ParentCallSid"], "CallStatus", "CallDuration", at), nil
	}
	id := m["CallSid"]
	reports := m.legAnswered(id, "DialCallStatus", "DialCallDuration", at)
	status := m.word("CallStatus")
	if status == "" {
		return reports, nil
	}
	length, isPossible := m.length("CallDuration")
	if slices.Contains(over, status) && isPossible {
		reports = append(reports, m.report(id, m.started(before(at, length), s)), m.report(id, m.ended(status, length, at, s)))
		return reports, nil
	}
	if dialed, isPossible := m.length("DialCallDuration"); isPossible {
		at = before(at, dialed) // the call began before the leg that has ended
	}
	return append(reports, m.report(id, m.started(at, s))), nil
}

// word returns a field as a word of Twilio's vocabulary.
func (m message) word(field string) string { return lenient.Text(m[field]).Word() }

// length returns the seconds in a field, zero if it has none, and whether a call can have
// had so many.
func (m message) length(field string) (seconds int, isPossible bool) {
	given := lenient.Text(m[field]).Seconds()
	if given == nil {
		return 0, true
	}
	return *given, *given <= 24*60*60
}

// before returns the time so many seconds before another one.
func before(at time.Time, seconds int) time.Time {
	earlier := at.Add(-time.Duration(seconds) * time.Second)
	if !sources.Plausible(earlier, at) {
		return at
	}
	return earlier
}

// at returns the time of the message. Twilio's times are full seconds, so the number
// in the sequence orders what happened in the same one. A message without a time is of
// the time of its arrival.
func (m message) at(receivedAt time.Time) time.Time {
	at, err := lenient.FirstTime(receivedAt, "Timestamp", "", lenient.TimeField{Value: lenient.Text(m["Timestamp"])})
	if err != nil {
		return instant.Of(receivedAt)
	}
	if n, err := strconv.Atoi(m["SequenceNumber"]); err == nil && n > 0 && n < 1000 {
		at = at.Add(time.Duration(n) * time.Microsecond)
	}
	return at
}

// report returns the report of an event. Its id is that of the message, so that a
// message that has no time of its own is the same event when it comes again.
func (m message) report(id string, e conversion.CallEvent) sources.Report {
	e.ID = strings.Join([]string{
		string(e.Type), m["CallSid"], cmp.Or(m.word("CallStatus"), m.word("DialCallStatus")), cmp.Or(m["SequenceNumber"], m["DialCallSid"]),
	}, "-")
	return sources.CallReport(id, e)
}

func (m message) started(at time.Time, s sources.Settings) conversion.CallEvent {
	caller := lenient.FirstPhone(s.Region, lenient.Text(cmp.Or(m["From"], m["Caller"])))
	return conversion.CallEvent{
		Type: conversion.EventStarted, At: at, Caller: caller.E164, Anonymous: caller.Anonymous, CallerName: m["CallerName"],
		TrackingNumber: lenient.FirstPhone(s.Region, lenient.Text(m["To"]), lenient.Text(m["Called"])).E164,
	}
}

// legAnswered returns the answer of the inbound call, if the leg that was dialed for it
// was answered by a person. A leg that was forwarded to an answering machine was not.
func (m message) legAnswered(id, status, duration string, at time.Time) []sources.Report {
	by := m.word("AnsweredBy")
	if strings.HasPrefix(by, "machine") || by == "fax" {
		return nil
	}
	e := conversion.CallEvent{Type: conversion.EventAnswered, At: at}
	length, isPossible := m.length(duration)
	switch m.word(status) {
	case "in-progress", "answered":
	case "completed":
		if !isPossible || length == 0 {
			return nil
		}
		e.At = before(at, length)
	default:
		return nil
	}
	return []sources.Report{m.report(id, e)}
}

// ended returns the end of the inbound call. That it is completed only means that it
// has ended: by default it was answered if the leg that was dialed was.
func (m message) ended(status string, length int, at time.Time, s sources.Settings) conversion.CallEvent {
	e := conversion.CallEvent{Type: conversion.EventEnded, At: at}
	switch {
	case status == "busy":
		e.Outcome = conversion.OutcomeBusy
	case status == "failed":
		e.Outcome = conversion.OutcomeFailed
	case status != "completed":
		e.Outcome = conversion.OutcomeMissed
	case description.Option(s.Values, "answered_by") == byCall && length > 0:
		e.Outcome, e.TalkSeconds = conversion.OutcomeAnswered, &length
	}
	return e
}
