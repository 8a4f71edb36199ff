package models

import (
	"gorm.io/gorm"

	"ringback/conversion"
	"ringback/identity"
)

// ownEvents are the ids of the events that Ringback itself adds to a call.
var ownEvents = []string{conversion.NumberEventID, conversion.VisitorEventID}

// meanings are what Ringback itself knows of a call's visit; nil: nothing.
type visitMatches struct {
	number  *visitMatch // by the number that was called
	visitor *visitMatch // by a third party's visitor id
}

// meaningsOf finds what Ringback itself knows of the visit of a call.
func (s *Store) matchVisits(tx *gorm.DB, siteID string, told []conversion.Event) (m visitMatches, err error) {
	call := conversion.FoldCall(told)
	if m.number, err = s.matchByNumber(tx, siteID, call); err != nil {
		return m, err
	}
	m.visitor, err = matchByVisitorID(tx, siteID, call, m.number)
	return m, err
}

// with returns the events that were told of a call and those that Ringback adds.
func (m visitMatches) with(told []conversion.Event) []conversion.Event {
	return m.visitor.with(m.number.with(told))
}

// tieCaller makes the visitor whose visit a call is and the caller one person.
func (s *Store) linkCaller(tx *gorm.DB, siteID string, call conversion.Call, m visitMatches) error {
	for _, meant := range []*visitMatch{m.number, m.visitor} {
		visitor := meant.visitorOf(call)
		if visitor == "" {
			continue
		}
		if err := s.linkIdentities(tx, siteID, identity.VisitorKey(visitor), identity.PhoneKey(call.Caller)); err != nil {
			return err
		}
	}
	return nil
}

// storeMeanings keeps Ringback's own events of a call. Before are those that are
// stored, by their ids.
func (s *Store) storeMatches(tx *gorm.DB, c Conversion, before map[string]*conversion.Event, m visitMatches) error {
	if err := s.storeMatch(tx, c, conversion.NumberEventID, before[conversion.NumberEventID], m.number); err != nil {
		return err
	}
	return s.storeMatch(tx, c, conversion.VisitorEventID, before[conversion.VisitorEventID], m.visitor)
}
