package models

import (
	"context"

	"gorm.io/gorm"

	"ringback/conversion"
)

// leadEvent is the type and the id of the one event that a lead is.
const leadEvent = "lead"

// LeadIn is a lead, as a source or the API reported it.
type LeadIn struct {
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

// AcceptLead stores a lead and what its workflow must hear, in one transaction
// (guarantee 1). The same external id is one lead, however often and however
// concurrently it comes (guarantee 2).
func (s *Store) AcceptLead(ctx context.Context, in LeadIn) (Accepted, error) {
	var accepted Accepted
	texts := in
	texts.Raw = nil // is kept as it came
	if err := storable(texts); err != nil {
		return accepted, err
	}
	err := s.inTx(ctx, "accepting a lead", func(tx *gorm.DB) error {
		c, tags := s.newLead(in)
		first, err := insertOnce(tx, &c)
		if err != nil {
			return err
		}
		if !first {
			var stored Conversion
			err := tx.Select("id").Where(sameConversion, c.SiteID, c.Kind, c.Source, c.ExternalID).Take(&stored).Error
			accepted = Accepted{ConversionID: stored.ID, Duplicate: true}
			return err
		}
		event := s.eventOf(c, leadEvent, leadEvent, in.Lead.At, in.Raw)
		event.Lead = &in.Lead
		if err := tx.Create(&event).Error; err != nil {
			return err
		}
		if err := s.storeTouch(tx, c, tags, nil); err != nil {
			return err
		}
		accepted, err = s.tell(tx, c, leadEvent, in.Trace)
		return err
	})
	return accepted, err
}

func (s *Store) newLead(in LeadIn) (Conversion, []conversion.Tag) {
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
