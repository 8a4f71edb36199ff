package decision

import (
	"cmp"
	"maps"
	"slices"

	"ringback/conversion"
)

// withSession adds what the session on the web site knows about the visitor to what
// a call or lead reports: the id in RTB House's cookie, which the phone system has
// never seen, or which appeared after the form was sent (R1, R3). What the
// conversion reports itself wins.
//
// The session is read when a decision is made. An id that appears after that
// changes nothing (G5).
func (c Case) withSession(sessionID string, own map[string]string) (string, map[string]string) {
	if c.Session != nil {
		sessionID = cmp.Or(sessionID, c.Session.ID)
	}
	if len(c.VisitorIDs) == 0 {
		return sessionID, own
	}
	known := maps.Clone(c.VisitorIDs)
	for system, id := range own {
		if conversion.UsableVisitorID(id) || known[system] == "" {
			known[system] = id
		}
	}
	return sessionID, known
}

// addSession takes the page and the referrer from the session, unless the conversion
// or the traffic that came with it names them.
func (s *subject) addSession() {
	if s.Session == nil {
		return
	}
	traffic := s.Session.Traffic
	s.event.PageURL = cmp.Or(s.event.PageURL, traffic.PageURL, traffic.LandingPage)
	s.event.Referrer = cmp.Or(s.event.Referrer, traffic.Referrer)
}

// addPersonIDs takes the ids that neither the conversion nor its session has from
// earlier visits of the same person: a person who left the phone number in a form
// and calls later has an id all the same (R3). Only the event gets them. The facts
// go by the visit of this conversion, and the same person may have come from quite
// another one.
func (s *subject) addPersonIDs() {
	known := maps.Clone(s.event.VisitorIDs)
	for _, system := range slices.Sorted(maps.Keys(s.PersonIDs)) {
		if conversion.UsableVisitorID(known[system]) {
			continue
		}
		if known == nil {
			known = map[string]string{}
		}
		known[system] = s.PersonIDs[system]
		s.event.PersonIDs = append(s.event.PersonIDs, system)
	}
	s.event.VisitorIDs = known
	s.event.IDEvidence = s.idEvidence()
}

// idEvidence returns what links each visitor id of the event to the conversion.
func (s *subject) idEvidence() map[string]conversion.Evidence {
	var evidence map[string]conversion.Evidence
	for system, id := range s.event.VisitorIDs {
		if !conversion.UsableVisitorID(id) {
			continue
		}
		if evidence == nil {
			evidence = map[string]conversion.Evidence{}
		}
		evidence[system] = conversion.EvidenceOwn
		if slices.Contains(s.event.PersonIDs, system) {
			evidence[system] = s.PersonEvidence[system]
		}
	}
	return evidence
}
