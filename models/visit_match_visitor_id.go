package models

import (
	"cmp"
	"fmt"
	"maps"
	"time"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/identity"
	"ringback/models/database"
	"ringback/models/visitors"
	"ringback/models/websites"
	"ringback/visits"
)

// matchByVisitorID returns the visit of a call by third parties' visitor ids (M4), as
// of the start of the call, nil if none matches. A session of the web site that the
// source named is preferred to it, and so is the session that the called number was
// shown to: somebody read the number there and dialled it, while an id only shows
// which browser the phone system knows.
func matchByVisitorID(tx *gorm.DB, siteID string, call conversion.Call, number *visitMatch) (*visitMatch, error) {
	if number != nil && number.event.SessionID != "" {
		return nil, nil
	}
	named, err := visitors.SessionNamed(tx, siteID, call.SessionID)
	if err != nil || named != nil {
		return nil, err
	}
	visit, found, err := findByVisitorID(tx, siteID, call.VisitorIDs, call.At())
	if err != nil || !found {
		return nil, err
	}
	return &visitMatch{
		event: conversion.CallEvent{
			ID: conversion.VisitorEventID, Type: conversion.EventLinked, At: call.At(),
			SessionID: visit.SessionID, Visitor: &visit.Match,
		},
		visitorID: visit.VisitorID,
	}, nil
}

// matchLead links a lead without a session to the visit that third parties' visitor
// ids identify, as for a call, and returns the visitor. A lead is decided at once:
// an id that is reported later links nothing.
func matchLead(tx *gorm.DB, in *NewLead) (string, error) {
	if in.Lead.SessionID != "" {
		return "", nil
	}
	visit, found, err := findByVisitorID(tx, in.SiteID, in.Lead.VisitorIDs, database.Timestamp(in.Lead.At))
	if err != nil || !found {
		return "", err
	}
	in.Lead.SessionID, in.Lead.Visitor = visit.SessionID, &visit.Match
	return visit.VisitorID, nil
}

// linkVisits links leads to their visits, and stores them with what they get from there.
func (s *Store) linkVisits(tx *gorm.DB, leads []leadRows) error {
	if err := eachWithVisit(tx, leads, func(lead *leadRows) (err error) {
		lead.visitor, err = s.linkVisit(tx, &lead.NewLead)
		return err
	}); err != nil {
		return err
	}
	for i := range leads {
		lead, c := leads[i].Lead, leads[i].conversion
		if c.SessionID == lead.SessionID && maps.Equal(c.VisitorIDs, lead.VisitorIDs) {
			continue
		}
		c.SessionID, c.VisitorIDs = lead.SessionID, lead.VisitorIDs
		if err := tx.Select("session_id", "visitor_ids").Updates(c).Error; err != nil {
			return fmt.Errorf("storing the visit of the lead: %w", err)
		}
	}
	return nil
}

// eachWithVisit calls link with each lead that may have a visit. Those with nothing but
// visitor ids of which no visitor is known have none.
func eachWithVisit(tx *gorm.DB, leads []leadRows, link func(*leadRows) error) error {
	if len(leads) == 1 {
		return link(&leads[0])
	}
	subjects := make([]visitors.Subject, len(leads))
	for i, lead := range leads {
		if lead.Activity == nil && lead.Lead.SessionID == "" {
			subjects[i] = visitors.Subject{SiteID: lead.SiteID, VisitorIDs: identity.UsableVisitorIDs(lead.Lead.VisitorIDs)}
		}
	}
	known, err := visitors.AreKnown(tx, subjects)
	if err != nil {
		return err
	}
	for i := range leads {
		if known[i] || subjects[i].SiteID == "" {
			if err := link(&leads[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// linkVisit links a lead to its visit and returns the visitor, empty if none is
// known. A lead of the site's script is recorded as an activity of the visitor, and
// gets the session and the visitor ids that it lacks from there.
func (s *Store) linkVisit(tx *gorm.DB, in *NewLead) (string, error) {
	if in.Activity == nil || in.Plan == nil {
		session, err := visitors.SessionNamed(tx, in.SiteID, in.Lead.SessionID)
		if err != nil {
			return "", err
		}
		if session == nil {
			return matchLead(tx, in)
		}
		return session.VisitorID, nil
	}
	form := *in.Activity
	form.Hit.Kind = visits.Form
	session, how, err := s.siteVisitors.Record(tx, visited(*in.Plan), form.Activity)
	if err != nil {
		return "", fmt.Errorf("storing the form as an activity: %w", err)
	}
	if how.IsForgotten { // the site was written to, and keeps what was written
		in.Raw, in.Lead.VisitorIDs = nil, nil // both contain who the visitor was
		return "", nil
	}
	if err := s.renewLeases(tx, *in.Plan, session, form); err != nil {
		return "", err
	}
	if in.Lead.SessionID == "" {
		in.Lead.SessionID = session.ID
	}
	in.Lead.VisitorIDs = identity.FillVisitorIDs(in.Lead.VisitorIDs, session.VisitorIDs)
	return session.VisitorID, nil
}

// findByVisitorID returns the session during which a visitor had one of these ids.
// Sessions count that had begun by then and were active within the site's time of
// inactivity before.
func findByVisitorID(db *gorm.DB, siteID string, reported map[string]string, at time.Time) (visits.Recognition, bool, error) {
	usable := identity.UsableVisitorIDs(reported)
	if len(usable) == 0 {
		return visits.Recognition{}, false, nil
	}
	found, err := visitors.Direct(db, visitors.Subject{SiteID: siteID, VisitorIDs: usable})
	if err != nil || len(found) == 0 {
		return visits.Recognition{}, false, err
	}
	inactivity, err := inactivityOf(db, siteID)
	if err != nil {
		return visits.Recognition{}, false, err
	}
	sessions, err := visitors.ActiveAt(db, siteID, found, at, inactivity)
	if err != nil {
		return visits.Recognition{}, false, fmt.Errorf("finding the visit of a visitor id: %w", err)
	}
	recognition, isOne := visits.Recognize(sessions, usable)
	return recognition, isOne, nil
}

// inactivityOf returns the site's time without activity that ends a session.
func inactivityOf(db *gorm.DB, siteID string) (time.Duration, error) {
	var site websites.Site
	if err := db.Select("id", "script").Where("id = ?", siteID).Take(&site).Error; err != nil {
		return 0, fmt.Errorf("reading how long a session lasts: %w", err)
	}
	return cmp.Or(websites.Plan{Site: site}.Rules().Inactivity, visits.DefaultInactivity), nil
}
