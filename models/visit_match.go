package models

import (
	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/identity"
)

// ownEvents are the ids of the events that Ringback adds to a call.
var ownEvents = []string{conversion.NumberEventID, conversion.VisitorEventID}

// visitMatches are the ways in which Ringback matched a call with a visit. Each is nil
// if there is no match.
type visitMatches struct {
	number  *visitMatch // by the number that was called
	visitor *visitMatch // by a third party's visitor id
}

// matchVisits matches a call with its visit, by the events that were reported of it.
func (s *Store) matchVisits(tx *gorm.DB, c Conversion, reported []conversion.CallEvent) (m visitMatches, err error) {
	call := conversion.FoldCall(reported)
	if m.number, err = s.matchByNumber(tx, c, call); err != nil {
		return m, err
	}
	m.visitor, err = matchByVisitorID(tx, c.SiteID, call, m.number)
	return m, err
}

// with returns the events that were reported of a call and those that Ringback adds.
func (m visitMatches) with(reported []conversion.CallEvent) []conversion.CallEvent {
	return m.visitor.with(m.number.with(reported))
}

// linkCaller makes the visitor whose visit a call belongs to and the caller one
// person.
func (s *Store) linkCaller(tx *gorm.DB, siteID string, call conversion.Call, m visitMatches) error {
	for _, match := range []*visitMatch{m.number, m.visitor} {
		visitor := match.visitorOf(call)
		if visitor == "" {
			continue
		}
		if err := s.LinkKeys(tx, siteID, identity.VisitorKey(visitor), identity.PhoneKey(call.Caller)); err != nil {
			return err
		}
	}
	return nil
}

// storeMatches stores Ringback's own events of a call. Before has those that are stored
// so far, by their ids.
func (s *Store) storeMatches(tx *gorm.DB, c Conversion, before map[string]*conversion.CallEvent, m visitMatches) error {
	if err := s.storeMatch(tx, c, conversion.NumberEventID, before[conversion.NumberEventID], m.number); err != nil {
		return err
	}
	return s.storeMatch(tx, c, conversion.VisitorEventID, before[conversion.VisitorEventID], m.visitor)
}
