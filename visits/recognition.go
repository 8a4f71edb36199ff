package visits

import (
	"maps"
	"slices"
	"time"

	"ringback/conversion"
)

// Recognizable is a session as third parties know its visitor.
type Recognizable struct {
	SessionID      string
	VisitorID      string
	LastActivityAt time.Time
	VisitorIDs     map[string]string // by system, as seen during the session
}

// Recognition is the session that a third party's visitor id identifies (M4).
type Recognition struct {
	SessionID string
	VisitorID string // empty if the session may be another visitor's
	Match     conversion.VisitorMatch
}

// Recognize returns the session during which one of the visitor ids was seen: the
// first of these sessions, which are newest first. The match is ambiguous if the
// id was also seen during a session of another visitor.
func Recognize(newestFirst []Recognizable, ids map[string]string) (Recognition, bool) {
	var picked Recognition
	visitor := ""
	for _, x := range newestFirst {
		system := x.seenWith(ids)
		switch {
		case system == "":
		case picked.SessionID == "":
			visitor = x.VisitorID
			picked = Recognition{SessionID: x.SessionID, VisitorID: visitor, Match: conversion.VisitorMatch{
				System: system, LastActivityAt: x.LastActivityAt, Candidates: 1,
			}}
		case x.VisitorID != visitor:
			picked.Match.Candidates++
			picked.Match.Ambiguous, picked.VisitorID = true, ""
		}
	}
	return picked, picked.SessionID != ""
}

// seenWith returns the first system, by name, one of whose ids was seen during the
// session, empty if there is none.
func (x Recognizable) seenWith(ids map[string]string) string {
	for _, system := range slices.Sorted(maps.Keys(ids)) {
		if x.VisitorIDs[system] == ids[system] {
			return system
		}
	}
	return ""
}
