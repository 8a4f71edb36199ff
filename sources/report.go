package sources

import (
	"time"

	"ringback/conversion"
	"ringback/internal/instant"
)

// CallReport returns the report of an event of a call. An event without an id gets one
// by its content.
func CallReport(externalID string, e conversion.CallEvent) Report {
	if e.ID == "" {
		e.ID = EventID(e)
	}
	return Report{Kind: conversion.KindCall, ExternalID: externalID, Event: &e}
}

// LateTags returns the report of tags that a call has when a message about it arrives.
// The time of each is not known, so it is that of the arrival: tags that come after
// the end never count (R6). The report never makes a call that is not known. There is
// none without tags.
func LateTags(externalID string, tags []string, receivedAt time.Time) []Report {
	if len(tags) == 0 {
		return nil
	}
	e := conversion.CallEvent{Type: conversion.EventTagged, Tags: tags, TagOrigin: conversion.TagByAPI}
	e.ID = EventID(e) // before the time of arrival is set, so that a repeat is the same event
	e.At = instant.Of(receivedAt)
	report := CallReport(externalID, e)
	report.OnlyIfKnown = true
	return []Report{report}
}
