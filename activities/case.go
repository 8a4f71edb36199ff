package activities

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"ringback/conversion"
	"ringback/internal/delivery"
	"ringback/models"
)

// subject is one conversion as it is judged: the facts, and what a delivery
// would carry of it. The event lacks what is each delivery's own.
type subject struct {
	models.Case
	call  conversion.Call // calls only
	facts conversion.Facts
	event delivery.Payload
}

// subject loads what a decision goes by.
func (a *Conversions) subject(ctx context.Context, c models.Case) (subject, error) {
	visits, err := a.Store.Visits(ctx, c.Conversion)
	if err != nil {
		return subject{}, fmt.Errorf("reading the visits: %w", err)
	}
	var earlier conversion.Earlier
	if c.Conversion.Person != "" { // nobody known: nothing earlier to find
		if earlier, err = a.Store.Earlier(ctx, c.Conversion); err != nil {
			return subject{}, fmt.Errorf("reading the earlier conversions: %w", err)
		}
	}
	if c.Conversion.Kind == conversion.KindLead {
		return leadSubject(c, visits, earlier), nil
	}
	return callSubject(c, visits, earlier), nil
}

func callSubject(c models.Case, visits []conversion.Visit, earlier conversion.Earlier) subject {
	call := callOf(c)
	s := subject{Case: c, call: call, facts: call.Facts(visits, earlier)}
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

func leadSubject(c models.Case, visits []conversion.Visit, earlier conversion.Earlier) subject {
	lead := leadOf(c)
	s := subject{Case: c, facts: lead.Facts(visits, earlier)}
	s.event = s.commonEvent()
	s.event.Phone, s.event.Name, s.event.Email = lead.Phone, lead.Name, lead.Email
	s.event.Form, s.event.Fields, s.event.PageURL = lead.Form, lead.Fields, lead.PageURL
	s.event.SessionID, s.event.VisitorIDs = lead.SessionID, lead.VisitorIDs
	s.addPage(lead.Traffic)
	s.addSession()
	s.addPersonIDs()
	return s
}

// commonEvent fills in what calls and leads have in common.
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

// addPage takes page and referrer from the traffic that came inline, where the
// conversion itself does not name them.
func (s *subject) addPage(inline *conversion.Traffic) {
	if inline != nil {
		s.event.PageURL = cmp.Or(s.event.PageURL, inline.PageURL)
		s.event.Referrer = inline.Referrer
	}
}

// callOf folds the events that were accepted in time, and adds what the caller's
// session on the web site knows. Late events are shown and never count (guarantee 5).
func callOf(c models.Case) conversion.Call {
	var events []conversion.Event
	for _, e := range c.Events {
		if e.Call != nil && !e.Late {
			events = append(events, *e.Call)
		}
	}
	call := conversion.FoldCall(events)
	call.SessionID, call.VisitorIDs = inSession(c, call.SessionID, call.VisitorIDs)
	return call
}

// leadOf returns the lead as it was accepted, its first event, with what its
// visitor's session knows.
func leadOf(c models.Case) conversion.Lead {
	for _, e := range c.Events {
		if e.Lead != nil && !e.Late {
			lead := *e.Lead
			lead.SessionID, lead.VisitorIDs = inSession(c, lead.SessionID, lead.VisitorIDs)
			return lead
		}
	}
	return conversion.Lead{At: c.Conversion.At}
}

// acceptedAt is when the last event that counts was accepted: nothing could be
// decided by it before.
func (s subject) acceptedAt() time.Time {
	last := s.Conversion.CreatedAt
	for _, e := range s.Events {
		if !e.Late && e.ReceivedAt.After(last) {
			last = e.ReceivedAt
		}
	}
	return last
}

func labels(tags []conversion.Tag) []string {
	names := make([]string, len(tags))
	for i, tag := range tags {
		names[i] = tag.Label
	}
	return names
}

// undecided lists the integrations for which no decision is stored yet.
func undecided(c models.Case) []models.Integration {
	done := map[string]bool{}
	for _, d := range c.Decisions {
		done[d.IntegrationID] = true
	}
	var open []models.Integration
	for _, i := range c.Integrations {
		if !done[i.ID] {
			open = append(open, i)
		}
	}
	return open
}
