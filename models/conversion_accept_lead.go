package models

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/identity"
	"ringback/models/database"
	"ringback/visits"
)

// leadEvent is the type and the id of the one event that a lead is.
const leadEvent = "lead"

// LeadIn is a lead, as a source or the API reported it.
type NewLead struct {
	SiteID     string
	Source     string
	ExternalID string
	WorkflowID string
	Lead       conversion.Lead
	Raw        []byte
	Trace      map[string]string

	// Activity is the form as what its visitor did, and Plan its site's: leads of
	// the site's script have both.
	Activity *Activity
	Plan     *SitePlan
}

// errKnownLead undoes what a lead that was stored before would have changed.
var errKnownLead = errors.New("the lead is stored already")

// AcceptLead stores a lead and what its workflow must hear, in one transaction
// (guarantee 1). The same external id is one lead, however often and however
// concurrently it comes (guarantee 2). A lead of the site's script is an
// activity of its visitor's session, and makes the visitor and who the lead
// names one person.
func (s *Store) AcceptLead(ctx context.Context, in NewLead) (Accepted, error) {
	var accepted Accepted
	texts := in
	texts.Raw, texts.Plan = nil, nil // the body is kept as it came, the plan is not
	if err := database.CheckStorable(texts); err != nil {
		return accepted, err
	}
	err := s.db.Tx(ctx, "accepting a lead", func(tx *gorm.DB) error {
		visitor, err := s.visitorOf(tx, &in)
		if err != nil {
			return err
		}
		c, tags := s.newLead(in)
		first, err := database.InsertOnce(tx, &c)
		if err != nil {
			return err
		}
		if !first {
			return errKnownLead
		}
		event := s.eventOf(c, leadEvent, leadEvent, in.Lead.At, in.Raw)
		event.Lead = &in.Lead
		if err := tx.Create(&event).Error; err != nil {
			return err
		}
		if err := s.storeTagsAndVisit(tx, c, tags, nil); err != nil {
			return err
		}
		if accepted, err = s.enqueueSignal(tx, c, leadEvent, in.Trace); err != nil || visitor == "" {
			return err
		}
		return s.linkIdentities(tx, c.SiteID, identity.VisitorKey(visitor), identity.PhoneKey(c.Phone), identity.EmailKey(c.Email))
	})
	if errors.Is(err, errKnownLead) {
		return s.knownLead(ctx, in)
	}
	return accepted, err
}

// visitorOf returns the visitor that a lead is of, empty when none is known. A
// lead of the site's script is seen as the visitor's activity, and takes over
// the session and the ids that it does not have itself.
func (s *Store) visitorOf(tx *gorm.DB, in *NewLead) (string, error) {
	if in.Activity == nil || in.Plan == nil {
		session, err := sessionNamed(tx, in.SiteID, in.Lead.SessionID)
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
	session, _, err := s.storeActivity(tx, *in.Plan, form)
	if errors.Is(err, errForgotten) {
		return "", in.withoutVisit(tx)
	}
	if err != nil {
		return "", fmt.Errorf("storing the form as an activity: %w", err)
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

// knownLead returns the answer to a lead that was stored before.
func (s *Store) knownLead(ctx context.Context, in NewLead) (Accepted, error) {
	var stored Conversion
	err := s.db.Write(ctx).Select("id").
		Where(sameConversion, in.SiteID, conversion.KindLead, in.Source, in.ExternalID).Take(&stored).Error
	return Accepted{ConversionID: stored.ID, Duplicate: err == nil}, s.db.WrapErr("reading a known lead", err)
}

func (s *Store) newLead(in NewLead) (Conversion, []conversion.Tag) {
	c := s.newConversion(conversion.KindLead, in.SiteID, in.Source, in.ExternalID, in.WorkflowID)
	facts := in.Lead.Facts(nil, conversion.Earlier{})
	c.At, c.Person = facts.At, facts.Person
	c.Name, c.Phone, c.Email = in.Lead.Name, in.Lead.Phone, in.Lead.Email
	c.Form, c.PageURL, c.Fields = in.Lead.Form, in.Lead.PageURL, in.Lead.Fields
	c.SessionID, c.VisitorIDs = in.Lead.SessionID, in.Lead.VisitorIDs
	for _, visit := range facts.Visits { // the one that came inline
		c.Traffic = &visit.Traffic
	}
	return c, facts.Tags
}
