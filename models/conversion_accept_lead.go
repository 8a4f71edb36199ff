package models

import (
	"context"
	"fmt"
	"maps"

	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/identity"
	"ringback/models/database"
	"ringback/models/visitors"
	"ringback/models/websites"
	"ringback/visits"
)

// leadEvent is the type and the id of the one event that a lead is.
const leadEvent = "lead"

// NewLead is a lead to be accepted, as a source or the API reported it.
type NewLead struct {
	SiteID     string
	Source     string
	ExternalID string
	WorkflowID string
	Lead       conversion.Lead
	Raw        []byte // the body as it arrived
	Reporter   conversion.Reporter
	Trace      map[string]string // W3C trace context of the request

	// Activity is the sending of the form as the visitor's activity, and Plan that of
	// the site. Leads of the site's script have both.
	Activity *Activity
	Plan     *websites.Plan
}

// AcceptLead stores a lead and the signal for its workflow, in one transaction (G1).
// The same external id is one lead, however often and however concurrently it comes
// (G2). A lead of the site's script is an activity of its visitor's session. Its phone
// number and e-mail address are a claim of the visitor: anybody may write anybody's.
func (s *Store) AcceptLead(ctx context.Context, in NewLead) (Accepted, error) {
	var accepted Accepted
	texts := in
	texts.Raw, texts.Plan = nil, nil // the body is kept as it came, the plan is not stored
	if err := database.CheckStorable(texts); err != nil {
		return accepted, err
	}
	err := s.db.Tx(ctx, "accepting a lead", func(tx *gorm.DB) error {
		c, tags := s.newLead(in)
		first, err := database.InsertOnce(tx, &c)
		switch {
		case err != nil:
			return err
		case !first:
			accepted, err = knownLead(tx, in)
			return err
		}
		accepted, err = s.storeLead(tx, c, in, tags)
		return err
	})
	return accepted, err
}

// storeLead stores what belongs to a lead that has just been inserted. Nothing of it
// is stored before that: a lead that comes again must not change anything.
func (s *Store) storeLead(tx *gorm.DB, c Conversion, in NewLead, tags []conversion.Tag) (Accepted, error) {
	visitor, err := s.linkVisit(tx, &in)
	if err != nil {
		return Accepted{}, err
	}
	if c.SessionID != in.Lead.SessionID || !maps.Equal(c.VisitorIDs, in.Lead.VisitorIDs) {
		c.SessionID, c.VisitorIDs = in.Lead.SessionID, in.Lead.VisitorIDs
		if err := tx.Select("session_id", "visitor_ids").Updates(&c).Error; err != nil {
			return Accepted{}, fmt.Errorf("storing the visit of the lead: %w", err)
		}
	}
	event := s.eventOf(c, leadEvent, leadEvent, in.Lead.At, in.Raw)
	event.Lead, event.Reporter = &in.Lead, in.Reporter
	accepted, err := s.signal(tx, c, leadEvent, in.Trace, append(tagsAndVisit(c, tags, nil), database.Insert(&event))...)
	if err != nil || visitor == "" {
		return accepted, err
	}
	return accepted, s.siteVisitors.ClaimContacts(tx, c.SiteID, visitor, identity.PhoneKey(c.Phone), identity.EmailKey(c.Email))
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

// knownLead returns the answer to a lead that was stored before.
func knownLead(tx *gorm.DB, in NewLead) (Accepted, error) {
	var stored Conversion
	err := tx.Select("id").Where(sameConversion, in.SiteID, conversion.KindLead, in.Source, in.ExternalID).Take(&stored).Error
	if err != nil {
		return Accepted{}, fmt.Errorf("reading a known lead: %w", err)
	}
	return Accepted{ConversionID: stored.ID, Duplicate: true}, nil
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
