package identity

import (
	"slices"

	"ringback/conversion"
)

// Link is a visitor to whom a conversion belongs, and what links them.
type Link struct {
	Visitor  string
	Evidence conversion.Evidence
}

// Ties are the visitors that a conversion may belong to, by what ties them.
type Ties struct {
	// Own are the visitors of the conversion itself: of its session, and with third
	// parties' ids that were reported with it.
	Own []string
	// Called are the visitors of the same person, because of certain calls: of the
	// person who is one of Own, and of the one who called.
	Called []string
	// Written holds the visitors of each contact that is known by a form alone. The
	// contact was written in the form of the visitor, or it is that of a lead.
	Written [][]string
}

// Links returns the visitors that a conversion belongs to, each once. What is written
// in a form is a claim: it counts only if nothing else is known, if the site's owner
// trusts forms, and if all contacts lead to the same visitors.
func (t Ties) Links(trustForms bool) []Link {
	links := linksBy(conversion.EvidenceCall, linksBy(conversion.EvidenceOwn, nil, t.Own), t.Called)
	if len(links) > 0 || !trustForms {
		return links
	}
	var claimed []string
	for _, visitors := range t.Written {
		switch {
		case len(visitors) == 0:
		case claimed == nil:
			claimed = Keys(visitors...)
		case !slices.Equal(claimed, Keys(visitors...)):
			return nil
		}
	}
	return linksBy(conversion.EvidenceForm, nil, claimed)
}

// WithSharedIDs adds the visitors that share a third party's id with one of the
// links, each once.
func WithSharedIDs(links []Link, sharing []string) []Link {
	return linksBy(conversion.EvidenceVisitorID, links, sharing)
}

// linksBy adds links to those visitors that have none yet.
func linksBy(evidence conversion.Evidence, links []Link, visitors []string) []Link {
	for _, visitor := range Keys(visitors...) {
		if !slices.ContainsFunc(links, func(l Link) bool { return l.Visitor == visitor }) {
			links = append(links, Link{Visitor: visitor, Evidence: evidence})
		}
	}
	return links
}

// Visitors returns the visitors of links.
func Visitors(links []Link) []string {
	visitors := make([]string, len(links))
	for i, link := range links {
		visitors[i] = link.Visitor
	}
	return visitors
}

// EvidenceByVisitor returns the evidence of links by their visitors.
func EvidenceByVisitor(links []Link) map[string]conversion.Evidence {
	evidence := make(map[string]conversion.Evidence, len(links))
	for _, link := range links {
		evidence[link.Visitor] = link.Evidence
	}
	return evidence
}

// Reported is what a conversion has in common with a visit that was reported with
// another conversion.
type Reported struct {
	SessionID  string
	VisitorIDs map[string]string // third parties', by system
	// ContactWritten reports whether the contact of one of the two conversions was
	// written in a form, and not reported by a phone company.
	ContactWritten bool
}

// EvidenceOfReported returns what links a visit to a conversion if the visit was
// reported with another conversion of the same session, visitor id or person.
func EvidenceOfReported(v conversion.Visit, with Reported) conversion.Evidence {
	if v.SessionID != "" && v.SessionID == with.SessionID {
		return conversion.EvidenceOwn
	}
	for system, id := range with.VisitorIDs {
		if conversion.UsableVisitorID(id) && v.VisitorIDs[system] == id {
			return conversion.EvidenceOwn
		}
	}
	if with.ContactWritten {
		return conversion.EvidenceForm
	}
	return conversion.EvidenceCall
}

// Credible returns the visits that count for a conversion. Those that are only
// claimed count if there are no others, and if the site's owner trusts forms.
func Credible(visits []conversion.Visit, trustForms bool) []conversion.Visit {
	claimed := func(v conversion.Visit) bool { return v.Evidence == conversion.EvidenceForm }
	if trustForms && !slices.ContainsFunc(visits, func(v conversion.Visit) bool { return !claimed(v) }) {
		return visits
	}
	return slices.DeleteFunc(slices.Clone(visits), claimed)
}

// MaxClaims is how many contacts the forms of one visitor may claim. What a visitor
// writes beyond that is stored with the lead and links nothing.
const MaxClaims = maxContacts
