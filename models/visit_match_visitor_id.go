package models

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/identity"
	"ringback/models/database"
	"ringback/visits"
)

// callingVisitor finds the visit of a call by what third parties call its visitor
// (requirement M4), as of the call's start; nil when none fits. It is not looked
// for when the source named a session of the web site. The number that was called
// goes before it too: it was shown to one visit, and somebody read it there and
// dialled it, while an id only says which browser the phone system had heard of.
func callingVisitor(tx *gorm.DB, siteID string, call conversion.Call, number *visitMatch) (*visitMatch, error) {
	if number != nil && number.event.SessionID != "" {
		return nil, nil
	}
	named, err := sessionNamed(tx, siteID, call.SessionID)
	if err != nil || named != nil {
		return nil, err
	}
	visit, err := findByVisitorID(tx, siteID, call.VisitorIDs, call.At())
	if err != nil || visit == nil {
		return nil, err
	}
	return &visitMatch{
		event: conversion.Event{
			ID: conversion.VisitorEventID, Type: conversion.EventLinked, At: call.At(),
			SessionID: visit.session.ID, Visitor: &visit.match,
		},
		visitorID: visit.visitorID(),
	}, nil
}

// recognizeLead links a lead that names no session to the visit that third
// parties' ids mean, as they do for a call, and gives whose it is. A lead is
// decided at once: an id that comes later links nothing.
func recognizeLead(tx *gorm.DB, in *NewLead) (string, error) {
	if in.Lead.SessionID != "" {
		return "", nil
	}
	at := database.Timestamp(in.Lead.At)
	visit, err := findByVisitorID(tx, in.SiteID, in.Lead.VisitorIDs, at)
	if err != nil || visit == nil {
		return "", err
	}
	in.Lead.SessionID, in.Lead.Visitor = visit.session.ID, &visit.match
	return visit.visitorID(), nil
}

// recognized is a session that was found by a third party's visitor id.
type visitByID struct {
	session Session
	match   conversion.VisitorMatch
}

// visitorID is whose session it is; empty when it may be another visitor's.
func (r visitByID) visitorID() string {
	if r.match.Ambiguous {
		return ""
	}
	return r.session.VisitorID
}

// recognize finds the session, going on at this time or over for no longer than a
// session lasts without activity, in which a visitor had one of these ids; of
// several the one that began last. It is nil when there is none.
func findByVisitorID(db *gorm.DB, siteID string, told map[string]string, at time.Time) (*visitByID, error) {
	known := identity.UsableVisitorIDs(told)
	if len(known) == 0 {
		return nil, nil
	}
	visitors, err := directVisitors(db, Conversion{SiteID: siteID, VisitorIDs: known})
	if err != nil || len(visitors) == 0 {
		return nil, err
	}
	inactivity, err := inactivityOf(db, siteID)
	if err != nil {
		return nil, err
	}
	var sessions []Session
	err = db.Where("site_id = ? AND visitor_id IN ? AND started_at <= ? AND last_activity_at >= ?", siteID, visitors, at, at.Add(-inactivity)).
		Order("started_at DESC, id DESC").Limit(maxBrowsers).Find(&sessions).Error
	if err != nil {
		return nil, fmt.Errorf("looking for the visit of a visitor id: %w", err)
	}
	return pickVisit(sessions, known), nil
}

// pickRecognized returns the first of the sessions in which one of the ids was
// seen. Those of other visitors make it ambiguous.
func pickVisit(sessions []Session, known map[string]string) *visitByID {
	var picked *visitByID
	for _, x := range sessions {
		system := x.seenWith(known)
		switch {
		case system == "":
		case picked == nil:
			picked = &visitByID{session: x, match: conversion.VisitorMatch{
				System: system, LastActivityAt: x.LastActivityAt, Candidates: 1,
			}}
		case x.VisitorID != picked.session.VisitorID:
			picked.match.Candidates++
			picked.match.Ambiguous = true
		}
	}
	return picked
}

// seenWith returns the system one of whose ids was seen in the session; empty: none.
func (s Session) seenWith(known map[string]string) string {
	for _, system := range slices.Sorted(maps.Keys(known)) {
		if s.VisitorIDs[system] == known[system] {
			return system
		}
	}
	return ""
}

// inactivityOf returns after how long without activity a session of the site is over.
func inactivityOf(db *gorm.DB, siteID string) (time.Duration, error) {
	var site Site
	if err := db.Select("id", "script").Where("id = ?", siteID).Take(&site).Error; err != nil {
		return 0, fmt.Errorf("reading how long a session lasts: %w", err)
	}
	return cmp.Or(SitePlan{Site: site}.Rules().Inactivity, visits.DefaultInactivity), nil
}
