package models

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"ringback/conversion"
	"ringback/identity"
	"ringback/models/database"
	"ringback/models/history"
	"ringback/models/outbox"
	"ringback/models/websites"
)

// leadEvent is the type and the id of the one event that a lead is.
const leadEvent = "lead"

// acceptingLead describes the transactions that store leads.
const acceptingLead = "accepting a lead"

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

// subject returns the one lead that those with the same key are.
func (l NewLead) subject() string { return l.SiteID + "/" + l.Source + "/" + l.ExternalID }

// AcceptLead stores a lead and the signal for its workflow, in one transaction (G1).
// The same external id is one lead, however often and however concurrently it comes
// (G2). A lead of the site's script is an activity of its visitor's session. Its phone
// number and e-mail address are a claim of the visitor: anybody may write anybody's.
//
// Leads that come at the same time share a transaction. Those with an activity do not: they
// lock visitors and numbers for longer.
func (s *Store) AcceptLead(ctx context.Context, in NewLead) (Accepted, error) {
	texts := in
	texts.Raw, texts.Plan = nil, nil // the body is kept as it came, the plan is not stored
	if err := database.CheckStorable(texts); err != nil {
		return Accepted{}, err
	}
	if in.Activity == nil {
		return s.leads.Do(ctx, in.SiteID, in)
	}
	accepted := []Accepted{{}}
	err := s.db.Tx(ctx, acceptingLead, func(tx *gorm.DB) (err error) {
		accepted, err = s.acceptLeads(tx, []NewLead{in})
		return err
	})
	if err != nil {
		return Accepted{}, err
	}
	return accepted[0], nil
}

// leadRows is a lead with what is stored of it.
type leadRows struct {
	NewLead
	place      int // among the leads of the transaction
	conversion *Conversion
	tags       []conversion.Tag
	visitor    string // of its visit, empty if none is known
}

// acceptLeads stores leads, by a few statements for all of them. Nothing but their
// conversions is stored before it is known which are new: a lead that comes again must not
// change anything.
func (s *Store) acceptLeads(tx *gorm.DB, in []NewLead) ([]Accepted, error) {
	leads := s.leadsInOrder(in)
	conversions := make([]Conversion, len(in))
	for i := range leads {
		conversions[i] = *leads[i].conversion
	}
	inserted, err := database.InsertEachOnce(tx, conversions)
	if err != nil {
		return nil, fmt.Errorf("storing leads: %w", err)
	}
	var fresh, known []leadRows
	for i, lead := range leads {
		if inserted[i] {
			fresh = append(fresh, lead)
		} else {
			known = append(known, lead)
		}
	}
	accepted := make([]Accepted, len(in))
	if err := s.storeLeads(tx, fresh, accepted); err != nil {
		return nil, err
	}
	return accepted, knownLeads(tx, known, accepted)
}

// leadsInOrder returns leads in the order of their keys. All transactions insert them in this
// order, so that none waits for another that waits for it.
func (s *Store) leadsInOrder(in []NewLead) []leadRows {
	leads := make([]leadRows, len(in))
	for i, lead := range in {
		c, tags := s.newLead(lead)
		leads[i] = leadRows{NewLead: lead, place: i, conversion: &c, tags: tags}
	}
	slices.SortStableFunc(leads, func(a, b leadRows) int {
		return cmp.Or(strings.Compare(a.SiteID, b.SiteID), strings.Compare(a.Source, b.Source), strings.Compare(a.ExternalID, b.ExternalID))
	})
	return leads
}

// storeLeads stores what belongs to leads that have just been inserted, and sets what became
// of them.
func (s *Store) storeLeads(tx *gorm.DB, leads []leadRows, accepted []Accepted) error {
	if len(leads) == 0 {
		return nil
	}
	if err := s.linkVisits(tx, leads); err != nil {
		return err
	}
	signals := make([]outbox.Signal, len(leads))
	for i, lead := range leads {
		signals[i] = signalOf(*lead.conversion, leadEvent, lead.Trace)
	}
	if err := s.signalAll(tx, signals, s.leadChanges(leads)...); err != nil {
		return fmt.Errorf("storing what belongs to leads: %w", err)
	}
	for i, lead := range leads {
		accepted[lead.place] = Accepted{ConversionID: lead.conversion.ID, Signal: &signals[i]}
	}
	return s.claimContacts(tx, leads)
}

// leadChanges returns the changes that store the events of leads, and the tags and visits that
// were reported with them.
func (s *Store) leadChanges(leads []leadRows) []database.Change {
	events := make([]EventRow, len(leads))
	var tags []ConversionTag
	var inline []history.Visit
	var browsers []history.Visitor
	for i, lead := range leads {
		tags = append(tags, tagsOf(*lead.conversion, lead.tags, false)...)
		events[i] = s.eventOf(*lead.conversion, leadEvent, leadEvent, lead.Lead.At, lead.Raw)
		events[i].Lead, events[i].Reporter = &lead.Lead, lead.Reporter
		if lead.conversion.Traffic != nil {
			visit, visitors := lead.conversion.inlineVisit()
			inline, browsers = append(inline, visit), append(browsers, visitors...)
		}
	}
	changes := []database.Change{database.InsertAll(events)}
	if len(tags) > 0 {
		changes = append(changes, database.InsertAllOr(tags, clause.OnConflict{DoNothing: true}))
	}
	if len(inline) > 0 {
		changes = append(changes, database.InsertAll(inline))
	}
	if len(browsers) > 0 {
		changes = append(changes, database.InsertAll(browsers))
	}
	return changes
}

// claimContacts stores what the visitors of leads wrote. It locks the visitors, in the same
// order in all transactions.
func (s *Store) claimContacts(tx *gorm.DB, leads []leadRows) error {
	slices.SortStableFunc(leads, func(a, b leadRows) int {
		return cmp.Or(strings.Compare(a.SiteID, b.SiteID), strings.Compare(a.visitor, b.visitor))
	})
	for _, lead := range leads {
		if lead.visitor == "" {
			continue
		}
		phone, email := identity.PhoneKey(lead.conversion.Phone), identity.EmailKey(lead.conversion.Email)
		if err := s.siteVisitors.ClaimContacts(tx, lead.SiteID, lead.visitor, phone, email); err != nil {
			return err
		}
	}
	return nil
}

// knownLeads sets what became of leads that were stored before, or earlier in this
// transaction.
func knownLeads(tx *gorm.DB, leads []leadRows, accepted []Accepted) error {
	if len(leads) == 0 {
		return nil
	}
	keys := make([][]string, len(leads))
	for i, lead := range leads {
		keys[i] = []string{lead.SiteID, lead.Source, lead.ExternalID}
	}
	repeated, value := database.Listed(tx, "repeated", []string{"site", "source", "external"}, keys)
	var stored []Conversion
	err := tx.Raw("SELECT c.id, c.site_id, c.source, c.external_id FROM "+repeated+
		" JOIN conversions AS c ON c.site_id = repeated.site AND c.kind = ? AND c.source = repeated.source AND c.external_id = repeated.external",
		value, conversion.KindLead).Scan(&stored).Error
	if err != nil {
		return fmt.Errorf("reading known leads: %w", err)
	}
	for _, lead := range leads {
		i := slices.IndexFunc(stored, func(c Conversion) bool {
			return c.SiteID == lead.SiteID && c.Source == lead.Source && c.ExternalID == lead.ExternalID
		})
		if i < 0 {
			return fmt.Errorf("reading known leads: %w", gorm.ErrRecordNotFound)
		}
		accepted[lead.place] = Accepted{ConversionID: stored[i].ID, Duplicate: true}
	}
	return nil
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
