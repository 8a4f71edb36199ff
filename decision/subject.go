package decision

import (
	"cmp"

	"ringback/conversion"
	"ringback/internal/delivery"
)

// subject is a case as it is judged: the facts, and what a delivery would carry of
// them. The event lacks what differs between deliveries.
type subject struct {
	Case
	facts conversion.Facts
	event delivery.Payload
}

// subject returns what decisions on the case go by.
func (c Case) subject() subject {
	if c.Conversion.Kind == conversion.KindLead {
		return c.leadSubject()
	}
	return c.callSubject()
}

func (c Case) callSubject() subject {
	call := c.Call()
	s := subject{Case: c, facts: call.Facts(c.Visits, c.Earlier)}
	s.event = s.commonEvent()
	s.event.Phone, s.event.Name = call.Caller, call.CallerName
	s.event.TrackingNumber = call.TrackingNumber
	s.event.Outcome, s.event.TalkSeconds, s.event.WaitSeconds = call.Outcome, call.TalkSeconds, call.WaitSeconds
	s.event.SessionID, s.event.VisitorIDs = call.SessionID, call.VisitorIDs
	if call.Ended() {
		s.event.EndedAt = &call.EndedAt
	}
	s.addPage(call.Traffic)
	s.addSession()
	s.addPersonIDs()
	return s
}

func (c Case) leadSubject() subject {
	lead := c.Lead()
	s := subject{Case: c, facts: lead.Facts(c.Visits, c.Earlier)}
	s.event = s.commonEvent()
	s.event.Phone, s.event.Name, s.event.Email = lead.Phone, lead.Name, lead.Email
	s.event.Form, s.event.Fields, s.event.PageURL = lead.Form, lead.Fields, lead.PageURL
	s.event.SessionID, s.event.VisitorIDs = lead.SessionID, lead.VisitorIDs
	s.addPage(lead.Traffic)
	s.addSession()
	s.addPersonIDs()
	return s
}

// early returns what decisions before the end of a call go by. The ids of the same
// person's other visits are left out: one of this visit, which is preferred, may
// come until the end.
func (c Case) early() subject {
	c.PersonIDs = nil
	return c.subject()
}

// closed returns what decisions at the end go by. A call that has not ended is
// closed as incomplete, or as cancelled at the moment AtCancelled.
func (c Case) closed(moment conversion.Moment) subject {
	s := c.subject()
	s.facts.Incomplete, s.facts.Cancelled = !s.facts.Ended, moment == conversion.AtCancelled
	return s
}

// commonEvent returns an event with what calls and leads have in common.
func (s *subject) commonEvent() delivery.Payload {
	return delivery.Payload{
		ID:         s.Conversion.ID,
		Kind:       s.Conversion.Kind,
		SiteID:     s.Site.ID,
		SiteName:   s.Site.Name,
		Source:     s.Conversion.Source,
		ExternalID: s.Conversion.ExternalID,
		At:         s.facts.At,
		Tags:       labels(s.facts.Tags),
	}
}

// addPage takes page and referrer from the traffic that came inline, unless the
// conversion itself names them.
func (s *subject) addPage(inline *conversion.Traffic) {
	if inline != nil {
		s.event.PageURL = cmp.Or(s.event.PageURL, inline.PageURL)
		s.event.Referrer = inline.Referrer
	}
}

func labels(tags []conversion.Tag) []string {
	names := make([]string, len(tags))
	for i, tag := range tags {
		names[i] = tag.Label
	}
	return names
}
