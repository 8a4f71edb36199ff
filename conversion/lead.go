package conversion

import (
	"strings"
	"time"
)

// Facts returns what a decision goes by. A lead is over when it arrives: all its
// tags count and nothing is waited for. Who it is goes by phone, else by e-mail
// (design section 3).
func (l Lead) Facts(visits []Visit, earlier Earlier) Facts {
	at := l.At.UTC().Truncate(time.Microsecond)
	who := visitor{session: l.SessionID, ids: l.VisitorIDs}
	if l.Traffic.says() {
		traffic := l.Traffic.Normalized()
		who.inline = &traffic
	}
	f := Facts{
		Kind:         KindLead,
		At:           at,
		Ended:        true,
		EndedAt:      at,
		Tags:         addTags(nil, alphabetical(l.Tags), TagByAPI, at),
		SessionKnown: who.known(),
		OwnVisitAt:   who.ownVisitAt(visits, at),
		Visits:       who.history(visits, at),
		Earlier:      earlier,
	}
	f.Person, f.PersonBy = l.person()
	return f
}

// person returns what uniqueness goes by, and which of the two it is.
func (l Lead) person() (person, by string) {
	if phone := strings.TrimSpace(l.Phone); phone != "" {
		return phone, PersonByPhone
	}
	if email := strings.ToLower(strings.TrimSpace(l.Email)); email != "" {
		return email, PersonByEmail
	}
	return "", ""
}
